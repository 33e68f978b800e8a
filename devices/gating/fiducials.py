"""Marks of single pulses, sought sample by sample in a short stretch around each beat.

Every search takes the samples ``start[k]`` to ``start[k] + width`` of each beat k; samples outside the recording are
no candidates. Positions that come back are in samples of the recording; NaN where a beat shows no such mark.
"""

import numpy as np
from numba import njit

from devices.gating.kernels import between
from devices.gating.report import Floats, Ints


@njit(cache=True, nogil=True)
def slope_of(values: Floats, rate_hz: float) -> Floats:
    """First derivative in units a second: central differences, one-sided at both ends; at least two samples."""
    slope = np.empty(values.size)
    for i in range(1, values.size - 1):
        slope[i] = (values[i + 1] - values[i - 1]) / 2 * rate_hz
    slope[0] = (values[1] - values[0]) * rate_hz
    slope[-1] = (values[-1] - values[-2]) * rate_hz
    return slope


@njit(cache=True, nogil=True)
def _placed(values: Floats, i: int) -> float:
    """Position of the extremum at sample i, between samples."""
    return i + between(_sample(values, i - 1), values[i], _sample(values, i + 1))


@njit(cache=True, nogil=True)
def _sample(values: Floats, i: int) -> float:
    """The sample; 0 outside the recording, so that a rise which its end cuts off is a peak there."""
    value: float = values[i] if 0 <= i < values.size else 0.0
    return value


@njit(cache=True, nogil=True)
def nearest_rises(slope: Floats, start: Ints, width: int, expected: Floats, least: float) -> Floats:
    """The peak of the slope nearest to ``expected`` (in samples) among those at least ``least`` times the steepest."""
    found = np.full(start.size, np.nan)
    peaks = np.empty(width, dtype=np.int64)
    for k in range(start.size):
        count, steepest = 0, 0.0
        for i in range(max(start[k] + 1, 0), min(start[k] + width - 1, slope.size)):
            here = slope[i]
            if here > 0 and here >= _sample(slope, i - 1) and here > _sample(slope, i + 1):
                peaks[count] = i
                count += 1
                steepest = max(steepest, here)
        best = np.inf
        for i in peaks[:count]:
            if slope[i] >= least * steepest and abs(i - expected[k]) < best:
                best = abs(i - expected[k])
                found[k] = _placed(slope, i)
    return found


@njit(cache=True, nogil=True)
def sharpest_bends(bend: Floats, start: Ints, width: int, not_before: Floats) -> Floats:
    """The greatest value above 0 from ``not_before`` (in samples; NaN: from the start) on."""
    found = np.full(start.size, np.nan)
    for k in range(start.size):
        first, last = max(start[k], 0), min(start[k] + width, bend.size)
        while first < last and first < not_before[k]:
            first += 1
        best, at = 0.0, -1
        for i in range(first, last):
            if bend[i] > best:
                best, at = bend[i], i
        if at >= 0:
            found[k] = _placed(bend, at) if first < at < last - 1 else float(at)
    return found


@njit(cache=True, nogil=True)
def first_falls(slope: Floats, start: Ints, width: int) -> Floats:
    """The first sample at which the slope is not above 0: the top of an upstroke."""
    found = np.full(start.size, np.nan)
    for k in range(start.size):
        for i in range(max(start[k], 0), min(start[k] + width, slope.size)):
            if slope[i] <= 0:
                found[k] = i
                break
    return found


@njit(cache=True, nogil=True)
def first_dips(slope: Floats, start: Ints, width: int) -> Floats:
    """The first least slope below half of that at the start."""
    found = np.full(start.size, np.nan)
    for k in range(start.size):
        if start[k] < 0 or start[k] >= slope.size:
            continue
        for i in range(start[k] + 1, min(start[k] + width, slope.size) - 1):
            if slope[i] < 0.5 * slope[start[k]] and slope[i - 1] >= slope[i] and slope[i] < slope[i + 1]:
                found[k] = i
                break
    return found


@njit(cache=True, nogil=True)
def highest_peaks(bend: Floats, start: Ints, width: int, after: Floats, until: Floats) -> Floats:
    """The highest peak above 0 later than ``after`` and no later than ``until`` (in samples); none where one is NaN."""
    found = np.full(start.size, np.nan)
    for k in range(start.size):
        best = 0.0
        for i in range(max(start[k] + 1, 0), min(start[k] + width - 1, bend.size)):
            here = bend[i]
            if not (here > best and after[k] < i <= until[k]):
                continue
            if here >= _sample(bend, i - 1) and here > _sample(bend, i + 1):
                best = here
                found[k] = _placed(bend, i)
    return found
