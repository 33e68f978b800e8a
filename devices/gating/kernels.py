"""Loops over samples and beats that NumPy can only express by large temporary tables; compiled once, then cached."""

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints


@njit(cache=True)
def medians_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Median of the finite ``values[first[k]:last[k]]`` for each k; NaN where there is none."""
    result = np.full(first.size, np.nan)
    for k in range(first.size):
        a, b = max(first[k], 0), min(last[k], values.size)
        if b <= a:
            continue
        part = values[a:b]
        part = part[np.isfinite(part)]
        if part.size:
            result[k] = np.median(part)
    return result


@njit(cache=True)
def quartile_ranges_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Upper less lower quartile (linear between ranks) of the finite ``values[first[k]:last[k]]``; NaN of none."""
    result = np.full(first.size, np.nan)
    for k in range(first.size):
        part = values[max(first[k], 0) : min(last[k], values.size)]
        part = np.sort(part[np.isfinite(part)])
        if part.size:
            ends = np.empty(2)
            for q in range(2):
                place = (0.25 + 0.5 * q) * (part.size - 1)
                low = int(place)
                high = min(low + 1, part.size - 1)
                ends[q] = part[low] + (place - low) * (part[high] - part[low])
            result[k] = ends[1] - ends[0]
    return result


@njit(cache=True)
def wave_sizes(
    smooth: Floats, rate_hz: float, foot_s: Floats, next_foot_s: Floats, systole_s: Floats, diastole_s: Floats
) -> Floats:
    """Heights and areas of each pulse above the straight line from its foot to the next one; shape (beats, 4).

    Columns: greatest height before ``systole_s`` and from ``diastole_s`` on (NaN where no sample lies there), and
    positive area before and from ``diastole_s`` on, in units times samples. A row is NaN where a time is not known.
    """
    result = np.full((foot_s.size, 4), np.nan)
    for k in range(foot_s.size):
        length = next_foot_s[k] - foot_s[k]
        first, last = foot_s[k] * rate_hz, next_foot_s[k] * rate_hz
        if not (length > 0 and first >= 0 and last < smooth.size - 1 and diastole_s[k] >= foot_s[k]):
            continue
        a, b = int(first), int(last)
        from_level = smooth[a] + (first - a) * (smooth[a + 1] - smooth[a])
        to_level = smooth[b] + (last - b) * (smooth[b + 1] - smooth[b])
        systolic, diastolic, before, after = np.nan, np.nan, 0.0, 0.0
        for i in range(int(np.ceil(first)), b + 1):
            time = i / rate_hz
            above = smooth[i] - from_level - (to_level - from_level) * (time - foot_s[k]) / length
            if time < systole_s[k] and not above <= systolic:
                systolic = above
            if time < diastole_s[k]:
                before += max(above, 0.0)
            else:
                after += max(above, 0.0)
                if not above <= diastolic:
                    diastolic = above
        result[k] = (systolic, diastolic, before, after)
    return result


@njit(cache=True)
def greatest_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Greatest of the finite ``values[first[k]:last[k]]`` for each k; NaN where there is none."""
    result = np.full(first.size, np.nan)
    for k in range(first.size):
        for i in range(max(first[k], 0), min(last[k], values.size)):
            if np.isfinite(values[i]) and not values[i] <= result[k]:
                result[k] = values[i]
    return result


@njit(cache=True)
def crossings_after(values: Floats, first: Ints, last: Ints, level: Floats, rising: bool) -> Floats:
    """Where ``values`` first passes ``level[k]`` within ``first[k]..last[k]``, in samples, linearly between them.

    NaN where it never does, where ``level`` is not known, or where a sample before it is missing.
    """
    result = np.full(first.size, np.nan)
    sign = 1.0 if rising else -1.0
    for k in range(first.size):
        if not np.isfinite(level[k]):
            continue
        for i in range(max(first[k], 0), min(last[k], values.size) - 1):
            below, above = sign * (values[i] - level[k]), sign * (values[i + 1] - level[k])
            if below < 0 and above >= 0:
                result[k] = i + below / (below - above)
                break
    return result


@njit(cache=True)
def second_statistics(values: Floats, starts: Ints) -> Floats:
    """Count of missing, least, greatest, count equal to the sample before, count at the recording's own ends.

    One row per stretch from ``starts[k]`` to the next start; shape (stretches, 5).
    """
    low, high = np.inf, -np.inf
    for i in range(values.size):
        x = values[i]
        if np.isfinite(x):
            low, high = min(low, x), max(high, x)
    result = np.zeros((starts.size, 5))
    for k in range(starts.size):
        stop = starts[k + 1] if k + 1 < starts.size else values.size
        least, most = np.nan, np.nan
        for i in range(starts[k], stop):
            x = values[i]
            if not np.isfinite(x):
                result[k, 0] += 1
                continue
            if not x >= least:
                least = x
            if not x <= most:
                most = x
            if i > 0 and values[i - 1] == x:
                result[k, 3] += 1
            if x == low or x == high:  # noqa: SIM109 (the compiled code has no tuple search)
                result[k, 4] += 1
        result[k, 1], result[k, 2] = least, most
    return result


@njit(cache=True)
def rms_of_difference(a: Floats, b: Floats, first: Ints, count: int) -> Floats:
    """Root mean square of ``a - b`` over ``count`` samples from each ``first``; NaN where they leave the arrays."""
    result = np.full(first.size, np.nan)
    for k in range(first.size):
        if first[k] < 0 or first[k] + count > a.size:
            continue
        total = 0.0
        for i in range(first[k], first[k] + count):
            total += (a[i] - b[i]) ** 2
        result[k] = np.sqrt(total / count)
    return result
