"""The front of the R-peak detector: any rate to a fixed one, pacing spikes out, QRS energy."""

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints

#: All of the detector but the final placing works at this rate.
WORK_HZ = 200.0

# [E] What rises and falls by this share of a usual beat within this time to each side is a pacing spike, not a heart.
# The second line finds spikes that a monitor or a low-pass has spread; it needs no high rate.
_SPIKES = ((0.004, 0.7), (0.010, 1.3))
_SPIKE_RATE_HZ = 240.0  # below this rate a narrow R wave is as thin as a spike
_SPREAD_RATE_HZ = 400.0  # above this rate no low-pass was so low


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
    block = int(2 * WORK_HZ)
    whole = running_mean(work, 5, 2)[: work.size // block * block].reshape(-1, block)
    return float(np.median(np.ptp(whole, axis=1))) if whole.size else 0.0


def bridged(samples: Floats) -> Floats:
    """Holes (not finite) filled by straight lines between their ends."""
    finite = np.isfinite(samples)
    if finite.all():
        return samples
    index = np.arange(samples.size)
    return np.interp(index, index[finite], samples[finite])


@njit(cache=True, nogil=True)
def thinned(samples: Floats, step: float) -> Floats:
    """Means over ``step`` samples each, where a sample holds its value until the next."""
    n = samples.size
    out = np.empty(int(n / step))
    i, carried = 0, 0.0  # the sample under way, and how much of it is already used
    for k in range(out.size):
        stop = (k + 1) * step
        whole = min(int(stop), n - 1)
        total = -carried * samples[i]
        while i < whole:
            total += samples[i]
            i += 1
        carried = stop - i
        out[k] = (total + carried * samples[i]) / step
    return out


@njit(cache=True, nogil=True)
def has_spikes(samples: Floats, width: int, least: float) -> bool:
    """Whether any sample stands out by ``least`` from both neighbours ``width`` samples away."""
    for i in range(width, samples.size - width):
        rise = samples[i] - samples[i - width]
        if abs(rise) > least:
            fall = samples[i] - samples[i + width]
            if rise * fall > 0 and abs(fall) > least and abs(rise - fall) < 0.5 * min(abs(rise), abs(fall)):
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
    """Mean of the ``width`` samples from ``n - ahead``; the ends are repeated outward."""
    n = x.size
    out = np.empty(n)
    total = 0.0
    for j in range(-ahead, width - ahead):
        total += x[min(max(j, 0), n - 1)]
    for i in range(n):
        out[i] = total / width
        total += x[min(max(i - ahead + width, 0), n - 1)] - x[min(max(i - ahead, 0), n - 1)]
    return out


@njit(cache=True, nogil=True)
def bent(work: Floats, smooth: int, step: int) -> Floats:
    """How far each sample (a mean of ``smooth``) stands out from the middle of those ``step`` to both sides."""
    mean = running_mean(work, smooth, smooth // 2)
    n = work.size
    out = np.empty(n)
    for i in range(n):
        out[i] = mean[i] - 0.5 * (mean[min(i + step, n - 1)] + mean[max(i - step, 0)])
    return out


@njit(cache=True, nogil=True)
def moving_rms(x: Floats, first: int, second: int) -> Floats:
    energy = np.empty(x.size)
    for i in range(x.size):
        energy[i] = x[i] * x[i]
    energy = running_mean(running_mean(energy, first, first // 2), second, second // 2)
    for i in range(x.size):
        energy[i] = np.sqrt(max(energy[i], 0.0))
    return energy


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
