"""A channel made ready for filters, and per-second statistics of it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from scipy.signal import butter, firwin, resample_poly, sosfilt_zi

from devices.gating.kernels import is_finite, second_statistics
from devices.gating.report import Bools, Floats, Ints
from devices.waveform import Channel, ChannelName

#: [E] Slower samples cannot be timed: a QRS, an upstroke and the emptying of a cuff would fall between them.
_LEAST_RATE_HZ = {ChannelName.ECG: 100.0, ChannelName.PLETH: 20.0}
_LEAST_PRESSURE_RATE_HZ = 10.0
_BLOCK = 1024  # samples out at a time


def is_too_slow(channel: Channel) -> bool:
    """Whether the channel was sampled too slowly for anything in it to be timed."""
    return channel.rate_hz < _LEAST_RATE_HZ.get(channel.name, _LEAST_PRESSURE_RATE_HZ)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Evenly sampled values without holes; ``missing`` marks where a hole was bridged for the filters' sake.

    Nothing measured in a bridged place is ever reported: whoever uses a trace drops it by ``missing`` or by
    the second map of ``quality``.
    """

    values: Floats
    rate_hz: float
    missing: Bools

    def at(self, t_s: Floats) -> Floats:
        """Values at the given seconds, linearly between samples; NaN outside."""
        place = t_s * self.rate_hz
        inside = (place >= 0) & (place <= self.values.size - 1)
        first = np.clip(np.where(inside, place, 0.0).astype(np.int64), 0, max(0, self.values.size - 2))
        last = np.minimum(first + 1, self.values.size - 1)
        between = self.values[first] + (place - first) * (self.values[last] - self.values[first])
        return np.where(inside, between, np.nan)


def trace_of(channel: Channel | None, rate_hz: float, *, at_least_hz: float = 0.0) -> Trace | None:
    """The channel at no more than about ``rate_hz``, and at no less than ``at_least_hz`` (then resampled by a whole factor).

    None where there is no such channel, where it has no finite sample, or where it is too slow.
    """
    if channel is None or is_too_slow(channel):
        return None
    samples = channel.samples.astype(np.float64, copy=False)
    whole = is_finite(samples)
    missing = np.zeros(samples.size, dtype=np.bool_) if whole else ~np.isfinite(samples)
    if samples.size < 2 or (not whole and bool(missing.all())):
        return None
    values = bridged(samples, missing)
    step = max(1, round(channel.rate_hz / rate_hz))
    if step > 1:
        values, missing = _thinned(values, missing, step)
        return Trace(values, channel.rate_hz / step, missing)
    factor = int(np.ceil(at_least_hz / channel.rate_hz))
    if factor > 1:
        values, missing = resample_poly(values, factor, 1, padtype="line"), np.repeat(missing, factor)
    return Trace(values, channel.rate_hz * max(1, factor), missing)


def smoothed(trace: Trace, high_hz: float) -> Floats:
    """Zero-phase Butterworth low-pass of the second order; an edge at or above 0.45 of the rate is left out."""
    if high_hz >= 0.45 * trace.rate_hz:
        return trace.values
    taps, (at_rest,) = _low_pass(high_hz, trace.rate_hz)
    # The signal is continued for a moment past both ends, turned about its own end, so that the filter starts at rest.
    pad = min(trace.values.size - 1, 9)
    x = trace.values
    longer = np.concatenate((2 * x[0] - x[pad:0:-1], x, 2 * x[-1] - x[-2 : -pad - 2 : -1]))
    sweep_both_ways(longer, taps, at_rest)
    return longer[pad : pad + x.size]


@lru_cache(maxsize=64)
def _low_pass(edge_hz: float, rate_hz: float) -> tuple[Floats, Floats]:
    """One second-order section, and its state at rest under a constant 1."""
    sections = butter(2, edge_hz, "lowpass", fs=rate_hz, output="sos")
    return sections[0], sosfilt_zi(sections)


@njit(cache=True, nogil=True)
def sweep_both_ways(x: Floats, section: Floats, at_rest: Floats) -> None:
    """Filter in place by one second-order section in the transposed direct form, forward and then backward."""
    b0, b1, b2, a1, a2 = section[0], section[1], section[2], section[4], section[5]
    for turn in range(2):
        i, step = (0, 1) if turn == 0 else (x.size - 1, -1)
        z0, z1 = at_rest[0] * x[i], at_rest[1] * x[i]
        for _ in range(x.size):
            here = x[i]
            y = b0 * here + z0
            z0 = b1 * here - a1 * y + z1
            z1 = b2 * here - a2 * y
            x[i] = y
            i += step


