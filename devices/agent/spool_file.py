"""The file behind the spool: its tables, who may hold it, and what becomes of an older or a damaged one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from devices.agent.spool_journal import mend_journal
from devices.agent.spool_seals import mend_rows, seal

SCHEMA_VERSION = 3
_TABLES = """
CREATE TABLE recording (
    uuid TEXT PRIMARY KEY,
    position INTEGER NOT NULL,        -- order of beginning
    manifest BLOB NOT NULL,
    last_seq INTEGER NOT NULL,        -- the highest number captured, -1 before the first
    captured_to_ms INTEGER NOT NULL,  -- device clock at the end of the last sample captured
    ended INTEGER NOT NULL DEFAULT 0, -- 1: nothing more is captured, 2: and the source says so
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
# An agent is updated while its spool is full, so an older file is brought up to date, never set aside.
_UPGRADES = {
    1: """
ALTER TABLE recording ADD COLUMN run TEXT NOT NULL DEFAULT '';  -- which run of the source it is
ALTER TABLE recording ADD COLUMN next_samples BLOB NOT NULL DEFAULT x'7b7d'; -- JSON: first free sample by channel
ALTER TABLE recording ADD COLUMN captured_at_ms INTEGER NOT NULL DEFAULT 0;  -- agent clock at the last write
ALTER TABLE recording ADD COLUMN device_offset_ms INTEGER NOT NULL DEFAULT 0; -- device clock less agent clock
CREATE INDEX recording_run ON recording (run);
CREATE INDEX chunk_refused ON chunk (uuid, seq) WHERE state = 'refused';
CREATE TABLE clock (                  -- what was measured of the three clocks, a row a minute while recording
    uuid TEXT NOT NULL REFERENCES recording,
    at_ms INTEGER NOT NULL,           -- agent clock
    device_offset_ms INTEGER,         -- device clock less agent clock
    server_offset_ms INTEGER,         -- server clock less agent clock
    round_trip_ms INTEGER             -- the server's offset is known to half of this
);
""",
    2: """
ALTER TABLE recording ADD COLUMN sealed BLOB NOT NULL DEFAULT x''; -- SHA-256 over the other columns
""",
}


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
    """The spool's database, checked and of the newest format; sqlite3.DatabaseError where it is damaged."""
    mend_journal(path.with_name(f"{path.name}-wal"))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_size_limit = 4194304")
        # Not the quick one: only this finds a number or a name that differs between a table and its index.
        if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file is damaged")
        _bring_up_to_date(db)
        if not has_sound_schema(db):
            raise sqlite3.DatabaseError("the names of its tables or columns are damaged")
        mend_rows(db)
    except BaseException:
        db.close()
        raise
    return db


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if not 0 <= version <= SCHEMA_VERSION:
        raise sqlite3.DatabaseError(f"the file has format {version}, not {SCHEMA_VERSION}")
    if steps := _steps(version, SCHEMA_VERSION):
        db.executescript(f"BEGIN; {steps} PRAGMA user_version = {SCHEMA_VERSION};")
        seal(db)
        db.execute("COMMIT")


def _steps(version: int, to: int) -> str:
    steps = [_TABLES] if version == 0 else []
    return " ".join([*steps, *(_UPGRADES[step] for step in range(max(1, version), to))])


def has_sound_schema(db: sqlite3.Connection) -> bool:
    """Whether tables and columns have the names that they were given, which SQLite's own check does not look at."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if not 1 <= version <= SCHEMA_VERSION:
        return False
    with closing(sqlite3.connect(":memory:")) as new:
        new.executescript(_steps(0, version))
        return _schema(new) == _schema(db)


def _schema(db: sqlite3.Connection) -> dict[str, list[object]]:
    """Columns of each table: how the words are set, and what stands between them, may differ from version to version."""
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {name: db.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall() for (name,) in names}


def move_away(path: Path, now_ms: int) -> Path:
    """Sets the file and its journal aside under a name that tells when; nothing is deleted."""
    away = path.with_name(f"spool.damaged-{now_ms}.sqlite3")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(away.with_name(away.name + ending))
    return away
