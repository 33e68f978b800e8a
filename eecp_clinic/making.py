"""Files that a worker makes: taken up by one, kept with their hash or told to have failed, taken over when a worker is lost.

Packets, session sheets and research exports differ in what they write and in nothing of this. The row
(``models.made_files``) says how each stands; every step is a compare-and-set on it, so that a task may run twice and a
worker that was thought lost and comes back leaves the other's file alone.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, TypeVar

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from eecp_clinic.errors import Conflict
from eecp_clinic.kept_files import digest_of, open_kept
from eecp_clinic.models.made_files import MadeFile, MadeFileQuerySet

#: A worker that has not come back by now is not coming back: its time limit is 15 minutes.
STALE_AFTER = timedelta(minutes=15)

Clock = Callable[[], datetime]
#: Writes into the audit trail: what happened (``ready``, ``failed``), when, and what else is to be known of it.
Record = Callable[[str, datetime, Mapping[str, Any]], None]
Row = TypeVar("Row", bound=MadeFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What was written, open until it is stored as ``name``. ``values``: the row's other columns; ``told``: for the audit."""

    name: str
    file: IO[bytes]
    values: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


class NothingNew(Exception):
    """What is kept says it already; the writer has let the row go."""


def carry_out(
    row: Row,
    write: Callable[[Row], AbstractContextManager[New]],
    *,
    clock: Clock,
    record: Record,
    apology: str,
) -> bool:
    """Write, store and note what ``row``, which this worker has begun, asks for.

    False where there was nothing new or somebody has taken it over. What fails is noted with ``apology``, then raised.
    """
    try:
        with write(row) as new:
            digest, _ = digest_of(new.file)
            stored = default_storage.save(new.name, File(new.file))
    except NothingNew:
        return False
    except Exception:
        # Not swallowed: the person who waits is told, and the worker's log has the trace.
        _fail(row, apology, clock(), record)
        raise
    return _finish(row, stored, digest, new, clock(), record)


@transaction.atomic
def _finish(row: MadeFile, stored: str, digest: str, new: New, now: datetime, record: Record) -> bool:
    """Ready, unless somebody took it over in the meantime: then their file counts."""
    made = {"state": MadeFile.State.READY, "ready_at": now, "file": stored, "sha256": digest}
    if not held(row).update(**made, **new.values):
        default_storage.delete(stored)
        return False
    record("ready", now, {"sha256": digest, **new.told})
    return True


@transaction.atomic
def _fail(row: MadeFile, apology: str, now: datetime, record: Record) -> None:
    if held(row).update(state=MadeFile.State.FAILED, failure=apology):
        record("failed", now, {})


def held(row: Row) -> MadeFileQuerySet[Row]:
    """``row`` while it is still its worker's."""
    rows: MadeFileQuerySet[Row] = type(row)._default_manager.all()  # type: ignore[assignment]  # of every made file
    return rows.held_as(row)


def take_over(rows: MadeFileQuerySet[Any], *, now: datetime) -> list[int]:
    """Put back what a lost worker left half made; the keys of all that wait."""
    rows.take_over(now - STALE_AFTER)
    return rows.waiting()


def open_made(row: MadeFile, not_ready: str) -> IO[bytes]:
    """The file that was made. Raises Conflict with ``not_ready`` before it is there, and as ``open_kept``."""
    if row.state != MadeFile.State.READY:
        raise Conflict(not_ready, code="not_ready")
    return open_kept(row.file.name, row.sha256)
