"""The spool's journal, mended before the spool is opened.

SQLite reads its write-ahead log up to the first frame whose checksum is wrong, and forgets the rest without a word, for a
crash leaves just that. But one flipped bit does too: every chunk after it would be gone, and its number be given again
to another. A crash spoils only what comes last; so where sound, committed frames follow a damaged one, its checksum is
made good, and the damage is found where it can be judged: by the database's own check, and by the SHA-256 of the chunk.

Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_MAGIC = 0x377F0682  # its last bit says that checksums are counted in big-endian words
_VERSION = 3007000
_PAGE_BYTES = 4096  # SQLite's own choice, which the spool never changes
_HEADER = struct.Struct(">8I")  # magic, version, page size, sequence, two salts, two sums
_FRAME = struct.Struct(">6I")  # page, size of the database where it commits (else 0), two salts, two sums
_FRAME_BYTES = _FRAME.size + _PAGE_BYTES

Sums = tuple[int, int]


@dataclass(slots=True)
class _Frame:
    page: int
    commit: int
    salts: Sums
    sums: Sums
    data: bytes

    def counted(self, before: Sums, order: str) -> Sums:
        return _sums(struct.pack(">2I", self.page, self.commit) + self.data, before, order)


def mend_journal(path: Path) -> bool:
    """Makes good what hides sound frames; whether there was anything. A journal that is no such file is left alone."""
    whole = path.read_bytes() if path.exists() else b""
    if len(whole) < _HEADER.size + _FRAME_BYTES:
        return False
    header, order = _header_of(whole)
    frames = _frames_of(whole)
    salts = (header[4], header[5]) if header is not None else _usual([frame.salts for frame in frames[:3]])
    fields = header[:6] if header is not None else _new_fields(salts)
    first = _sums(_HEADER.pack(*fields, 0, 0)[:24], (0, 0), order)
    last, is_damaged = _last_sound(frames, salts, first, order)
    if last < 0 or not (is_damaged or header is None):
        return False
    _write(path, _HEADER.pack(*fields, *first), frames[: last + 1], salts, first, order)
    return True


def _header_of(whole: bytes) -> tuple[tuple[int, ...] | None, str]:
    """The eight fields, or None where they are damaged; and the order of bytes in the words that are summed."""
    fields = _HEADER.unpack_from(whole)
    if fields[0] & ~1 == _MAGIC and fields[2] == _PAGE_BYTES:
        order = ">" if fields[0] & 1 else "<"
        if _sums(whole[:24], (0, 0), order) == fields[6:]:
            return fields, order
    return None, ">" if sys.byteorder == "big" else "<"


def _new_fields(salts: Sums) -> tuple[int, ...]:
    return (_MAGIC | (sys.byteorder == "big"), _VERSION, _PAGE_BYTES, 0, *salts)


def _frames_of(whole: bytes) -> list[_Frame]:
    frames = []
    for start in range(_HEADER.size, len(whole) - _FRAME_BYTES + 1, _FRAME_BYTES):
        page, commit, *rest = _FRAME.unpack_from(whole, start)
        data = whole[start + _FRAME.size : start + _FRAME_BYTES]
        frames.append(_Frame(page, commit, (rest[0], rest[1]), (rest[2], rest[3]), data))
    return frames


def _usual(salts: list[Sums]) -> Sums:
    return Counter(salts).most_common(1)[0][0]


def _last_sound(frames: list[_Frame], salts: Sums, first: Sums, order: str) -> tuple[int, bool]:
    """The last frame that is sound and commits, or -1; and whether one before it is damaged. A frame is sound where its
    sums follow from those that stand in the frame before it; so what comes after a damaged one can be told.
    """
    last, damaged_at = -1, len(frames)
    before = first
    for at, frame in enumerate(frames):
        counted = frame.counted(before, order)
        if frame.salts == salts and counted == frame.sums:
            last = at if frame.commit else last
        else:
            damaged_at = min(damaged_at, at)
            if frame.salts == salts:  # else it is left from a round of the journal before this one
                _mend_numbers(frame, before, order)
        before = frame.sums
    return last, damaged_at < last


def _mend_numbers(frame: _Frame, before: Sums, order: str) -> None:
    """Where the bit stands in the number of the page or in the mark of a commit, the sums tell which it is."""
    for bit in range(64):
        page, commit = frame.page ^ (1 << bit >> 32), frame.commit ^ (1 << bit & 0xFFFFFFFF)
        head = struct.pack(">2I", page, commit)
        if _sums(head + frame.data, before, order) == frame.sums:
            frame.page, frame.commit = page, commit
            return


def _write(path: Path, header: bytes, frames: list[_Frame], salts: Sums, first: Sums, order: str) -> None:
    parts, sums = [header], first
    for frame in frames:
        sums = frame.counted(sums, order)
        parts += [_FRAME.pack(frame.page, frame.commit, *salts, *sums), frame.data]
    beside = path.with_name(f"{path.name}.mended")
    beside.write_bytes(b"".join(parts))
    beside.replace(path)


def _sums(data: bytes, before: Sums, order: str) -> Sums:
    one, two = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
