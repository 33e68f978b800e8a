"""Who supervises now, which sessions nobody is noted for, and which days of whom are not signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Greatest, TruncDate

from courses.models import Session, SupervisionGapNote, SupervisionLog, SupervisionPeriod
from courses.progress.supervision_days import SessionGaps, covers, periods_between, sessions_with_gaps
from courses.scheduling.calendar import day_bounds
from eecp_clinic.models import Clinic, User

#: How far back the board looks for sessions without supervision and for logs; claims look at all.
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LogState:
    """One practitioner's log of one day. ``open_since``: the newest that no signature stands for; None: all signed."""

    practitioner: User
    day: date
    signed_at: datetime | None
    open_since: datetime | None
    is_running: bool


@dataclass(frozen=True, slots=True)
class Board:
    """``mine`` is the reader's own running period; ``forgotten`` if it began on an earlier day; ``to_sign`` counts the
    reader's own logs that are open."""

    now_supervising: tuple[SupervisionPeriod, ...]
    today: tuple[SupervisionPeriod, ...]
    gaps_today: tuple[SessionGaps, ...]
    gaps_before: tuple[SessionGaps, ...]
    logs: tuple[LogState, ...]
    mine: SupervisionPeriod | None
    forgotten: bool
    to_sign: int

    @property
    def uncovered(self) -> tuple[SessionGaps, ...]:
        return self.gaps_today + self.gaps_before


def board(clinic: Clinic, reader: User, now: datetime) -> Board:
    """The board of ``clinic`` for ``reader``, in a fixed number of queries."""
    today = clinic.day_of(now)
    periods = periods_between(clinic, now - LOOK_BACK, now + timedelta(seconds=1))
    running = [p for p in periods if p.ended_at is None]
    mine = next((p for p in running if p.practitioner_id == reader.pk), None)
    gaps, logs = recent_gaps(clinic, periods, now), log_states(clinic, periods, now)
    is_today = [clinic.day_of(one.session.started_at) == today for one in gaps if one.session.started_at]
    return Board(
        now_supervising=tuple(p for p in running if clinic.day_of(p.started_at) == today),
        today=tuple(
            p for p in periods if today in {clinic.day_of(p.started_at), clinic.day_of(p.ended_at or now)}
        ),
        gaps_today=tuple(one for one, today_too in zip(gaps, is_today, strict=True) if today_too),
        gaps_before=tuple(one for one, today_too in zip(gaps, is_today, strict=True) if not today_too),
        logs=tuple(logs),
        mine=mine,
        forgotten=mine is not None and clinic.day_of(mine.started_at) != today,
        to_sign=sum(log.practitioner == reader for log in open_logs(clinic, logs, now)),
    )


def recent_gaps(clinic: Clinic, periods: list[SupervisionPeriod], now: datetime) -> tuple[SessionGaps, ...]:
    """Sessions of the last 30 days that nobody covered in part or whole, the newest first."""
    sessions = (
        Session.objects.of(clinic)
        .filter(started_at__gt=now - LOOK_BACK, started_at__lt=now)
        .exclude(state=Session.State.DRAFT)
        .select_related("course__patient", "device")
        .order_by("-started_at")
    )
    return sessions_with_gaps(sessions, covers(clinic, periods, now), now)


def log_states(clinic: Clinic, periods: list[SupervisionPeriod], now: datetime) -> list[LogState]:
    """The log of each day and practitioner in ``periods``, the newest first; two queries.

    A log is open from what was written last until a signature stands for it; the page of the log compares the whole.
    """
    first = clinic.day_of(now - LOOK_BACK)
    signed = {
        (row["practitioner"], row["day"]): row["signed_at"]
        for row in SupervisionLog.objects.filter(clinic=clinic, day__gte=first)
        .order_by()
        .values("practitioner", "day")
        .annotate(signed_at=Max("signature__signed_at"))
    }
    explained: dict[date, datetime] = {}
    notes = SupervisionGapNote.objects.filter(session__course__clinic=clinic, starts_at__gt=now - LOOK_BACK)
    for starts_at, at in notes.order_by("at").values_list("starts_at", "at"):
        explained[clinic.day_of(starts_at)] = at
    by_log: dict[tuple[int, date], list[SupervisionPeriod]] = {}
    for period in periods:
        by_log.setdefault((period.practitioner_id, clinic.day_of(period.started_at)), []).append(period)
    found = [
        _state(rows, day, signed.get((person, day)), explained.get(day))
        for (person, day), rows in by_log.items()
        if day >= first
    ]
    return sorted(found, key=lambda log: (log.day, log.practitioner.last_name), reverse=True)


def open_logs(clinic: Clinic, logs: Iterable[LogState], now: datetime) -> list[LogState]:
    """Of ``logs``, which are those of the last days, and of all days before them each that can be signed and is not.

    The oldest first; one query more.
    What explains a gap of a day that is longer ago than the board looks back does not open its log again here; the
    page of the log compares the whole.
    """
    found = {(log.practitioner.pk, log.day): log for log in logs}
    for older in _older_logs(clinic, now):
        key = (older.practitioner.pk, older.day)
        if key not in found or found[key].open_since is None:
            found[key] = older
    still_open = (log for log in found.values() if log.open_since is not None and not log.is_running)
    return sorted(still_open, key=lambda log: (log.day, log.practitioner.last_name))


def _older_logs(clinic: Clinic, now: datetime) -> list[LogState]:
    """Logs of days before those that ``periods`` of the board hold, for which no signature stands."""
    ends = day_bounds(clinic, clinic.day_of(now - LOOK_BACK))[1]
    signed = SupervisionLog.objects.filter(
        clinic=clinic,
        practitioner=OuterRef("practitioner"),
        day=OuterRef("day"),
        signature__signed_at__gte=OuterRef("written"),
    )
    rows = (
        SupervisionPeriod.objects.filter(clinic=clinic, started_at__lt=ends, ended_at__isnull=False)
        .annotate(
            day=TruncDate("started_at", tzinfo=clinic.zone),
            written=Greatest("ended_at", "noted_at", "end_noted_at"),
        )
        .filter(~Exists(signed))
        .select_related("practitioner")
    )
    newest: dict[tuple[int, date], LogState] = {}
    for row in rows.order_by("written"):
        day, written = row.day, row.written  # annotated above
        newest[row.practitioner_id, day] = LogState(row.practitioner, day, None, written, is_running=False)
    return list(newest.values())


def _state(
    rows: list[SupervisionPeriod], day: date, signed_at: datetime | None, explained_at: datetime | None
) -> LogState:
    written = [max(row.ended_at, row.written_late or row.ended_at) for row in rows if row.ended_at]
    if explained_at is not None:
        written.append(explained_at)
    newest = max(written, default=None)
    is_open = newest is not None and (signed_at is None or signed_at < newest)
    return LogState(
        practitioner=rows[0].practitioner,
        day=day,
        signed_at=signed_at,
        open_since=newest if is_open else None,
        is_running=any(row.ended_at is None for row in rows),
    )
