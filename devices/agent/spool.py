"""The agent's own disk: whatever was captured is written here first, and stays until the server has it.

One SQLite file. Every write is on the platter before the call returns, so a killed program or a cut power line
loses at most the second that was being captured. Only acknowledged chunks are ever deleted, the oldest first,
and only when the space they take is needed. A damaged file never stops a start: it is set aside whole, and what
is good of it is taken over.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from devices.agent.one_bit import mended
from devices.agent.spool_file import hold, move_away, open_database
from devices.agent.spool_repair import Salvaged, salvage
from devices.agent.spool_seals import seal
from devices.agent.spooled import COLUMNS, SpooledRecording, SpoolFull, Written, recording_of
from devices.protocol import ClockNote, Envelope, Manifest, encode_json

DEFAULT_MAX_BYTES = 512 * 1024**2  # about a hundred sessions, two weeks of one device without a server
_ROW_BYTES = 150  # what a chunk takes beside its data
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})


class Spool:
    """The spool in one folder; may be used from several threads.

    ``set_aside`` tells where a damaged earlier spool was moved to and ``salvaged`` what of it was saved, or both None.
    """

    def __init__(self, folder: Path, *, now_ms: int, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.max_bytes = max_bytes
        self.set_aside: Path | None = None
        self.salvaged: Salvaged | None = None
        self._lock = threading.RLock()
        self._guard = hold(folder)
        try:
            self._db = self._open(folder / "spool.sqlite3", now_ms)
            self._bytes = self._value(
                "SELECT coalesce(sum(length(data)), 0) + ? * count(*) FROM chunk", _ROW_BYTES
            )
        except BaseException:
            self._guard.close()
            raise

    def _open(self, path: Path, now_ms: int) -> sqlite3.Connection:
        try:
            return open_database(path)
        except sqlite3.DatabaseError as error:
            # The errors of this module's own making bear no number of SQLite's.
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _DAMAGE:
                raise
        self.set_aside = move_away(path, now_ms)
        db = open_database(path)
        self.salvaged = salvage(self.set_aside, db)
        return db

    def close(self) -> None:
        with self._lock:
            self._db.close()
            self._guard.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:  # SQLite itself rolls back when the disk is full
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                    raise SpoolFull(f"The disk that holds {self.folder} is full.") from error
                raise

    def _value(self, query: str, *values: object) -> int:
        with self._lock:
            return int(self._db.execute(query, values).fetchone()[0])

    # What is captured

    def begin(self, uuid: UUID, manifest: Manifest, *, run: str = "", device_offset_ms: int = 0) -> None:
        """A new recording; ``run`` tells it from others of the same source."""
        with self._write() as db:
            db.execute(
                "INSERT INTO recording (uuid, position, manifest, last_seq, captured_to_ms, captured_at_ms, run,"
                " device_offset_ms)"
                " VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM recording), ?, -1, ?, ?, ?, ?)",
                (
                    str(uuid),
                    encode_json(manifest),
                    manifest.started_at_ms,
                    manifest.clock_ms,
                    run,
                    device_offset_ms,
                ),
            )
            seal(db, "uuid = ?", str(uuid))

    def add(self, uuid: UUID, envelopes: Sequence[Envelope], written: Written) -> None:
        """Writes the next chunks down, all or none; raises SpoolFull."""
        size = sum(len(envelope.data) + _ROW_BYTES for envelope in envelopes)
        with self._write() as db:
            freed = self._make_room(db, self._bytes + size - self.max_bytes)
            db.executemany(
                "INSERT INTO chunk (uuid, seq, sha256, data) VALUES (?, ?, ?, ?)",
                [(str(uuid), envelope.seq, envelope.sha256, envelope.data) for envelope in envelopes],
            )
            db.execute(
                "UPDATE recording SET last_seq = ?, captured_to_ms = ?, captured_at_ms = ?, next_samples = ?"
                " WHERE uuid = ?",
                (
                    envelopes[-1].seq,
                    written.captured_to_ms,
                    written.captured_at_ms,
                    msgspec.json.encode(written.next_samples),
                    str(uuid),
                ),
            )
            seal(db, "uuid = ?", str(uuid))
        self._bytes += size - freed

    def _make_room(self, db: sqlite3.Connection, needed: int) -> int:
        freed = 0
        while freed < needed:
            oldest = db.execute(
                "SELECT rowid, length(data) FROM chunk WHERE state = 'acknowledged' ORDER BY rowid LIMIT 256"
            ).fetchall()
            if not oldest:
                raise SpoolFull(
                    f"The spool in {self.folder} holds {self.max_bytes} bytes that the server does not have yet."
                )
            for rowid, size in oldest:
                db.execute("DELETE FROM chunk WHERE rowid = ?", (rowid,))
                freed += size + _ROW_BYTES
                if freed >= needed:
                    break
        return freed

    def end(self, uuid: UUID, *, is_over: bool = True) -> None:
        """Nothing more will be captured; ``is_over`` where the source itself said so."""
        with self._write() as db:
            db.execute("UPDATE recording SET ended = ? WHERE uuid = ?", (1 + is_over, str(uuid)))
            seal(db, "uuid = ?", str(uuid))

    def note_clock(
        self,
        uuid: UUID,
        *,
        at_ms: int,
        device_offset_ms: int | None,
        server_offset_ms: int | None,
        round_trip_ms: int | None,
    ) -> None:
        """Keeps one measurement of the three clocks with the recording."""
        with self._write() as db:
            db.execute(
                "INSERT INTO clock VALUES (?, ?, ?, ?, ?)",
                (str(uuid), at_ms, device_offset_ms, server_offset_ms, round_trip_ms),
            )

    def clock_notes(self, uuid: UUID, most: int) -> list[ClockNote]:
        """What was measured of the clocks, in order; of more than ``most`` some, evenly over the time."""
        with self._lock:
            rows = self._db.execute(
                "SELECT at_ms, device_offset_ms, server_offset_ms, round_trip_ms FROM clock"
                " WHERE uuid = ? ORDER BY rowid",
                (str(uuid),),
            ).fetchall()
        step = max(1, -(-len(rows) // most))
        return [ClockNote(*row) for row in rows[::step]]

    # What is there

    def find(self, uuid: UUID) -> SpooledRecording | None:
        return next(iter(self._recordings("uuid = ?", str(uuid))), None)

    def of_run(self, run: str) -> SpooledRecording | None:
        """The newest recording of this run of a source."""
        return next(iter(self._recordings("run = ?", run)), None)

    def unended(self) -> list[SpooledRecording]:
        """Recordings that may still be captured: of this run of the agent, or of one that broke off."""
        return self._recordings("ended = 0 AND state = 'open'")

    def pending(self) -> list[SpooledRecording]:
        """Recordings that the server has not wholly got, the newest first, since that is the live one."""
        return self._recordings("state = 'open'")

    def _recordings(self, which: str, *values: object) -> list[SpooledRecording]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM recording WHERE {which} ORDER BY position DESC",  # noqa: S608
                values,
            ).fetchall()
        return [recording_of(*row) for row in rows]

    def device_offset_ms(self, uuid: UUID) -> int:
        """Device clock less agent clock, as measured when the recording began."""
        return self._value("SELECT device_offset_ms FROM recording WHERE uuid = ?", str(uuid))

    # What is to be sent

    def unsent(self, uuid: UUID, *, most: int, most_bytes: int, newest: int = 0) -> list[Envelope]:
        """The oldest chunks that are not acknowledged, and the ``newest`` ones where there are more than ``most``;
        in order, and always at least one where there is any.
        """
        query = "SELECT seq, sha256, data FROM chunk WHERE uuid = ? AND state = 'unsent' ORDER BY seq"
        with self._lock:
            rows = self._db.execute(f"{query} LIMIT ?", (str(uuid), most)).fetchall()
            if newest and len(rows) == most:
                last = self._db.execute(f"{query} DESC LIMIT ?", (str(uuid), newest)).fetchall()
                rows = [*last, *(row for row in rows[: most - len(last)] if row[0] < last[-1][0])]
        batch: list[Envelope] = []
        size = 0
        for seq, sha256, data in rows:
            envelope = _as_written(Envelope(seq, sha256, data))
            size += len(envelope.data) + 48  # what wraps it
            if batch and size > most_bytes:
                break
            batch.append(envelope)
        return sorted(batch, key=lambda envelope: envelope.seq)

    def acknowledge(self, uuid: UUID, seqs: Sequence[int]) -> None:
        if not seqs:
            return
        with self._write() as db:
            db.executemany(
                "UPDATE chunk SET state = 'acknowledged' WHERE uuid = ? AND seq = ? AND state = 'unsent'",
                [(str(uuid), seq) for seq in seqs],
            )

    def agree(self, uuid: UUID, *, received_to: int, missing: Sequence[tuple[int, int]] = ()) -> None:
        """Takes over the server's account: it has all up to ``received_to`` but the ``missing`` ranges. Anything
        else is offered (again), for a server that was restored from an older copy may lack what it once acknowledged.
        """
        with self._write() as db:
            db.execute(
                "UPDATE chunk SET state = 'acknowledged' WHERE uuid = ? AND seq <= ? AND state = 'unsent'",
                (str(uuid), received_to),
            )
            db.executemany(
                "UPDATE chunk SET state = 'unsent'"
                " WHERE uuid = ? AND seq BETWEEN ? AND ? AND state = 'acknowledged'",
                [(str(uuid), start, stop) for start, stop in [*missing, (received_to + 1, 2**31)]],
            )

    def refuse(self, uuid: UUID, seq: int, detail: str) -> None:
        """The server will not have this chunk: keep it, and do not offer it again."""
        with self._write() as db:
            db.execute(
                "UPDATE chunk SET state = 'refused', detail = ? WHERE uuid = ? AND seq = ?",
                (detail, str(uuid), seq),
            )

    def settle(self, uuid: UUID, state: str, detail: str = "") -> None:
        """The recording is ``closed`` or ``refused`` by the server."""
        with self._write() as db:
            db.execute(
                "UPDATE recording SET state = ?, detail = ? WHERE uuid = ?", (state, detail, str(uuid))
            )
            seal(db, "uuid = ?", str(uuid))

    def offer_refused_again(self) -> None:
        """A person has mended what the server refused; it is offered once more."""
        with self._write() as db:
            again = "SELECT uuid FROM chunk WHERE state = 'refused'"
            db.execute(
                f"UPDATE recording SET state = 'open' WHERE state = 'refused' OR uuid IN ({again})"  # noqa: S608
            )
            db.execute("UPDATE chunk SET state = 'unsent' WHERE state = 'refused'")
            seal(db)

    def forget_refused(self) -> int:
        """A person has decided that refused data are not needed; returns how many chunks are gone."""
        refused = "state = 'refused' OR uuid IN (SELECT uuid FROM recording WHERE state = 'refused')"
        with self._write() as db:
            gone = db.execute(f"DELETE FROM chunk WHERE {refused}").rowcount  # noqa: S608
            db.execute("DELETE FROM clock WHERE uuid IN (SELECT uuid FROM recording WHERE state = 'refused')")
            db.execute("DELETE FROM recording WHERE state = 'refused'")
        self._bytes = self._value(
            "SELECT coalesce(sum(length(data)), 0) + ? * count(*) FROM chunk", _ROW_BYTES
        )
        return gone

    # Counts

    @property
    def bytes_held(self) -> int:
        """What counts against the bound."""
        return self._bytes

    def count_unsent(self) -> int:
        """Chunks that wait for the server; those of a recording that it refused do not wait."""
        waiting = "SELECT uuid FROM recording WHERE state = 'open'"
        return self._value(
            f"SELECT count(*) FROM chunk WHERE state = 'unsent' AND uuid IN ({waiting})"  # noqa: S608
        )

    def count_refused(self) -> int:
        """Chunks that the server refused, alone or with their recording."""
        refused = "SELECT uuid FROM recording WHERE state = 'refused'"
        return self._value("SELECT count(*) FROM chunk WHERE state = 'refused'") + self._value(
            f"SELECT count(*) FROM chunk WHERE state = 'unsent' AND uuid IN ({refused})"  # noqa: S608
        )


def _as_written(envelope: Envelope) -> Envelope:
    """The chunk without the bit that flipped on the disk; what cannot be put right is left for the server to refuse."""
    if hashlib.sha256(envelope.data).digest() == envelope.sha256:
        return envelope
    data = mended(envelope.data, envelope.sha256)
    return envelope if data is None else Envelope(envelope.seq, hashlib.sha256(data).digest(), data)
