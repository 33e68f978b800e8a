"""When the next reading of a flowsheet is due, and where readings are missing. PURE.

A clinic reads every so many minutes of treatment. While the session is paused nobody treats, so that time is not
counted; what was not read is named as a stretch and never filled in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

#: A stretch is called missing when more than one and a half intervals were treated without a row: one that came a
#: little late is not a hole in the record.
MISSING_AFTER = 1.5

Interval = tuple[datetime, datetime]
Standstill = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Unread:
    """From one row to the next, with the treatment in between for which no row stands."""

    start: datetime
    end: datetime
    treated: timedelta


def next_due(
    started_at: datetime, read_at: Iterable[datetime], pauses: Iterable[Standstill], every: timedelta
) -> datetime | None:
    """When the next row is due; None while a pause lasts, because nobody knows when it ends."""
    _refuse_no_interval(every)
    counted = max([started_at, *read_at])
    due = counted + every
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        if start >= due:
            break
        if end is None:
            return None
        due += max(timedelta(), end - max(start, counted))
        counted = max(counted, end)
    return due


def unread(
    started_at: datetime,
    ended_at: datetime,
    read_at: Iterable[datetime],
    pauses: Iterable[Standstill],
    every: timedelta,
) -> list[Unread]:
    """Stretches of the session, from row to row, in which more than ``MISSING_AFTER`` intervals were treated."""
    _refuse_no_interval(every)
    within = sorted(moment for moment in read_at if started_at <= moment <= ended_at)
    stood = [(start, ended_at if end is None else end) for start, end in pauses]
    found = []
    for start, end in pairwise([started_at, *within, ended_at]):
        treated = end - start - _shared(start, end, stood)
        if treated > MISSING_AFTER * every:
            found.append(Unread(start, end, treated))
    return found


def _shared(start: datetime, end: datetime, spans: Sequence[Interval]) -> timedelta:
    """Time of ``start`` to ``end`` that lies in any of ``spans``; what two of them share counts once."""
    total, until = timedelta(), start
    for from_at, to_at in sorted(spans):
        begins, ends = max(from_at, until), min(to_at, end)
        if ends > begins:
            total += ends - begins
            until = ends
    return total


def _refuse_no_interval(every: timedelta) -> None:
    if every <= timedelta():
        raise ValueError("Readings need an interval above zero. Choose one among the clinic's settings.")
