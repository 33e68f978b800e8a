"""The annotation file of a WFDB record: bytes to marks and back; see the manual page annot(5)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from devices.records.content import BadRecord, Mark

#: Ticks a second in which we write: 10 microseconds, and 5 hours between two marks without a second SKIP.
TICKS_HZ = 100_000
#: The annotation file that holds the events of the console: RECORD.eecp.
EVENTS = "eecp"
NOTE = 22
_FILLER = 0  # moves the time only; the wfdb package ends its remarks with one
_SKIP, _NUM, _SUB, _CHN, _AUX = 59, 60, 61, 62, 63
_FARTHEST = 0x7FFFFFFF
#: Codes of annot(5) that label a heart beat; the others mark rhythm, noise, waves or comments.
BEAT_CODES = frozenset({*range(1, 14), 25, 30, 34, 35, 38, 41})
_RESOLUTION = re.compile(r"## time resolution: (\d+\.?\d*)")
_CUT_SHORT = "The annotation file ends in the middle of an annotation; copy it again."


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation as stored: tick, code and text."""

    tick: int
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of a file, and ticks a second where the file itself says so."""

    ticks_hz: float | None
    entries: tuple[Annotation, ...]


def read_annotations(data: bytes) -> Annotations:
    """All annotations but the file's remarks about itself.

    Raises
    ------
    BadRecord
        The file is cut short or is no annotation file.
    """
    ticks_hz: float | None = None
    kept: list[Annotation] = []
    defining = False
    for entry in _entries(data):
        resolution = _RESOLUTION.match(entry.text)
        if resolution is not None and float(resolution[1]) > 0:
            ticks_hz = float(resolution[1])
        elif entry.text.startswith("## annotation type definitions"):
            defining = True
        elif entry.text.startswith("## end of definitions"):
            defining = False
        elif not defining and not entry.text.startswith("## ") and entry.code != _FILLER:
            kept.append(entry)
    return Annotations(ticks_hz, tuple(kept))


def _entries(data: bytes) -> Iterator[Annotation]:
    tick = 0
    pending: Annotation | None = None
    for code, value, extra in _words(data):
        if code == _SKIP:
            tick += _distance(extra)
        elif code == _AUX and pending is not None:
            text = extra.decode("utf-8", "replace").rstrip("\0").strip()
            pending = Annotation(pending.tick, pending.code, text)
        elif code not in (_NUM, _SUB, _CHN, _AUX):
            if pending is not None:
                yield pending
            tick += value
            pending = Annotation(tick, code)
    if pending is not None:
        yield pending


def _words(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Code, value and the bytes that belong to it, up to the two zero bytes that end the file."""
    place = 0
    while place + 2 <= len(data):
        word = data[place] | data[place + 1] << 8
        code, value = word >> 10, word & 0x3FF
        if code == 0 and value == 0:
            return
        size = 4 if code == _SKIP else value if code == _AUX else 0
        extra = data[place + 2 : place + 2 + size]
        place += 2 + size + size % 2
        if len(extra) < size:
            break
        yield code, value, extra
    raise BadRecord(_CUT_SHORT)


def _distance(four: bytes) -> int:
    """A signed number of 32 bits in the order of the PDP-11: the high word first, each low byte first."""
    return int.from_bytes(four[2:4] + four[0:2], "little", signed=True)


def marks_of(found: Annotations, frame_hz: float) -> tuple[Mark, ...]:
    """Marks in seconds: by the file's own resolution, else by frames of the record."""
    ticks_hz = found.ticks_hz or frame_hz
    return tuple(Mark(round(entry.tick / ticks_hz, 6), entry.text) for entry in found.entries)


def beat_ticks(found: Annotations) -> list[int]:
    """Where beats were labelled, in the order of the file."""
    return [entry.tick for entry in found.entries if entry.code in BEAT_CODES]


def marks_to_bytes(marks: Iterable[Mark]) -> bytes:
    """An annotation file of notes with a resolution of 10 microseconds; marks in order of time."""
    parts = [_note(0, f"## time resolution: {TICKS_HZ}")]
    last = 0
    for mark in marks:
        tick = round(mark.t_s * TICKS_HZ)
        parts.append(_note(tick - last, mark.text))
        last = tick
    return b"".join([*parts, b"\0\0"])


def _note(distance: int, text: str) -> bytes:
    skips = b""
    while not 0 <= distance <= 0x3FF:
        step = max(-_FARTHEST, min(_FARTHEST, distance))
        high_first = step.to_bytes(4, "little", signed=True)
        skips += _word(_SKIP, 0) + high_first[2:4] + high_first[0:2]
        distance -= step
    aux = text.encode()[:255]
    return skips + _word(NOTE, distance) + _word(_AUX, len(aux)) + aux + b"\0" * (len(aux) % 2)


def _word(code: int, value: int) -> bytes:
    return (code << 10 | value).to_bytes(2, "little")
