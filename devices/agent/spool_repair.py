"""What is still good in a damaged spool, taken over into a new one.

The damaged file itself is only read (a copy of it, where its first page is gone): it stays as it was found, for
whoever wants to look closer. A chunk is good where its SHA-256 says so and its recording's manifest is readable.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from devices.agent.spool_file import has_sound_schema, open_database
from devices.protocol import Manifest, ProtocolError, decode_json

_STOP_AFTER_MISSES = 4096  # numbers in a row that hold nothing readable: there is no more
_RECORDING = "uuid, position, manifest, last_seq, captured_to_ms, ended, state, detail"
_RECORDING_2 = f"{_RECORDING}, run, next_samples, captured_at_ms, device_offset_ms"
_CHUNK = "uuid, seq, sha256, data, state, detail"


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
        columns = _RECORDING if len(row) == 8 else _RECORDING_2
        into.execute(f"INSERT OR IGNORE INTO recording ({columns}) VALUES ({marks})", row)  # noqa: S608
    for row in chunks:
        into.execute(f"INSERT OR IGNORE INTO chunk ({_CHUNK}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608
    # A chunk may have outlived a damaged recording row that is older than it; its number must not be given twice.
    into.execute(
        "UPDATE recording SET last_seq = max(last_seq,"
        " coalesce((SELECT max(seq) FROM chunk WHERE chunk.uuid = recording.uuid), -1))"
    )
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


def _readable(
    damaged: Path,
) -> tuple[dict[str, tuple[object, ...]], list[tuple[str, int, bytes, bytes, str, str]]]:
    """Good recordings by UUID, and their good chunks."""
    recordings: dict[str, tuple[object, ...]] = {}
    chunks: list[tuple[str, int, bytes, bytes, str, str]] = []
    try:
        with closing(_opened(damaged)) as db:
            columns = _RECORDING_2 if _has_run(db) else _RECORDING
            for row in _rows(db, "recording", columns):
                if _is_manifest(row[2]):
                    recordings[str(row[0])] = row
            for row in _rows(db, "chunk", _CHUNK):
                uuid, seq, sha256, data, state, detail = row
                if isinstance(data, bytes) and hashlib.sha256(data).digest() == sha256 and uuid in recordings:
                    chunks.append((str(uuid), int(str(seq)), sha256, data, str(state), str(detail)))
    except sqlite3.DatabaseError:
        return recordings, chunks  # not even its tables can be found
    return recordings, chunks


def _opened(damaged: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
    try:
        is_sound = has_sound_schema(db)
    except sqlite3.DatabaseError:
        is_sound = False
    if is_sound:
        return db
    db.close()
    return _with_new_first_page(damaged)


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
    db = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)
    for path in (template, copy):
        path.unlink()  # an open file outlives its name
    return db


def _has_run(db: sqlite3.Connection) -> bool:
    return any(column[1] == "run" for column in db.execute("PRAGMA table_info(recording)"))


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
