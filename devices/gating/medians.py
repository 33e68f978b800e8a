"""Medians and quartiles of many short stretches of values, each put in order in a small room of its own."""

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints

_FEW = 48  # so few values are in order sooner by insertion


@njit(cache=True, nogil=True)
def _ascending(values: Floats, first: int, last: int, room: Floats) -> int:
    """The finite ``values[first:last]`` in order at the head of ``room``; returns how many."""
    count = 0
    if last - first > _FEW:
        for i in range(first, last):
            if np.isfinite(values[i]):
                room[count] = values[i]
                count += 1
        room[:count].sort()
        return count
    for i in range(first, last):
        x = values[i]
        if np.isfinite(x):
            k = count
            while k > 0 and room[k - 1] > x:
                room[k] = room[k - 1]
                k -= 1
            room[k] = x
            count += 1
    return count


@njit(cache=True, nogil=True)
def medians_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Median of the finite ``values[first[k]:last[k]]`` for each k; NaN where there is none."""
    result = np.full(first.size, np.nan)
    room = np.empty(_FEW)
    for k in range(first.size):
        a, b = max(first[k], 0), min(last[k], values.size)
        if b - a > room.size:
            room = np.empty(2 * (b - a))
        count = _ascending(values, a, b, room)
        if count:
            result[k] = 0.5 * (room[(count - 1) // 2] + room[count // 2])
    return result


@njit(cache=True, nogil=True)
def quartile_ranges_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Upper less lower quartile (linear between ranks) of the finite ``values[first[k]:last[k]]``; NaN of none."""
    result = np.full(first.size, np.nan)
    room = np.empty(_FEW)
    for k in range(first.size):
        a, b = max(first[k], 0), min(last[k], values.size)
        if b - a > room.size:
            room = np.empty(2 * (b - a))
        count = _ascending(values, a, b, room)
        if count:
            result[k] = _ranked(room, count, 0.75) - _ranked(room, count, 0.25)
    return result


@njit(cache=True, nogil=True)
def _ranked(ascending: Floats, count: int, share: float) -> float:
    """The value at this share of the ranks of ``ascending[:count]``, linearly between two."""
    place = share * (count - 1)
    low = int(place)
    high = min(low + 1, count - 1)
    value: float = ascending[low] + (place - low) * (ascending[high] - ascending[low])
    return value


@njit(cache=True, nogil=True)
def running_medians(values: Floats, width: int) -> Floats:
    """Median of the ``width`` values around each (odd, or one more before than after); both ends are repeated outward."""
    n, half = values.size, width // 2
    result = np.empty(n)
    room = np.empty(width)  # the window in order
    for i in range(width):
        room[i] = values[min(max(i - half, 0), n - 1)]
    room.sort()
    for k in range(n):
        result[k] = room[half]
        gone, come = values[max(k - half, 0)], values[min(k - half + width, n - 1)]
        i = np.searchsorted(room, gone)
        while i + 1 < width and room[i + 1] < come:
            room[i] = room[i + 1]
            i += 1
        while i > 0 and room[i - 1] > come:
            room[i] = room[i - 1]
            i -= 1
        room[i] = come
    return result


@njit(cache=True, nogil=True)
def levels(values: Floats, width: int) -> tuple[Floats, Floats]:
    """Median of every ``width`` values in a row, and the upper quartile of their distances from it; all finite."""
    n = max(values.size - width + 1, 0)
    middle, spread = np.empty(n), np.empty(n)
    room, distance = np.empty(width), np.empty(width)
    for k in range(n):
        _ascending(values, k, k + width, room)
        middle[k] = 0.5 * (room[(width - 1) // 2] + room[width // 2])
        for i in range(width):
            distance[i] = abs(values[k + i] - middle[k])
        _ascending(distance, 0, width, room)
        spread[k] = _ranked(room, width, 0.75)
    return middle, spread
