"""Writing WFDB records: format 16, one signal file, one frame rate for signals of any rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from devices.records.content import END_TEXT, BadRecord, Mark, Signal
from devices.records.storing import frame_of, gain_for, to_digital
from devices.records.wfdb_header import Header, SignalLine, header_text
from devices.records.wfdb_marks import EVENTS, marks_to_bytes


@dataclass(frozen=True, slots=True)
class About:
    """What a record says besides its signals.

    Attributes
    ----------
    started_at : base time and date of the record; None says none.
    gains : digital numbers per unit, by the name of the signal, where these are to be kept as they are.
    remarks : lines at the end of the header; never anything about a patient.
    """

    started_at: datetime | None = None
    gains: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def write_wfdb(
    base: Path, signals: Sequence[Signal], marks: Sequence[Mark], about: About | None = None
) -> None:
    """Write ``base.hea``, ``base.dat`` and ``base.eecp``; existing files of these names are replaced.

    Each signal gets the finest of the gains 1, 2, 5, 10, ... per unit in which its values fit, where ``about`` does
    not name its own; NaN is stored as -32768. The end is one more mark, because the last frame is filled up.

    Raises
    ------
    BadRecord
        The rates have no frame of at most 10 s in common, a value is infinite, or there are no samples.
    """
    about = about or About()
    frame_hz, per_frame = frame_of([signal.rate_hz for signal in signals])
    frames = max(ceil(s.samples.size / n) for s, n in zip(signals, per_frame, strict=True))
    if not frames:
        raise BadRecord("There are no samples to write.")
    lines, columns, starts = [], [], {}
    for signal, count in zip(signals, per_frame, strict=True):
        gain = about.gains.get(signal.name) or gain_for(signal)
        digital = to_digital(signal.samples, gain, frames * count)
        columns.append(digital.reshape(frames, count))
        starts[signal.name] = int(digital[0])
        lines.append(_line(base.name, signal, count, gain, digital))
    end = Mark(max(s.samples.size / s.rate_hz for s in signals), END_TEXT)
    header = header_text(
        base.name, Header(float(frame_hz), frames, tuple(lines)), starts, about.started_at, about.remarks
    )
    base.with_name(f"{base.name}.hea").write_text(header)
    base.with_name(f"{base.name}.dat").write_bytes(np.hstack(columns).astype("<i2").tobytes())
    base.with_name(f"{base.name}.{EVENTS}").write_bytes(marks_to_bytes([*marks, end]))


def _line(name: str, signal: Signal, count: int, gain: float, digital: NDArray[np.int16]) -> SignalLine:
    # header(5): the checksum is the sum of all samples, as a signed number of 16 bits.
    checksum = (int(digital.sum(dtype=np.int64)) + 32768) % 65536 - 32768
    unit = signal.unit if signal.unit not in ("", "1") else "NU"  # WFDB's word for no unit
    return SignalLine(f"{name}.dat", "16", count, 0, 0, gain, 0, unit, checksum, signal.name)
