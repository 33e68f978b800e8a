"""Who supervises now, and which sessions nobody is recorded as supervising."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from courses.intervals import Interval, uncovered
from courses.models import Session, SupervisionPeriod
from eecp_clinic.models import Clinic, User

#: How far back the board looks for sessions without supervision; claims look at all.
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A session with the stretches for which nobody is noted."""

    session: Session
    gaps: tuple[Interval, ...]

    @property
    def is_running(self) -> bool:
        return self.session.is_running


@dataclass(frozen=True, slots=True)
class Board:
    """``mine`` is the reader's own running period; ``forgotten`` if it began on an earlier day."""

    now_supervising: tuple[SupervisionPeriod, ...]
    today: tuple[SupervisionPeriod, ...]
    uncovered: tuple[Uncovered, ...]
    mine: SupervisionPeriod | None
    forgotten: bool


def board(clinic: Clinic, reader: User, now: datetime) -> Board:
    """The board of ``clinic`` for ``reader``, in a fixed number of queries."""
    today = clinic.day_of(now)
    periods = list(
        SupervisionPeriod.objects.filter(clinic=clinic)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now - LOOK_BACK))
        .select_related("practitioner")
        .order_by("started_at")
    )
    running = [p for p in periods if p.ended_at is None]
    mine = next((p for p in running if p.practitioner_id == reader.pk), None)
    return Board(
        now_supervising=tuple(p for p in running if clinic.day_of(p.started_at) == today),
        today=tuple(
            p for p in periods if today in {clinic.day_of(p.started_at), clinic.day_of(p.ended_at or now)}
        ),
        uncovered=_uncovered_sessions(clinic, covers(clinic, periods, now), now),
        mine=mine,
        forgotten=mine is not None and clinic.day_of(mine.started_at) != today,
    )


def covers(clinic: Clinic, periods: Iterable[SupervisionPeriod], now: datetime) -> list[Interval]:
    """The time that is certain. A period that runs covers until now on its own day, and afterwards nothing."""
    today = clinic.day_of(now)
    found = []
    for period in periods:
        end = period.ended_at
        if end is None and clinic.day_of(period.started_at) == today:
            end = now
        if end is not None and end > period.started_at:
            found.append(Interval(period.started_at, end))
    return found


def _uncovered_sessions(clinic: Clinic, covered: Sequence[Interval], now: datetime) -> tuple[Uncovered, ...]:
    sessions = (
        Session.objects.of(clinic)
        .filter(started_at__gt=now - LOOK_BACK, started_at__lt=now)
        .exclude(state=Session.State.DRAFT)
        .select_related("course__patient", "device")
        .order_by("-started_at")
    )
    found = []
    for session in sessions:
        start, end = session.started_at, session.ended_at or (now if session.is_running else None)
        if start is None or end is None or end <= start:
            continue
        gaps = uncovered(Interval(start, end), covered)
        if gaps:
            found.append(Uncovered(session, gaps))
    return tuple(found)
