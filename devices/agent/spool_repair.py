"""What is still good in a damaged spool, taken over into a new one.

The damaged file itself is only read (a copy of it, where its first page is gone): it stays as it was found, for
whoever wants to look closer. A chunk is good where its SHA-256 says so and its recording's manifest is readable; its number
is the one inside it. Where one bit is wrong, it is put right (``devices.agent.one_bit``).
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import zstandard

from devices.agent.one_bit import mended
from devices.agent.spool_file import has_sound_schema, open_database
from devices.agent.spool_seals import SEALED, as_columns, seal, sound_fields
from devices.protocol import Manifest, ProtocolError, decode_json

_STOP_AFTER_MISSES = 4096  # numbers in a row that hold nothing readable: there is no more
_RECORDING = "uuid, position, manifest, last_seq, captured_to_ms, ended, state, detail"
_RECORDING_2 = f"{_RECORDING}, run, next_samples, captured_at_ms, device_offset_ms"
_MOST_MENDED = 32  # chunks in which the bit is looked for: a start must not take minutes
_CHUNK = "uuid, seq, sha256, data, state, detail"


_ChunkRow = tuple[str, int, bytes, bytes, str, str]


class _Numbered(msgspec.Struct):
    """Of a chunk, all that is asked here."""

    seq: int


_NUMBERED = msgspec.msgpack.Decoder(_Numbered)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was taken over, and how many chunks are known to be lost of the recordings that were."""

    recordings: int
    chunks: int
    lost: int

    def __str__(self) -> str:
        return f"{self.recordings} recordings with {self.chunks} chunks were saved from it, {self.lost} chunks are lost"


