"""A recording as one EDF+ file that any EDF viewer opens, and back again without loss.

Each channel is an EDF signal of 16-bit samples in its physical unit. A sample that was not measured or never
arrived is -32768, the least digital value, which the agent protocol reserves for exactly that; gaps are
annotations too, so that a person sees why. Valve events and triggers are annotations. The header names the
recording and the date, and no patient: ``X X X X``, as EDF+ writes it. Equal input gives equal bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import ceil
from uuid import UUID

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Recording
from numpy.typing import NDArray

from devices.assembly import Gap
from devices.chunks import to_counts, to_values
from devices.protocol import NOT_MEASURED, Manifest
from devices.records import storing
from devices.records.content import END_TEXT, BadRecord
from devices.records.edf_files import open_edf
from devices.records.events import event_of, text_of
from devices.waveform import Channel, ChannelName, Waveform, in_time_order

#: edfio gives every data record the room of the fullest one; a console makes about seven events a beat.
MAX_EVENTS_A_SECOND = 200
_GAP = "gap"


class CannotStore(ValueError):
    """The recording does not fit in an EDF+ file; the sentence says what is in the way."""


def record_seconds(rates_hz: Sequence[float]) -> int:
    """The shortest whole number of seconds in which every channel has a whole number of samples.

    Raises
    ------
    CannotStore
        There is none of at most 10 s.
    """
    try:
        return storing.record_seconds(rates_hz)
    except BadRecord as error:
        raise CannotStore(str(error)) from error


def refuse_what_cannot_be_stored(manifest: Manifest) -> None:
    """Raises CannotStore where a recording of this manifest could never become a file."""
    record_seconds([channel.rate_hz for channel in manifest.channels])
    for channel in manifest.channels:
        # EDF has eight characters for a physical limit.
        if not 0.01 <= channel.counts_per_unit <= 100_000:
            raise CannotStore(
                f"{channel.name}: counts_per_unit must be 0.01 to 100000, not {channel.counts_per_unit:g}."
            )


def write_edf(
    waveform: Waveform, gaps: Iterable[Gap], manifest: Manifest, uuid: UUID, started_at: datetime
) -> bytes:
    """The file of one recording.

    Parameters
    ----------
    waveform
        Channels as in the manifest; NaN where nothing was measured.
    gaps
        What never arrived.
    started_at
        Aware; the device clock at the first sample. The file says it in UTC.

    Raises
    ------
    CannotStore
        Nothing was recorded, there are implausibly many events, or the date is beyond what EDF can say.
    """
    if waveform.duration_s == 0:
        raise CannotStore("The agent sent no samples, so there is nothing to store.")
    if len(waveform.events) > MAX_EVENTS_A_SECOND * max(1.0, waveform.duration_s):
        raise CannotStore(
            f"{len(waveform.events)} events in {waveform.duration_s:.0f} s are not possible; "
            "the source sends events that no console makes."
        )
    seconds = record_seconds([channel.rate_hz for channel in waveform.channels])
    records = max(ceil(channel.duration_s / seconds - 1e-9) for channel in waveform.channels)
    started_at = started_at.astimezone(UTC)
    try:
        return Edf(
            [_signal(channel, manifest, records * seconds) for channel in waveform.channels],
            recording=Recording(
                startdate=started_at.date(), equipment_code="EECP", additional=("UTC", str(uuid))
            ),
            starttime=started_at.time(),
            data_record_duration=seconds,
            annotations=_annotations(waveform, gaps),
        ).to_bytes()
    except ValueError as error:
        raise CannotStore(f"The recording does not fit in an EDF+ file: {error}.") from error


def _signal(channel: Channel, manifest: Manifest, seconds: int) -> EdfSignal:
    scale = _counts_per_unit(manifest, channel)
    digital = np.full(round(seconds * channel.rate_hz), NOT_MEASURED, dtype=np.int16)
    digital[: channel.samples.size] = to_counts(channel.samples, scale)
    return EdfSignal.from_digital(
        digital,
        channel.rate_hz,
        label=channel.name.value,
        transducer_type=f"value = digital / {scale:g}; -32768 was not measured",
        physical_dimension=channel.unit,
        physical_range=(-32768 / scale, 32767 / scale),
        digital_range=(-32768, 32767),
    )


def _counts_per_unit(manifest: Manifest, channel: Channel) -> float:
    form = manifest.format_of(channel.name)
    if form is None:
        raise CannotStore(f"{channel.name} is not in the manifest.")
    return form.counts_per_unit


def _annotations(waveform: Waveform, gaps: Iterable[Gap]) -> list[EdfAnnotation]:
    # Microseconds, as the agent counts them, so that a time comes back exactly as it went in.
    found = [EdfAnnotation(round(event.t_s, 6), None, text_of(event)) for event in waveform.events]
    found += [
        EdfAnnotation(round(gap.from_s, 6), round(gap.to_s - gap.from_s, 6), f"{_GAP} {gap.channel}")
        for gap in gaps
    ]
    return [*found, EdfAnnotation(waveform.duration_s, None, END_TEXT)]


def read_edf_file(data: bytes, manifest: Manifest) -> Waveform:
    """The waveform of a file that ``write_edf`` made: the same samples and events, to the last bit.

    Raises
    ------
    CannotStore
        The bytes are no such file, or its channels are not those of the manifest.
    """
    edf = _opened(data)
    annotations = edf.annotations
    found = {signal.label: signal.digital.astype(np.int16) for signal in edf.signals}
    end_s = next((a.onset for a in annotations if a.text == END_TEXT), None)
    if end_s is None or set(found) != {channel.name.value for channel in manifest.channels}:
        raise CannotStore("The file is EDF+, but not a recording with these channels.")
    channels = tuple(
        Channel(
            form.name, form.rate_hz, _trimmed(found[form.name], form.rate_hz, end_s, form.counts_per_unit)
        )
        for form in manifest.channels
    )
    events = (event_of(a.text, round(a.onset, 6)) for a in annotations)
    return Waveform(channels, in_time_order(event for event in events if event is not None))


def channel_gaps_in(data: bytes) -> tuple[Gap, ...]:
    """Each stretch of each channel that never arrived, as the file says.

    Raises
    ------
    CannotStore
        The bytes are no EDF+ file.
    """
    found = []
    for annotation in _opened(data).annotations:
        kind, _, channel = annotation.text.partition(" ")
        if kind == _GAP:
            until_s = annotation.onset + (annotation.duration or 0.0)
            found.append(Gap(ChannelName(channel), annotation.onset, until_s))
    return tuple(found)


def gaps_in(data: bytes) -> tuple[tuple[float, float], ...]:
    """From and to, in seconds, of each such stretch; raises CannotStore."""
    return tuple((gap.from_s, gap.to_s) for gap in channel_gaps_in(data))


def _trimmed(counts: NDArray[np.int16], rate_hz: float, end_s: float, scale: float) -> NDArray[np.float64]:
    """Without what only fills the last data record; the end is counted as ``devices.assembly`` counts it."""
    return to_values(counts[: int(end_s * rate_hz + 1e-6)], scale)


def _opened(data: bytes) -> Edf:
    try:
        return open_edf(data)
    except BadRecord as error:
        raise CannotStore(str(error)) from error
