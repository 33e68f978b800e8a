"""From what a file says to the waveform that the engine judges, with a note for all that was left out or is odd."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from devices.records.content import END_TEXT, BadRecord, Content, Mark, Note, Signal
from devices.records.events import event_of, is_complete
from devices.records.names import channels_of
from devices.records.units import (
    LOWEST_THERAPY_MMHG,
    ecg_in_mv,
    pressure_in_mmhg,
    reached,
    refuse_pressures_of_another_unit,
    refuse_rate_of_no_ecg,
)
from devices.waveform import Channel, ChannelName, Event, EventKind, Waveform, in_time_order

_PRESSURES = (ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP)
# [E] with fewer samples a second the shape of a pulse, or of a stroke of the cuff, cannot be seen.
_LOWEST_RATE_HZ = {ChannelName.PLETH: 25.0} | dict.fromkeys(_PRESSURES, 10.0)
_GAP = "gap"  # our own files mark in words what never arrived
_FEWEST_TRIGGERS = 10
_SHORTEST_BEAT_S, _LONGEST_BEAT_S = 0.1, 30.0  # [E] no heart and no console acts faster, or so slowly
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Which signal of the file became a channel."""

    channel: ChannelName
    name: str
    unit: str
    rate_hz: float
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recording as read.

    Attributes
    ----------
    left_out : names of signals that are no channel of ours.
    notes : what was odd, in sentences.
    sha256 : hex digest of each file read.
    """

    waveform: Waveform
    sources: tuple[Source, ...]
    left_out: tuple[str, ...]
    notes: tuple[Note, ...]
    sha256: dict[str, str]


def recording_of(content: Content, ecg: str | None = None) -> Recording:
    """Find the channels, bring them to their units, and read the events.

    Raises
    ------
    BadRecord
        There is nothing that could be analysed, a unit is missing, or values and unit contradict each other.
    """
    found, slow = _channels(content.signals, ecg)
    channels = tuple(_channel(name, signal) for name, signal in found.items())
    events, about_events = _events(content.marks, max(channel.duration_s for channel in channels))
    about_pressures = _pressure_notes([c for c in channels if c.name in _PRESSURES], events)
    used = {id(signal) for signal in found.values()}
    return Recording(
        Waveform(channels, in_time_order(events)),
        tuple(Source(name, s.name, s.unit, s.rate_hz, s.samples.size) for name, s in found.items()),
        tuple(signal.name for signal in content.signals if id(signal) not in used),
        (*content.notes, *slow, *about_events, *about_pressures),
        content.sha256,
    )


def _channels(signals: Sequence[Signal], ecg: str | None) -> tuple[dict[ChannelName, Signal], list[Note]]:
    """The signal of each channel in the order of ``ChannelName``, and what was left out for its low rate."""
    found = channels_of(signals, ecg)
    if not found:
        names = ", ".join(signal.name or "(no name)" for signal in signals)
        raise BadRecord(f"The record holds no ECG, pulse wave or cuff pressure, only {names or 'nothing'}.")
    slow = [name for name, signal in found.items() if signal.rate_hz < _LOWEST_RATE_HZ.get(name, 0)]
    notes = [_slow_note(found.pop(name), _LOWEST_RATE_HZ[name]) for name in slow]
    if not found:
        raise BadRecord(f"{notes[0].sentence} Give a recording with an ECG.")
    return {name: found[name] for name in ChannelName if name in found}, notes


def _slow_note(signal: Signal, lowest_hz: float) -> Note:
    return Note(
        "rate_low",
        f"'{signal.name}' has {signal.rate_hz:g} samples a second; it takes {lowest_hz:g} to read it, so it was left out.",
    )


def _channel(name: ChannelName, signal: Signal) -> Channel:
    if name is ChannelName.ECG:
        refuse_rate_of_no_ecg(signal)
        samples = ecg_in_mv(signal)
    elif name in _PRESSURES:
        samples = pressure_in_mmhg(signal)
    else:
        samples = signal.samples  # the pulse wave is looked at by its shape alone
    return Channel(name, signal.rate_hz, samples)


def _events(marks: Sequence[Mark], end_s: float) -> tuple[list[Event], list[Note]]:
    events: list[Event] = []
    unknown: Counter[str] = Counter()
    for mark in marks:
        event = event_of(mark.text, mark.t_s)
        if event is not None and is_complete(event):
            events.append(event)
        elif mark.text != END_TEXT and mark.text.partition(" ")[0] != _GAP:
            unknown[mark.text] += 1
    _refuse_times_of_another_unit(events, end_s)
    notes = []
    if unknown:
        examples = ", ".join(f"'{text[:40]}'" for text, _ in unknown.most_common(_EXAMPLES))
        notes.append(
            Note("events_unknown", f"{unknown.total()} annotations are no events of a console: {examples}.")
        )
    outside = sum(not 0 <= event.t_s < end_s for event in events)
    if outside:
        notes.append(
            Note("events_outside", f"{outside} events lie outside the {end_s:.1f} s of the signals.")
        )
    backwards = sum(b.t_s < a.t_s for a, b in pairwise(events))
    if backwards:
        notes.append(
            Note("events_out_of_order", f"{backwards} events stood before an earlier one and were sorted.")
        )
    return events, notes


def _refuse_times_of_another_unit(events: Sequence[Event], end_s: float) -> None:
    times = np.sort([event.t_s for event in events if event.kind is EventKind.TRIGGER])
    if times.size < _FEWEST_TRIGGERS:
        return
    usual = float(np.median(np.diff(times)))
    if usual < _SHORTEST_BEAT_S:
        raise BadRecord(
            f"The triggers follow each other every {usual * 1000:.3g} ms, which no heart does; their times are in "
            "another unit or resolution than the file says. Write the annotations with their true frequency."
        )
    if usual > _LONGEST_BEAT_S or float(np.median(times)) > 2 * end_s:
        raise BadRecord(
            f"The triggers lie {usual:.3g} s apart and reach to {times[-1]:.0f} s, but the signals end at "
            f"{end_s:.0f} s; their times look like milliseconds. Write the annotations with their true frequency."
        )


def _pressure_notes(pressures: Sequence[Channel], events: Sequence[Event]) -> list[Note]:
    inflations = sum(event.kind is EventKind.INFLATE for event in events)
    highest = {channel.name.value: reached(channel.samples, channel.rate_hz) for channel in pressures}
    refuse_pressures_of_another_unit(highest, inflations)
    if not inflations:
        return []
    return [
        Note(
            "pressure_low",
            f"{name} never exceeds {value:.0f} mmHg while another cuff does; look at its hose.",
        )
        for name, value in highest.items()
        if value < LOWEST_THERAPY_MMHG <= max(highest.values())
    ]
