"""From what was measured to what is in the recording: gaps, lost events, a clock of their own, other units."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from devices.simulator.finger import inside
from devices.simulator.limits import Intervals
from devices.simulator.settings import Recorder
from devices.waveform import UNITS, Channel, ChannelName, Event, Waveform, in_time_order

CUFF_CHANNELS = (ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP)
_MMHG_PER_KPA = 7.50062
# What a console of that unit shows, and the step it counts in.
_PER_MMHG = {"mmHg": 1.0, "kPa": 1 / _MMHG_PER_KPA, "MPa": 1 / _MMHG_PER_KPA / 1000}
_STEP = {"kPa": 0.01, "MPa": 0.0001}


def written(channels: Iterable[Channel], events: Iterable[Event], recorder: Recorder) -> Waveform:
    """The recording. Channels share one clock; events drift against it, pressure does not."""
    channels = tuple(_with_gaps(_in_unit(channel, recorder), recorder.gaps_s) for channel in channels)
    duration_s = max(channel.duration_s for channel in channels)
    lost = (*recorder.gaps_s, *recorder.events_missing_s)
    kept = tuple(event for event in events if event.t_s < duration_s)
    times = np.array([event.t_s for event in kept], dtype=np.float64)
    drifted: NDArray[np.float64] = times * (1 + recorder.clock_drift_ppm * 1e-6)
    there = ~inside(times, lost) & (drifted < duration_s)
    moved = (
        Event(at, event.kind, event.cuff)
        for at, event, ok in zip(drifted.tolist(), kept, there.tolist(), strict=True)
        if ok
    )
    return Waveform(channels, in_time_order(moved))


def units_of(recorder: Recorder) -> dict[ChannelName, str]:
    """The unit in which each channel's numbers are given."""
    return {**UNITS, **dict.fromkeys(CUFF_CHANNELS, recorder.pressure_unit)}


def _in_unit(channel: Channel, recorder: Recorder) -> Channel:
    unit = recorder.pressure_unit
    if channel.name not in CUFF_CHANNELS or unit == "mmHg":
        return channel
    step = _STEP[unit]
    return Channel(channel.name, channel.rate_hz, np.round(channel.samples * _PER_MMHG[unit] / step) * step)


def _with_gaps(channel: Channel, gaps_s: Intervals) -> Channel:
    if not gaps_s:
        return channel
    missing = inside(np.arange(channel.samples.size) / channel.rate_hz, gaps_s)
    return Channel(channel.name, channel.rate_hz, np.where(missing, np.nan, channel.samples))
