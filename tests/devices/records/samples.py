"""A small recording with every channel, in which each thing that can get lost is there once."""

import numpy as np

from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform, in_time_order

RATES_HZ = {
    ChannelName.ECG: 500.0,
    ChannelName.PLETH: 125.0,
    ChannelName.CUFF_CALF: 50.0,
    ChannelName.CUFF_THIGH: 50.0,
    ChannelName.CUFF_HIP: 50.0,
}
_HEIGHT = {ChannelName.ECG: 1.5, ChannelName.PLETH: 1.0}


def waveform(seconds: float = 61.3) -> Waveform:
    """One beat a second, inflated 0.4 s after R to 260 mmHg and emptied at 0.8 s; a hole in every channel."""
    channels = []
    rng = np.random.default_rng(1)
    for name, rate_hz in RATES_HZ.items():
        time_s = np.arange(int(seconds * rate_hz + 1e-6)) / rate_hz
        phase = time_s % 1.0
        if name is ChannelName.ECG:
            samples = 1.2 * np.exp(-(((phase - 0.2) / 0.01) ** 2)) + 0.25 * np.exp(
                -(((phase - 0.5) / 0.04) ** 2)
            )
        elif name is ChannelName.PLETH:
            samples = np.sin(2 * np.pi * phase) ** 2
        else:
            samples = np.where((phase > 0.6) & (phase < 1.0), 260.0, 2.0)
        samples += (0.5 if "CUFF" in name else 0.01) * rng.standard_normal(samples.size)
        samples[7:11] = np.nan
        channels.append(Channel(name, rate_hz, samples))
    events = []
    for beat in range(int(seconds) - 1):
        events.append(Event(round(beat + 0.20001, 6), EventKind.TRIGGER))
        for order, cuff in enumerate((Cuff.CALF, Cuff.THIGH, Cuff.HIP)):
            events.append(Event(round(beat + 0.6 + 0.04 * order, 6), EventKind.INFLATE, cuff))
            events.append(Event(beat + 1.0, EventKind.DEFLATE, cuff))
    return Waveform(tuple(channels), in_time_order(events))
