"""The recording of a simulated session: every channel at its own rate, with what its sensor adds, and the events."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from devices.simulator import artery, cuffs, finger, lead, recorder
from devices.simulator.console import CUFFS, Stroke
from devices.simulator.seeds import Part, generator
from devices.simulator.settings import Setup
from devices.waveform import Channel, ChannelName, Event, EventKind, Waveform

Times = NDArray[np.float64]

_CUFF_NOISE_MMHG = 0.8


def recorded(
    seen: Channel,
    pleth: Times,
    histories: Sequence[cuffs.CuffHistory],
    strokes: Sequence[Stroke],
    trigger_s: Times,
    setup: Setup,
    seed: int,
) -> Waveform:
    """All channels with their noise, and the events.

    ``seen`` is the ECG of the lead, ``pleth`` the monitor's wave at the model's rate.
    """
    valves = _valves(strokes)
    channels = [
        lead.recorded(seen, valves, setup.lead, seed),
        _pleth_channel(pleth, valves, setup, seed),
        *_cuff_channels(histories, seen.duration_s, setup, seed),
    ]
    return recorder.written(channels, _events(trigger_s, strokes), setup.recorder)


def _valves(strokes: Sequence[Stroke]) -> lead.ValveTimes:
    inflate = np.array([time for stroke in strokes for time in stroke.inflate_s], dtype=np.float64)
    deflate = np.array([stroke.deflate_s for stroke in strokes], dtype=np.float64)
    return lead.ValveTimes(inflate[~np.isnan(inflate)], deflate)


def _pleth_channel(pleth: Times, valves: lead.ValveTimes, setup: Setup, seed: int) -> Channel:
    rate = setup.recorder.pleth_rate_hz
    size = int(pleth.size / artery.MODEL_RATE_HZ * rate + 1e-6)
    # The wave holds nothing above the monitor's low-pass, so reading it between the model's samples loses nothing.
    samples = np.interp(np.arange(size) / rate, np.arange(pleth.size) / artery.MODEL_RATE_HZ, pleth)
    times = np.concatenate((valves.inflate_s, valves.deflate_s))
    disturbed = finger.disturbed(
        samples,
        rate,
        times,
        setup.finger,
        floor=generator(seed, Part.PLETH_FLOOR),
        motion=generator(seed, Part.PLETH_MOTION),
    )
    return Channel(ChannelName.PLETH, rate, disturbed)


def _cuff_channels(
    histories: Sequence[cuffs.CuffHistory], duration_s: float, setup: Setup, seed: int
) -> list[Channel]:
    rate = setup.recorder.cuff_rate_hz
    time_s = np.arange(int(duration_s * rate + 1e-6)) / rate
    rng = generator(seed, Part.CUFF_FLOOR)
    return [
        Channel(name, rate, history.pressure_at(time_s) + _CUFF_NOISE_MMHG * rng.standard_normal(time_s.size))
        for name, history in zip(recorder.CUFF_CHANNELS, histories, strict=True)
    ]


def _events(trigger_s: Times, strokes: Sequence[Stroke]) -> list[Event]:
    events = [Event(time, EventKind.TRIGGER) for time in trigger_s.tolist()]
    for stroke in strokes:
        for cuff, opened in zip(CUFFS, stroke.inflate_s, strict=True):
            if not np.isnan(opened):
                events.append(Event(opened, EventKind.INFLATE, cuff))
                events.append(Event(stroke.deflate_s, EventKind.DEFLATE, cuff))
    return events
