"""The header of a WFDB record, as text in and out; see the manual page header(5) of the WFDB library.

The wfdb package reads these too, but takes over a second to start, most of it for libraries that nothing here
uses, and meets a damaged header with whatever error comes first. A bedside command line needs neither.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.records.content import BadRecord

DEFAULT_GAIN = 200.0  # header(5): units per mV where a header gives none, or 0, for "not calibrated"
_MOST_SIGNALS = 256
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RATE = re.compile(rf"({_NUMBER})(?:/{_NUMBER}(?:\({_NUMBER}\))?)?")
_STORED = re.compile(r"(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?")
_GAIN = re.compile(rf"({_NUMBER})(?:\(([-+]?\d+)\))?(?:/(\S+))?")


@dataclass(frozen=True, slots=True)
class SignalLine:
    """How one signal is stored. ``gain`` None: not calibrated. ``unit`` None: not written, which means mV."""

    file: str
    form: str
    per_frame: int
    skew: int
    offset: int
    gain: float | None
    baseline: int
    unit: str | None
    checksum: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """A record: ``frames`` a second, how many of them (None: not written), and its signals."""

    frame_hz: float
    frames: int | None
    signals: tuple[SignalLine, ...]


def parse_header(text: str) -> Header:
    """Read a header.

    Raises
    ------
    BadRecord
        It is no header, or of a kind that this program does not read.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        raise BadRecord("The header is empty; give a whole WFDB record.")
    fields = lines[0].split()
    if "/" in fields[0]:
        raise BadRecord(
            "The record is made of segments; join them into one record first (WFDB's xform does)."
        )
    if len(fields) < 3:
        raise BadRecord(f"The header begins with '{lines[0][:40]}' and names no sampling frequency; add it.")
    count = _whole(fields[1], "number of signals", most=_MOST_SIGNALS)
    rate = _RATE.fullmatch(fields[2])
    frame_hz = float(rate[1]) if rate else math.nan
    if not (0 < frame_hz <= 1e6):
        raise BadRecord(
            f"The header's sampling frequency '{fields[2][:20]}' is not a number of hertz above 0."
        )
    if len(lines) < 1 + count:
        raise BadRecord(
            f"The header promises {count} signals and describes {len(lines) - 1}; it is cut short."
        )
    frames = _whole(fields[3], "number of samples", most=2**40) if len(fields) > 3 else 0
    return Header(frame_hz, frames or None, tuple(_signal(line) for line in lines[1 : 1 + count]))


def _signal(line: str) -> SignalLine:
    fields = line.split(maxsplit=8)
    stored = _STORED.fullmatch(fields[1]) if len(fields) > 1 else None
    if stored is None:
        raise BadRecord(f"The header's line '{line[:40]}' does not describe a signal; copy the header again.")
    form, per_frame, skew, offset = stored.groups(default="0")
    gain, baseline, unit = _calibration(fields[2] if len(fields) > 2 else "0", line)
    zero = _integer(fields[4]) if len(fields) > 4 else 0
    return SignalLine(
        file=fields[0],
        form=form,
        per_frame=_whole(per_frame, "samples per frame", most=100_000) or 1,
        skew=_whole(skew, "skew", most=10**9),
        offset=_whole(offset, "byte offset", most=10**12),
        gain=gain or None,
        baseline=(zero or 0) if baseline is None else baseline,
        unit=unit,
        checksum=_integer(fields[6]) if len(fields) > 6 else None,
        name=fields[8].strip() if len(fields) > 8 else "",
    )


def _calibration(field: str, line: str) -> tuple[float, int | None, str | None]:
    found = _GAIN.fullmatch(field)
    if found is None or not math.isfinite(float(found[1])):
        raise BadRecord(f"'{field[:20]}' in the header's line '{line[:40]}' is not a gain, such as 1000/mV.")
    return float(found[1]), None if found[2] is None else int(found[2][:12]), found[3]


def _integer(field: str) -> int | None:
    return int(field) if re.fullmatch(r"[-+]?\d{1,12}", field) else None


def _whole(field: str, what: str, most: int) -> int:
    if not re.fullmatch(r"\d{1,15}", field) or int(field) > most:
        raise BadRecord(f"The header's {what} '{field[:20]}' is not a whole number of at most {most}.")
    return int(field)


def header_text(
    name: str,
    header: Header,
    starts: dict[str, int],
    started_at: datetime | None = None,
    remarks: Sequence[str] = (),
) -> str:
    """The header of a record in format 16.

    Parameters
    ----------
    starts
        The first sample of each signal by its name.
    started_at
        What the record line says as base time and date; WFDB knows no zone.
    remarks
        Lines of explanation, which end the header.
    """
    base = (
        f" {started_at:%H:%M:%S}.{started_at.microsecond // 1000:03d} {started_at:%d/%m/%Y}"
        if started_at
        else ""
    )
    lines = [f"{name} {len(header.signals)} {header.frame_hz:.12g} {header.frames or 0}{base}"]
    for s in header.signals:
        gain = f"{s.gain or 0:.12g}({s.baseline})/{s.unit}"
        lines.append(
            f"{s.file} {s.form}x{s.per_frame} {gain} 16 0 {starts[s.name]} {s.checksum or 0} 0 {s.name}"
        )
    lines += [f"# {remark}" for remark in remarks]
    return "\n".join(lines) + "\n"
