"""The agent's own disk: whatever was captured is written here first, and stays until the server has it.

One SQLite file. Every write is on the platter before the call returns, so a killed program or a cut power line
loses at most the second that was being captured. Only acknowledged chunks are ever deleted, the oldest first,
and only when the space they take is needed.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from devices.agent.spool_file import hold, move_away, open_database
from devices.protocol import Envelope, Manifest, decode_json, encode_json

DEFAULT_MAX_BYTES = 2 * 1024**3  # some four hundred sessions


class SpoolFull(Exception):
    """There is no room for what is captured, and nothing that may be deleted."""


@dataclass(frozen=True, slots=True)
class SpooledRecording:
    """A recording as the spool knows it.

    Attributes
    ----------
    last_seq : the highest number captured so far, -1 before the first.
    captured_to_ms : device clock at the end of the last sample captured so far.
    ended : nothing more will be captured.
    """

    uuid: UUID
    manifest: Manifest
    last_seq: int
    captured_to_ms: int
    ended: bool


class Spool:
    """The spool in one folder; may be used from several threads.

    ``set_aside`` tells where a damaged earlier spool was moved to, or is None.
    """

    def __init__(self, folder: Path, *, now_ms: int, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.set_aside: Path | None = None
        self._max_bytes = max_bytes
        self._lock = threading.RLock()
        self._guard = hold(folder)
        path = folder / "spool.sqlite3"
        try:
            self._db = open_database(path)
        except sqlite3.DatabaseError:
            self.set_aside = move_away(path, now_ms)
            self._db = open_database(path)
        self._bytes = self._value("SELECT coalesce(sum(length(data)), 0) FROM chunk")

    def close(self) -> None:
        with self._lock:
            self._db.close()
            self._guard.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _value(self, query: str, *values: object) -> int:
        with self._lock:
            return int(self._db.execute(query, values).fetchone()[0])

    # What is captured

    def begin(self, uuid: UUID, manifest: Manifest) -> None:
        with self._write() as db:
            db.execute(
                "INSERT INTO recording (uuid, position, manifest, last_seq, captured_to_ms)"
                " VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM recording), ?, -1, ?)",
                (str(uuid), encode_json(manifest), manifest.started_at_ms),
            )

    def add(self, uuid: UUID, envelopes: Sequence[Envelope], captured_to_ms: int) -> None:
        """Writes the next chunks down, all or none; raises SpoolFull."""
        size = sum(len(envelope.data) for envelope in envelopes)
        try:
            with self._write() as db:
                freed = self._make_room(db, self._bytes + size - self._max_bytes)
                db.executemany(
                    "INSERT INTO chunk (uuid, seq, sha256, data) VALUES (?, ?, ?, ?)",
                    [(str(uuid), envelope.seq, envelope.sha256, envelope.data) for envelope in envelopes],
                )
                db.execute(
                    "UPDATE recording SET last_seq = ?, captured_to_ms = ? WHERE uuid = ?",
                    (envelopes[-1].seq, captured_to_ms, str(uuid)),
                )
                self._bytes += size - freed
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise SpoolFull(f"The disk that holds {self.folder} is full.") from error
            raise

    def _make_room(self, db: sqlite3.Connection, needed: int) -> int:
        freed = 0
        while freed < needed:
            oldest = db.execute(
                "SELECT chunk.rowid, length(data) FROM chunk JOIN recording USING (uuid)"
                " WHERE chunk.state = 'acknowledged' ORDER BY position, seq LIMIT 256"
            ).fetchall()
            if not oldest:
                raise SpoolFull(
                    f"The spool in {self.folder} holds {self._max_bytes} bytes that the server does not have yet."
                )
            for rowid, size in oldest:
                db.execute("DELETE FROM chunk WHERE rowid = ?", (rowid,))
                freed += size
                if freed >= needed:
                    break
        return freed

    def end(self, uuid: UUID) -> None:
        """Nothing more will be captured."""
        with self._write() as db:
            db.execute("UPDATE recording SET ended = 1 WHERE uuid = ?", (str(uuid),))

    # What is to be sent

    def find(self, uuid: UUID) -> SpooledRecording | None:
        with self._lock:
            rows = self._db.execute("SELECT * FROM recording WHERE uuid = ?", (str(uuid),)).fetchall()
        return _recording(*rows[0]) if rows else None

    def pending(self) -> list[SpooledRecording]:
        """Recordings that the server has not wholly got, the newest first, since that is the live one."""
        with self._lock:
            rows = self._db.execute(
                "SELECT * FROM recording WHERE state = 'open' ORDER BY position DESC"
            ).fetchall()
        return [_recording(*row) for row in rows]

    def unsent(self, uuid: UUID, *, most: int, most_bytes: int) -> list[Envelope]:
        """The first chunks that are not acknowledged; always at least one where there is any."""
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, sha256, data FROM chunk WHERE uuid = ? AND state = 'unsent' ORDER BY seq LIMIT ?",
                (str(uuid), most),
            ).fetchall()
        batch: list[Envelope] = []
        size = 0
        for seq, sha256, data in rows:
            envelope = Envelope(seq, sha256, data)
            size += len(envelope.data) + 48  # what wraps it
            if batch and size > most_bytes:
                break
            batch.append(envelope)
        return batch

    def acknowledge(self, uuid: UUID, seqs: Iterable[int]) -> None:
        with self._write() as db:
            db.executemany(
                "UPDATE chunk SET state = 'acknowledged' WHERE uuid = ? AND seq = ? AND state = 'unsent'",
                [(str(uuid), seq) for seq in seqs],
            )

    def agree(self, uuid: UUID, highest_contiguous_seq: int) -> None:
        """Takes over the server's account: it has all up to this number. What lies above is offered (again), for a
        server that was restored from an older copy may lack what it once acknowledged.
        """
        with self._write() as db:
            db.execute(
                "UPDATE chunk SET state = CASE WHEN seq <= ? THEN 'acknowledged' ELSE 'unsent' END"
                " WHERE uuid = ? AND state <> 'refused'",
                (highest_contiguous_seq, str(uuid)),
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

    def count(self, state: str, uuid: UUID | None = None) -> int:
        """How many chunks are in this state: ``unsent``, ``acknowledged`` or ``refused``."""
        if uuid is None:
            return self._value("SELECT count(*) FROM chunk WHERE state = ?", state)
        return self._value("SELECT count(*) FROM chunk WHERE state = ? AND uuid = ?", state, str(uuid))

    def is_settled(self, uuid: UUID) -> bool:
        """Whether the server has the whole of this recording, closed."""
        whole = "SELECT count(*) FROM recording WHERE uuid = ? AND state = 'closed'"
        return self._value(whole, str(uuid)) == 1 and self.count("refused", uuid) == 0


def _recording(
    uuid: str, _position: int, manifest: bytes, last_seq: int, captured_to_ms: int, ended: int, *_settled: str
) -> SpooledRecording:
    return SpooledRecording(
        UUID(uuid), decode_json(manifest, Manifest), last_seq, captured_to_ms, bool(ended)
    )
