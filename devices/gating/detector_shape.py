"""What the beats of this recording look like: a few templates, and the likeness of each candidate to them."""

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints


@njit(cache=True, nogil=True)
def cut(band: Floats, at: int, half: int, out: Floats) -> float:
    """Copy the window around ``at`` less its mean, scaled to unit length; returns the length it had."""
    n, width = band.size, 2 * half + 1
    mean = 0.0
    for k in range(width):
        value = band[min(max(at - half + k, 0), n - 1)]
        out[k] = value
        mean += value
    mean /= width
    power = 0.0
    for k in range(width):
        out[k] -= mean
        power += out[k] * out[k]
    size: float = np.sqrt(power)
    if size > 0:
        for k in range(width):
            out[k] /= size
    return size


@njit(cache=True, nogil=True, fastmath=True)
def likeness(
    band: Floats, at: int, half: int, reach: int, templates: Floats, count: int
) -> tuple[float, int, int]:
    """Greatest correlation of the window near ``at`` with any template; which one, and at what lag."""
    width = 2 * half + 1
    best, which, lag = -1.0, -1, 0
    first = at - reach - half
    if first < 0 or at + reach + half >= band.size:
        return best, which, lag
    total = power = 0.0
    for k in range(first, first + width):
        total += band[k]
        power += band[k] * band[k]
    for shift in range(2 * reach + 1):
        start = first + shift
        spread = power - total * total / width
        if spread > 1e-12 * power:
            scale = 1.0 / np.sqrt(spread)
            for t in range(count):
                dot = 0.0
                for k in range(width):  # a template has mean zero: the window's mean need not be taken off
                    dot += band[start + k] * templates[t, k]
                if dot * scale > best:
                    best, which, lag = dot * scale, t, shift - reach
        if start + width < band.size:
            gone, come = band[start], band[start + width]
            total += come - gone
            power += come * come - gone * gone
    return best, which, lag


@njit(cache=True, nogil=True)
def templates_of(
    band: Floats, picks: Ints, weight: Floats, half: int, reach: int, most: int, same: float
) -> tuple[Floats, Floats]:
    """Shapes of the picks by leader clustering with running means; the rarest gives way to a new one."""
    width = 2 * half + 1
    shapes = np.zeros((most, width))
    sums = np.zeros((most, width))
    mass = np.zeros(most)
    window = np.empty(width)
    count = 0
    for p in range(picks.size):
        best, which, lag = likeness(band, picks[p], half, reach, shapes, count)
        if best < same:
            if count < most:
                which = count
                count += 1
            else:
                which = 0
                for t in range(most):
                    if mass[t] < mass[which]:
                        which = t
            mass[which] = 0.0
            for k in range(width):
                sums[which, k] = 0.0
            lag = 0
        cut(band, picks[p] + lag, half, window)
        mass[which] += weight[p]
        power = 0.0
        for k in range(width):
            sums[which, k] += weight[p] * window[k]
            power += sums[which, k] ** 2
        power = np.sqrt(power)
        if power > 0:
            for k in range(width):
                shapes[which, k] = sums[which, k] / power
    return shapes, mass


@njit(cache=True, nogil=True)
def all_likeness(band: Floats, at: Ints, half: int, reach: int, templates: Floats) -> Floats:
    """The greatest correlation of each window with any template; shape as ``at``."""
    value = np.empty(at.size)
    for i in range(at.size):
        value[i] = likeness(band, at[i], half, reach, templates, templates.shape[0])[0]
    return value
