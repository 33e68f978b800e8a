"""Each recording's row in the spool bears a SHA-256 over its columns: SQLite's own check does not look at what stands in a
column, and one flipped bit there would end the agent at every start, or move a whole recording in time.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from devices.agent.one_bit import Field, mended_fields, seal_of

_TEXTS = ("uuid", "state", "detail", "run")
FIELDS = (
    *("uuid", "position", "manifest", "last_seq", "captured_to_ms", "ended", "state", "detail"),
    *("run", "next_samples", "captured_at_ms", "device_offset_ms"),
)
#: As bytes where it is text: what a flipped bit made of a text may be none.
SEALED = ", ".join(f"CAST({name} AS BLOB)" if name in _TEXTS else name for name in FIELDS)


def seal(db: sqlite3.Connection, which: str = "1", *values: object) -> None:
    """Seals the rows of these recordings anew, after each change."""
    rows = db.execute(f"SELECT rowid, {SEALED} FROM recording WHERE {which}", values).fetchall()  # noqa: S608
    db.executemany(
        "UPDATE recording SET sealed = ? WHERE rowid = ?", [(seal_of(row), rowid) for rowid, *row in rows]
    )


def mend_rows(db: sqlite3.Connection) -> None:
    """Puts right what one flipped bit made of a row; sqlite3.DatabaseError where more is wrong."""
    for rowid, row in _broken(db):
        fields = sound_fields(row)
        if fields is None:
            raise sqlite3.DatabaseError("the row of a recording is damaged")
        columns = ", ".join(f"{name} = ?" for name in FIELDS)
        db.execute(
            f"UPDATE recording SET {columns}, sealed = ? WHERE rowid = ?",  # noqa: S608
            (*as_columns(fields), seal_of(fields), rowid),
        )


def _broken(db: sqlite3.Connection) -> Iterator[tuple[int, Sequence[object]]]:
    for rowid, *row in db.execute(f"SELECT rowid, {SEALED}, sealed FROM recording").fetchall():  # noqa: S608
        fields = [field for field in row[:-1] if isinstance(field, Field)]
        if len(fields) < len(FIELDS) or seal_of(fields) != row[-1]:
            yield rowid, row


def sound_fields(row: Sequence[object]) -> list[Field] | None:
    """From the columns ``SEALED`` and the seal: what was sealed; None where that cannot be told."""
    fields = [field for field in row[:-1] if isinstance(field, Field)]
    sealed = row[-1]
    if len(fields) < len(FIELDS) or not isinstance(sealed, bytes):
        return None
    return mended_fields(fields, sealed)


def as_columns(fields: Sequence[object]) -> list[object]:
    """As they are written: texts as text again."""
    return [
        field.decode() if name in _TEXTS and isinstance(field, bytes) else field
        for name, field in zip(FIELDS, fields, strict=True)
    ]
