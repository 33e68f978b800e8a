"""A channel made ready for filters, and per-second statistics of it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.signal import butter, firwin, resample_poly, sosfiltfilt, upfirdn

from devices.gating.kernels import second_statistics
from devices.gating.report import Bools, Floats, Ints
from devices.waveform import Channel, ChannelName

#: [E] Slower samples cannot be timed: a QRS, an upstroke and the emptying of a cuff would fall between them.
_LEAST_RATE_HZ = {ChannelName.ECG: 100.0, ChannelName.PLETH: 20.0}
_LEAST_PRESSURE_RATE_HZ = 10.0


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
        return np.interp(
            t_s * self.rate_hz, np.arange(self.values.size), self.values, left=np.nan, right=np.nan
        )


def trace_of(channel: Channel | None, rate_hz: float, *, at_least_hz: float = 0.0) -> Trace | None:
    """The channel at no more than about ``rate_hz``, and at no less than ``at_least_hz`` (then resampled by a whole factor).

    None where there is no such channel, where it has no finite sample, or where it is too slow.
    """
    if channel is None or is_too_slow(channel):
        return None
    samples = channel.samples.astype(np.float64, copy=False)
    missing = ~np.isfinite(samples)
    if samples.size < 2 or bool(missing.all()):
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


def band(trace: Trace, low_hz: float | None, high_hz: float | None) -> Floats:
    """Zero-phase Butterworth filter of the second order; an edge at or above 0.45 of the rate is left out."""
    ceiling = 0.45 * trace.rate_hz
    high = high_hz if high_hz is not None and high_hz < ceiling else None
    if (low_hz is None or low_hz >= ceiling) and high is None:
        return trace.values
    kind: Literal["highpass", "lowpass", "bandpass"]
    edges: float | tuple[float, float]
    if high is None:
        kind, edges = "highpass", low_hz or 0.0
    elif low_hz is None:
        kind, edges = "lowpass", high
    else:
        kind, edges = "bandpass", (low_hz, high)
    sos = _filter(kind, edges, trace.rate_hz)
    pad = min(trace.values.size - 1, 3 * (2 * len(sos) + 1))
    return np.ascontiguousarray(sosfiltfilt(sos, trace.values, padlen=pad))


@lru_cache(maxsize=64)
def _filter(
    kind: Literal["highpass", "lowpass", "bandpass"], edges_hz: float | tuple[float, float], rate_hz: float
) -> Floats:
    return butter(2, edges_hz, kind, fs=rate_hz, output="sos")


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
    reach = 4
    taps = firwin(2 * reach * step + 1, 0.8 / step)
    count = -(-values.size // step)
    # The filter's delay is ``reach`` of the new samples.
    smooth = upfirdn(taps, values, 1, step, mode="symmetric")[reach : reach + count]
    if not missing.any():
        return smooth, np.zeros(count, dtype=np.bool_)
    return smooth, np.logical_or.reduceat(missing, np.arange(0, values.size, step))


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
