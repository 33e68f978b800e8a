"""A waveform as the signals and marks of a file: the way back from ``devices.records.recording``."""

from collections.abc import Mapping

from devices.records.content import Mark, Signal
from devices.records.events import text_of
from devices.waveform import UNITS, ChannelName, Waveform


def signals_of(waveform: Waveform, units: Mapping[ChannelName, str] | None = None) -> tuple[Signal, ...]:
    """Every channel under its own name.

    Parameters
    ----------
    units
        What the samples are in, where it is not the channel's own unit.
    """
    named = UNITS | dict(units or {})
    return tuple(Signal(c.name.value, named[c.name], c.rate_hz, c.samples) for c in waveform.channels)


def marks_of(waveform: Waveform) -> tuple[Mark, ...]:
    """Every event in words, in order of time."""
    return tuple(Mark(event.t_s, text_of(event)) for event in waveform.events)
