"""The file behind the spool: its tables, who may hold it, and what becomes of a damaged one."""

import sqlite3
from pathlib import Path

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE recording (
    uuid TEXT PRIMARY KEY,
    position INTEGER NOT NULL,        -- order of beginning
    manifest BLOB NOT NULL,
    last_seq INTEGER NOT NULL,        -- the highest number captured, -1 before the first
    captured_to_ms INTEGER NOT NULL,  -- device clock at the end of the last sample captured
    ended INTEGER NOT NULL DEFAULT 0, -- nothing more will be captured
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'refused')),
    detail TEXT NOT NULL DEFAULT ''
);
CREATE TABLE chunk (
    uuid TEXT NOT NULL REFERENCES recording,
    seq INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    data BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'unsent' CHECK (state IN ('unsent', 'acknowledged', 'refused')),
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (uuid, seq)
);
CREATE INDEX chunk_unsent ON chunk (uuid, seq) WHERE state = 'unsent';
"""


class SpoolBusy(Exception):
    """Another agent works with this folder."""


def hold(folder: Path) -> sqlite3.Connection:
    """Holds the folder for this process alone; the operating system lets go of it however the process ends."""
    path = folder / "in-use.sqlite3"
    try:
        return _locked(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise SpoolBusy(
                f"Another agent is at work in {folder}. Stop it first, or give this one another --spool folder."
            ) from error
        path.unlink()  # it holds no data, so a damaged one may simply go
        return _locked(path)


def _locked(path: Path) -> sqlite3.Connection:
    guard = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        guard.execute("PRAGMA locking_mode = EXCLUSIVE")
        guard.execute("BEGIN EXCLUSIVE")
    except BaseException:
        guard.close()
        raise
    return guard


def open_database(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file is damaged")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;")
        elif version != _SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"the file has format {version}, not {_SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


def move_away(path: Path, now_ms: int) -> Path:
    away = path.with_name(f"spool.damaged-{now_ms}.sqlite3")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(away.with_name(away.name + ending))
    return away