def salvage(damaged: Path, into: sqlite3.Connection) -> Salvaged:
    """Copies whatever is readable; never raises because of what the damaged file holds."""
    recordings, chunks = _readable(damaged)
    into.execute("BEGIN IMMEDIATE")
    for row in recordings.values():
        marks = ", ".join("?" * len(row))
        columns = _RECORDING if len(row) == len(_RECORDING.split()) else _RECORDING_2
        into.execute(f"INSERT OR IGNORE INTO recording ({columns}) VALUES ({marks})", row)  # noqa: S608
    for row in chunks:
        into.execute(f"INSERT OR IGNORE INTO chunk ({_CHUNK}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608
    # A chunk may have outlived a damaged recording row that is older than it; its number must not be given twice.
    into.execute(
        "UPDATE recording SET last_seq = max(last_seq,"
        " coalesce((SELECT max(seq) FROM chunk WHERE chunk.uuid = recording.uuid), -1))"
    )
    seal(into)
    into.execute("COMMIT")
    return Salvaged(len(recordings), len(chunks), _lost(into))


def _lost(db: sqlite3.Connection) -> int:
    """Holes above the oldest chunk kept: what lies below was acknowledged and deleted, perhaps long ago."""
    return int(
        db.execute(
            "SELECT coalesce(sum(last_seq + 1 - first - held), 0) FROM recording JOIN"
            " (SELECT uuid, min(seq) AS first, count(*) AS held FROM chunk GROUP BY uuid) USING (uuid)"
            " WHERE state = 'open'"
        ).fetchone()[0]
    )


def _readable(damaged: Path) -> tuple[dict[str, Sequence[object]], list[_ChunkRow]]:
    """Good recordings by UUID, and their good chunks."""
    recordings: dict[str, Sequence[object]] = {}
    chunks: list[_ChunkRow] = []
    try:
        with closing(_opened(damaged)) as db:
            for row in _recording_rows(db):
                if _is_manifest(row[2]):
                    recordings[str(row[0])] = row
            bits = _Bits(_MOST_MENDED)
            found = (_good_chunk(row, recordings, bits) for row in _rows(db, "chunk", _CHUNK))
            chunks.extend(chunk for chunk in found if chunk is not None)
    except sqlite3.DatabaseError:
        return recordings, chunks  # not even its tables can be found
    return recordings, chunks


def _recording_rows(db: sqlite3.Connection) -> Iterator[Sequence[object]]:
    columns = {column[1] for column in db.execute("PRAGMA table_info(recording)")}
    if "sealed" not in columns:
        yield from _rows(db, "recording", _RECORDING_2 if "run" in columns else _RECORDING)
        return
    for row in _rows(db, "recording", f"{SEALED}, sealed"):
        fields = sound_fields(row)
        with suppress(UnicodeDecodeError):  # then it is lost
            yield as_columns(row[:-1] if fields is None else fields)


@dataclass(slots=True)
class _Bits:
    """How many chunks may still be searched for the bit."""

    left: int

    def mended(self, data: bytes, sha256: bytes) -> bytes | None:
        if hashlib.sha256(data).digest() == sha256:
            return data
        self.left -= 1
        return mended(data, sha256) if self.left >= 0 else None


def _good_chunk(row: Sequence[object], recordings: Iterable[str], bits: _Bits) -> _ChunkRow | None:
    uuid, seq, sha256, data, state, detail = row
    of = _meant(str(uuid), recordings)
    if of is None or not isinstance(data, bytes) or not isinstance(sha256, bytes):
        return None
    data = bits.mended(data, sha256)
    if data is None:
        return None
    number = _number_in(data)
    return (
        of,
        int(str(seq)) if number is None else number,
        hashlib.sha256(data).digest(),
        data,
        str(state),
        str(detail),
    )


def _meant(uuid: str, known: Iterable[str]) -> str | None:
    """The recording of this name, or the one whose name differs in one character alone."""
    return next((name for name in known if _unlike(name, uuid) == 0), None) or next(
        (name for name in known if _unlike(name, uuid) == 1), None
    )


def _unlike(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else len(a)


def _number_in(data: bytes) -> int | None:
    """The number that the chunk calls itself by."""
    try:
        return _NUMBERED.decode(zstandard.decompress(data)).seq
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _opened(damaged: Path) -> sqlite3.Connection:
    db = _read_only(damaged)
    try:
        is_sound = has_sound_schema(db)
    except sqlite3.DatabaseError:
        is_sound = False
    if is_sound:
        return db
    db.close()
    return _with_new_first_page(damaged)


def _read_only(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    db.text_factory = partial(
        str, encoding="utf-8", errors="replace"
    )  # a flipped bit may leave no text at all
    return db


def _with_new_first_page(damaged: Path) -> sqlite3.Connection:
    """A copy whose first page, which says where the tables begin, is that of a new spool: they begin at the same
    places in every one.
    """
    template, copy = (damaged.with_name(f"repair-{name}.sqlite3") for name in ("template", "copy"))
    for path in (template, copy):
        path.unlink(missing_ok=True)
    new = open_database(template)
    page_bytes = int(new.execute("PRAGMA page_size").fetchone()[0])
    new.execute("PRAGMA journal_mode = DELETE")  # the page that is grafted must not point at a journal
    new.close()
    shutil.copyfile(damaged, copy)
    with template.open("rb") as good, copy.open("r+b") as bad:
        page = bytearray(good.read(page_bytes))
        page[28:32] = (copy.stat().st_size // page_bytes).to_bytes(4, "big")  # the size of the file in pages
        bad.write(page)
    db = _read_only(copy)
    for path in (template, copy):
        path.unlink()  # an open file outlives its name
    return db


def _rows(db: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[object, ...]]:
    """Every readable row, each looked up by itself, so that a damaged page costs only the rows on it."""
    rowid, misses = 0, 0
    while misses < _STOP_AFTER_MISSES:
        rowid += 1
        try:
            row = db.execute(
                f"SELECT {columns} FROM {table} NOT INDEXED WHERE rowid = ?",  # noqa: S608
                (rowid,),
            ).fetchone()
        except sqlite3.DatabaseError:
            row = None
        if row is None:
            misses += 1
            rowid = _next_rowid(db, table, rowid, misses)
        else:
            misses = 0
            yield row


def _next_rowid(db: sqlite3.Connection, table: str, rowid: int, misses: int) -> int:
    """Jumps over numbers that were deleted; where that page is damaged, on by one."""
    if misses > 1:
        return rowid
    try:
        found = db.execute(
            f"SELECT min(rowid) FROM {table} NOT INDEXED WHERE rowid > ?",  # noqa: S608
            (rowid,),
        ).fetchone()[0]
    except sqlite3.DatabaseError:
        return rowid
    return int(found) - 1 if found is not None else rowid + _STOP_AFTER_MISSES


def _is_manifest(value: object) -> bool:
    try:
        return isinstance(value, bytes) and decode_json(value, Manifest) is not None
    except ProtocolError:
        return False
