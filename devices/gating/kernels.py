"""Loops over samples and beats that NumPy can only express by large temporary tables; compiled once, then cached."""

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def greatest_between(values: Floats, first: Ints, last: Ints) -> Floats:
    """Greatest of the finite ``values[first[k]:last[k]]`` for each k; NaN where there is none."""
    result = np.full(first.size, np.nan)
    for k in range(first.size):
        for i in range(max(first[k], 0), min(last[k], values.size)):
            if np.isfinite(values[i]) and not values[i] <= result[k]:
                result[k] = values[i]
    return result


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def second_statistics(values: Floats, starts: Ints) -> Floats:
    """Count of missing, least, greatest, count equal to the sample before, count at the recording's own ends.

    One row per stretch from ``starts[k]`` to the next start; shape (stretches, 5). The recording's ends are those of its
    stretches, so that only the stretches which reach them are read again.
    """
    result = np.zeros((starts.size, 5))
    low, high = np.inf, -np.inf
    for k in range(starts.size):
        a, b = starts[k], starts[k + 1] if k + 1 < starts.size else values.size
        part = values[a:b]
        result[k, 3] = _repeats(values[max(a, 1) - 1 : b])
        if is_finite(part):
            result[k, 1], result[k, 2] = ends(part)
        else:
            finite = part[np.isfinite(part)]
            result[k, 0] = part.size - finite.size
            result[k, 1], result[k, 2] = ends(finite) if finite.size else (np.nan, np.nan)
        if result[k, 1] < low:
            low = result[k, 1]
        if result[k, 2] > high:
            high = result[k, 2]
    for k in range(starts.size):
        if result[k, 1] == low or result[k, 2] == high:
            for i in range(starts[k], starts[k + 1] if k + 1 < starts.size else values.size):
                if values[i] == low or values[i] == high:
                    result[k, 4] += 1
    return result


# The processor takes several samples at once only where the order of a sum is left to it.
@njit(cache=True, nogil=True, fastmath={"reassoc"})
def is_finite(part: Floats) -> bool:
    """Whether no sample is missing or infinite, without an array of flags."""
    nothing = 0.0
    for i in range(part.size):
        nothing += 0.0 * part[i]
    return nothing == 0.0


# So it does where the least may be any of equal zeros, and no value is NaN.
@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def ends(finite: Floats) -> tuple[float, float]:
    """Least and greatest of at least one finite value."""
    least = most = finite[0]
    for i in range(finite.size):
        x = finite[i]
        if x < least:
            least = x
        if x > most:
            most = x
    return least, most


@njit(cache=True, nogil=True)
def _repeats(part: Floats) -> int:
    """How many samples are equal to the one before."""
    count = 0
    for i in range(1, part.size):
        count += part[i] == part[i - 1]
    return count


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def unit_rows(values: Floats, start: Ints, width: int, tilted: bool) -> tuple[Floats, Floats]:
    """Rows of ``width`` samples less their mean (``tilted``: less their least-squares line), of length 1; and their length.

    A row that leaves the array is NaN; one of length 0 stays as it is.
    """
    rows, size = np.full((start.size, width), np.nan), np.full(start.size, np.nan)
    middle = 0.5 * (width - 1)
    spread = width * (width * width - 1) / 12.0  # sum of squared distances from the middle
    for k in range(start.size):
        if start[k] < 0 or start[k] + width > values.size:
            continue
        row, part = rows[k], values[start[k] : start[k] + width]
        mean = moment = 0.0
        for i in range(width):
            mean += part[i]
            moment += part[i] * (i - middle)
        mean, slope = mean / width, moment / spread if tilted else 0.0
        power = 0.0
        for i in range(width):
            row[i] = part[i] - mean - slope * (i - middle)
            power += row[i] * row[i]
        size[k] = np.sqrt(power)
        if power > 0:
            row *= 1.0 / size[k]
    return rows, size


@njit(cache=True, nogil=True)
def between(before: float, here: float, after: float) -> float:
    """Where between samples (-0.5..0.5) the extremum lies of the parabola through three neighbours."""
    bend = before - 2 * here + after
    if abs(bend) < 1e-15:
        return 0.0
    return min(max(0.5 * (before - after) / bend, -0.5), 0.5)