def bridged(samples: Floats, missing: Bools) -> Floats:
    """Samples with straight lines across what is missing; at least one must not be."""
    if not missing.any():
        return samples
    index = np.arange(samples.size)
    return np.interp(index, index[~missing], samples[~missing])


def _thinned(values: Floats, missing: Bools, step: int) -> tuple[Floats, Bools]:
    """Every ``step``-th sample after a low-pass of linear phase; missing where any of the samples left out was.

    Only the samples that stay are computed. The pass band ends at 0.4 of the new rate.
    """
    count = -(-values.size // step)
    smooth = low_passed(values, _taps(step), step, _BLOCK)
    if not missing.any():
        return smooth, np.zeros(count, dtype=np.bool_)
    return smooth, np.logical_or.reduceat(missing, np.arange(0, values.size, step))


@lru_cache(maxsize=16)
def _taps(step: int) -> Floats:
    """A low-pass of linear phase that reaches four of the thinned samples to both sides."""
    return np.asarray(firwin(2 * 4 * step + 1, 0.8 / step))


@njit(cache=True, nogil=True)
def low_passed(values: Floats, taps: Floats, step: int, block: int) -> Floats:
    """Every ``step``-th sample after a filter of linear phase (an odd number of taps, symmetric); both ends are mirrored.

    It goes by blocks of ``block`` samples out, each small enough for the processor's nearest cache; within a block the
    samples are sorted by their remainder to ``step``, so that each pair of taps is one sweep over neighbours in memory.
    How it is cut changes no bit of the result.
    """
    last = taps.size - 1
    out = np.empty(-(-values.size // step))
    phases = np.empty((step, block + last // step + 1))
    for first in range(0, out.size, block):
        part = out[first : first + block]
        width = part.size + last // step + 1
        _sort_phases(values, first * step - last // 2, phases[:, :width])
        middle = phases[(last // 2) % step, (last // 2) // step :]
        for k in range(part.size):
            part[k] = taps[last // 2] * middle[k]
        for t in range(last // 2):
            one, other = phases[t % step, t // step :], phases[(last - t) % step, (last - t) // step :]
            for k in range(part.size):
                part[k] += taps[t] * (one[k] + other[k])
    return out


@njit(cache=True, nogil=True)
def _sort_phases(values: Floats, begin: int, phases: Floats) -> None:
    """``phases[p, k]`` becomes the sample at ``begin + k * step + p``."""
    step, width = phases.shape
    if begin >= 0 and begin + step * width <= values.size:
        part = values[begin : begin + step * width]
        for p in range(step):
            row = phases[p]
            for k in range(width):
                row[k] = part[k * step + p]
        return
    for p in range(step):
        for k in range(width):
            phases[p, k] = values[_mirrored(begin + k * step + p, values.size)]


@njit(cache=True, nogil=True)
def _mirrored(i: int, n: int) -> int:
    """The sample that stands at place i where the signal is continued by its own mirror image, again and again."""
    i %= 2 * n
    return i if i < n else 2 * n - 1 - i


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """Statistics of each second of a channel; all arrays of shape (seconds,)."""

    missing_share: Floats
    spread: Floats  # greatest minus least value, NaN where nothing was measured
    same_share: Floats  # samples equal to the one before
    rail_share: Floats  # samples at the recording's own greatest or least value


def seconds_of(channel: Channel) -> Seconds:
    """Look at the raw samples, second by second. Needs at least one sample."""
    x, rate = channel.samples, channel.rate_hz
    starts = np.unique(np.ceil(np.arange(np.ceil(x.size / rate)) * rate).astype(np.int64))
    starts = starts[starts < x.size]
    count = np.diff(np.append(starts, x.size))
    missing, least, greatest, same, rail = second_statistics(x, starts).T
    return Seconds(missing / count, greatest - least, same / count, rail / count)


def runs(mask: Bools) -> tuple[Ints, Ints]:
    """Starts and stops (exclusive) of the stretches where ``mask`` is true."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
