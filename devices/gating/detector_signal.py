"""The front of the R-peak detector: any rate to a fixed one, pacing spikes out, QRS energy."""

import numpy as np
from numba import njit

from devices.gating.kernels import ends, is_finite
from devices.gating.report import Floats, Ints

#: All of the detector but the final placing works at this rate.
WORK_HZ = 200.0

# [E] What rises and falls by this share of a usual beat within this time to each side is a pacing spike, not a heart.
# The second line finds spikes that a monitor or a low-pass has spread; it needs no high rate.
_SPIKES = ((0.004, 0.7), (0.010, 1.3))
_SPIKE_RATE_HZ = 240.0  # below this rate a narrow R wave is as thin as a spike
_SPREAD_RATE_HZ = 400.0  # above this rate no low-pass was so low
_STRETCH = 512  # samples looked through at once
_MARGIN = 32  # samples at WORK_HZ: more than all filters of a band reach together


def prepared(samples: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """The signal without pacing spikes, at its own rate and at ``WORK_HZ``; every sample must be finite."""
    work = thinned(samples, rate_hz / WORK_HZ)
    usual = _usual_range(work)
    if rate_hz < _SPIKE_RATE_HZ or usual <= 0:
        return samples, work
    clean = samples
    for seconds, share in _SPIKES if rate_hz < _SPREAD_RATE_HZ else _SPIKES[:1]:
        width = int(np.ceil(seconds * rate_hz))
        if has_spikes(clean, width, share * usual):
            clean = without_spikes(clean, width, share * usual)
    return clean, work if clean is samples else thinned(clean, rate_hz / WORK_HZ)


def _usual_range(work: Floats) -> float:
    """Middle range of two seconds after a mean over 25 ms, in which spikes count for little."""
    ranges = smooth_ranges(work, 5, int(2 * WORK_HZ))
    return float(np.median(ranges)) if ranges.size else 0.0


@njit(cache=True, nogil=True)
def smooth_ranges(work: Floats, width: int, length: int) -> Floats:
    """Greatest less least value in each whole stretch of ``length`` samples, after a mean over ``width``."""
    ranges = np.empty(work.size // length)
    for k in range(ranges.size):
        first = k * length
        begin, end = max(first - width, 0), min(first + length + width, work.size)
        smooth = running_mean(work[begin:end], width, width // 2)
        least, most = ends(smooth[first - begin : first - begin + length])
        ranges[k] = most - least
    return ranges


def bridged(samples: Floats) -> Floats:
    """Holes (not finite) filled by straight lines between their ends."""
    if is_finite(samples):
        return samples
    finite = np.isfinite(samples)
    index = np.arange(samples.size)
    return np.interp(index, index[finite], samples[finite])


@njit(cache=True, nogil=True)
def thinned(samples: Floats, step: float) -> Floats:
    """Means over ``step`` samples each, where a sample holds its value until the next."""
    n, per_sample = samples.size, 1.0 / step
    out = np.empty(int(n / step))
    for k in range(out.size):
        start, stop = k * step, (k + 1) * step
        first, last = np.uint64(start), np.uint64(min(int(stop), n - 1))
        # Of the first sample and of the last one only a part lies within.
        total = (stop - last) * samples[last] - (start - first) * samples[first]
        for i in range(first, last):
            total += samples[i]
        out[k] = total * per_sample
    return out


@njit(cache=True, nogil=True)
def has_spikes(samples: Floats, width: int, least: float) -> bool:
    """Whether any sample stands out by ``least`` from both neighbours ``width`` samples away."""
    for first in range(width, samples.size - width, _STRETCH):
        last = min(first + _STRETCH, samples.size - width)
        here, before = samples[first:last], samples[first - width : last - width]
        rises = 0  # counted without looking further: most stretches have none
        for i in range(here.size):
            rises += 1 if abs(here[i] - before[i]) > least else 0
        if not rises:
            continue
        for i in range(first, last):
            rise, fall = samples[i] - samples[i - width], samples[i] - samples[i + width]
            both = rise * fall > 0 and min(abs(rise), abs(fall)) > least
            if both and abs(rise - fall) < 0.5 * min(abs(rise), abs(fall)):
                return True
    return False


@njit(cache=True, nogil=True)
def without_spikes(samples: Floats, width: int, least: float) -> Floats:
    """A copy with a straight line across each spike."""
    out = samples.copy()
    for i in range(width, samples.size - width):
        rise = samples[i] - samples[i - width]
        fall = samples[i] - samples[i + width]
        if rise * fall <= 0 or min(abs(rise), abs(fall)) <= least:
            continue
        if abs(rise - fall) >= 0.5 * min(abs(rise), abs(fall)):
            continue
        left, right = out[i - width], samples[i + width]
        for j in range(1, 2 * width):
            out[i - width + j] = left + (right - left) * j / (2 * width)
    return out


@njit(cache=True, nogil=True)
def running_mean(x: Floats, width: int, ahead: int) -> Floats:
    """Mean of the ``width`` samples from ``n - ahead``; the ends are repeated outward.

    Sums of 1, 2, 4 ... neighbours are added up to the width: few sweeps, and every mean depends on its own samples
    alone, wherever a signal is cut.
    """
    n = x.size
    sums, longer = np.empty(n + width - 1), np.empty(n + width - 1)
    sums[:ahead], sums[ahead : ahead + n], sums[ahead + n :] = x[0], x, x[n - 1]
    out = np.zeros(n)
    length, place = 1, 0  # of the sums; how much of the width is done
    while place < width:
        if width & length:
            part = sums[place:]
            for i in range(n):
                out[i] += part[i]
            place += length
        moved = sums[length:]
        for i in range(moved.size):
            longer[i] = sums[i] + moved[i]
        sums, longer, length = longer, sums, 2 * length
    share = 1.0 / width
    for i in range(n):
        out[i] *= share
    return out


@njit(cache=True, nogil=True)
def bent(work: Floats, smooth: int, step: int) -> Floats:
    """How far each sample (a mean of ``smooth``) stands out from the middle of those ``step`` to both sides."""
    mean = running_mean(work, smooth, smooth // 2)
    n = work.size
    out = np.empty(n)
    for i in range(min(step, n)):
        out[i] = mean[i] - 0.5 * (mean[min(i + step, n - 1)] + mean[0])
    inner, middle, before, after = (
        out[step : n - step],
        mean[step : n - step],
        mean[: n - step],
        mean[2 * step :],
    )
    for i in range(inner.size):
        inner[i] = middle[i] - 0.5 * (after[i] + before[i])
    for i in range(max(n - step, step), n):
        out[i] = mean[i] - 0.5 * (mean[n - 1] + mean[i - step])
    return out


@njit(cache=True, nogil=True)
def moving_rms(x: Floats, first: int, second: int) -> Floats:
    energy = running_mean(running_mean(x * x, first, first // 2), second, second // 2)
    return np.sqrt(energy)


@njit(cache=True, nogil=True)
def bands(work: Floats, block: int) -> tuple[Floats, Floats, Floats]:
    """The sharp band, its energy, and the energy of the broad band, all of the shape of ``work``.

    It goes by blocks of ``block`` samples with a margin around each, so that all between stays in the processor's
    cache; how the signal is cut changes no bit of the result.
    """
    band, energy, slow = np.empty(work.size), np.empty(work.size), np.empty(work.size)
    for first in range(0, work.size, block):
        last = min(first + block, work.size)
        begin, end = max(first - _MARGIN, 0), min(last + _MARGIN, work.size)
        sharp, broad = bent(work[begin:end], 3, 4), bent(work[begin:end], 8, 12)
        inner = slice(first - begin, last - begin)
        band[first:last] = sharp[inner]
        energy[first:last] = moving_rms(sharp, 11, 7)[inner]
        slow[first:last] = moving_rms(broad, 11, 7)[inner]
    return band, energy, slow


@njit(cache=True, nogil=True)
def greatest_near(x: Floats, at: Ints, reach: int) -> Floats:
    out = np.empty(at.size)
    for i in range(at.size):
        top = 0.0
        for j in range(max(0, at[i] - reach), min(x.size, at[i] + reach + 1)):
            top = max(top, x[j])
        out[i] = top
    return out


@njit(cache=True, nogil=True)
def joined(sharp: Ints, broad: Ints, apart: int) -> Ints:
    """Both lists in order; of the second only what is more than ``apart`` from all of the first."""
    out = np.empty(sharp.size + broad.size, dtype=np.int64)
    count, i = 0, 0
    for b in broad:
        while i < sharp.size and sharp[i] <= b:
            out[count] = sharp[i]
            count += 1
            i += 1
        after = i < sharp.size and sharp[i] - b <= apart
        before = i > 0 and b - sharp[i - 1] <= apart
        if not after and not before:
            out[count] = b
            count += 1
    while i < sharp.size:
        out[count] = sharp[i]
        count += 1
        i += 1
    return out[:count]


@njit(cache=True, nogil=True)
def candidates(energy: Floats, reach: int, least: float) -> Ints:
    """Samples whose energy is the greatest within ``reach`` samples to both sides, and above ``least``."""
    n = energy.size
    found = np.empty(n // (reach + 1) + 1, dtype=np.int64)
    count = 0
    i = 1
    while i < n - 1:
        here = energy[i]
        if here > least and here > energy[i - 1] and here >= energy[i + 1]:
            highest = True
            for j in range(max(0, i - reach), min(n, i + reach + 1)):
                if energy[j] > here or (energy[j] == here and j < i):
                    highest = False
                    break
            if highest:
                found[count] = i
                count += 1
                i += reach
        i += 1
    return found[:count]
