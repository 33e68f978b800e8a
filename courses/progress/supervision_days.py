"""Supervision gathered for its rules: which time is covered, what nobody covered, and one practitioner's day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from courses.intervals import Interval, uncovered
from courses.models import (
    Session,
    SupervisionGapNote,
    SupervisionLog,
    SupervisionPeriod,
    TreatmentRules,
)
from courses.progress.supervision_log import (
    DayLog,
    Explanation,
    Gap,
    Period,
    Treated,
    day_log,
    gaps_of,
)
from courses.scheduling.calendar import day_bounds
from courses.treatment.audio_video import refusal
from courses.treatment.settling import newest_of
from eecp_clinic.models import Clinic, User

RUNNING = (Session.State.IN_PROGRESS, Session.State.PAUSED)


@dataclass(frozen=True, slots=True)
class SessionGaps:
    """A session with the stretches for which nobody is noted."""

    session: Session
    gaps: tuple[Gap, ...]

    @property
    def is_running(self) -> bool:
        return self.session.is_running

    @property
    def is_explained(self) -> bool:
        """Only a session that is over can be explained: until then somebody may still come."""
        return not self.is_running and all(gap.explanation for gap in self.gaps)


def periods_between(clinic: Clinic, start: datetime, end: datetime) -> list[SupervisionPeriod]:
    """The clinic's periods with any time between the two, in order of time."""
    going_on = Q(ended_at__isnull=True) | Q(ended_at__gt=start)
    rows = SupervisionPeriod.objects.filter(going_on, clinic=clinic, started_at__lt=end)
    return list(rows.select_related("practitioner", "signature").order_by("started_at"))


def covers(clinic: Clinic, periods: Sequence[SupervisionPeriod], now: datetime) -> list[Interval]:
    """The time that is certain and counts.

    A period that runs covers until now on its own day, and afterwards nothing. One by audio and video covers where the
    clinic allowed that when it began.
    """
    rules = list(TreatmentRules.objects.filter(clinic=clinic)) if _any_from_afar(periods) else []
    return _covers(clinic, periods, now, rules)


def _covers(
    clinic: Clinic, periods: Sequence[SupervisionPeriod], now: datetime, rules: Sequence[TreatmentRules]
) -> list[Interval]:
    today, found = clinic.day_of(now), []
    for period in periods:
        end = period.ended_at
        if end is None and clinic.day_of(period.started_at) == today:
            end = now
        if end is not None and end > period.started_at and _counts(clinic, period, rules):
            found.append(Interval(period.started_at, end))
    return found


def _any_from_afar(periods: Iterable[SupervisionPeriod]) -> bool:
    """Only then the clinic's rules are asked for."""
    return any(period.mode != SupervisionPeriod.Mode.ON_SITE for period in periods)


def _counts(clinic: Clinic, period: SupervisionPeriod, rows: Sequence[TreatmentRules]) -> bool:
    if period.mode == SupervisionPeriod.Mode.ON_SITE:
        return True
    rules = newest_of(rows, clinic, period.started_at)
    allows = rules is not None and rules.audio_video_supervision
    return not refusal(clinic.day_of(period.started_at), clinic_allows=allows)


def sessions_with_gaps(
    sessions: QuerySet[Session], covered: Sequence[Interval], now: datetime
) -> tuple[SessionGaps, ...]:
    """Of ``sessions`` those that nobody covered in part or whole; three queries.

    Nearly every session is covered, so the times alone are read of all of them, and the rest of the few.
    """
    spans = {
        key: whole
        for key, start, end, state in sessions.values_list("pk", "started_at", "ended_at", "state")
        if (whole := _span(start, end, state, now=now)) is not None and uncovered(whole, covered)
    }
    explained = explanations(spans)
    return tuple(
        SessionGaps(session, gaps_of(session.code, spans[session.pk], covered, explained))
        for session in sessions.filter(pk__in=spans)
    )


def _whole(session: Session, now: datetime) -> Interval | None:
    return _span(session.started_at, session.ended_at, session.state, now=now)


def _span(start: datetime | None, ended: datetime | None, state: str, *, now: datetime) -> Interval | None:
    """From a session's start to its end, or to now while it runs; None where the times make no interval."""
    end = ended or (now if state in RUNNING else None)
    return Interval(start, end) if start is not None and end is not None and start < end else None


def explanations(sessions: Iterable[int]) -> list[Explanation]:
    rows = SupervisionGapNote.objects.filter(session__in=list(sessions)).select_related("session", "by")
    return [
        Explanation(
            session=row.session.code,
            interval=Interval(row.starts_at, row.ends_at),
            text=row.text,
            by=row.by.signing_name,
            at=row.at,
        )
        for row in rows
    ]


def gaps_of_session(session: Session, now: datetime) -> tuple[Gap, ...]:
    """What nobody covered of one session; its clinic must be fetched."""
    whole, clinic = _whole(session, now), session.course.clinic
    if whole is None:
        return ()
    covered = covers(clinic, periods_between(clinic, whole.start, whole.end), now)
    return gaps_of(session.code, whole, covered, explanations([session.pk]))


def log_of(clinic: Clinic, practitioner: User, day: date, now: datetime) -> DayLog:
    """One practitioner's day as the record has it now; a period belongs to the day on which it began."""
    return logs_of(clinic, practitioner, [day], now)[day]


def logs_of(clinic: Clinic, practitioner: User, days: Collection[date], now: datetime) -> dict[date, DayLog]:
    """Several days of one practitioner, each as it is alone; in as many queries as one day."""
    bounds = {day: day_bounds(clinic, day) for day in days}
    if not bounds:
        return {}
    first, last = bounds[min(bounds)][0], bounds[max(bounds)][1]
    periods = periods_between(clinic, first, last)
    treated: defaultdict[date, list[tuple[Session, Interval]]] = defaultdict(list)
    sessions = Session.objects.of(clinic).completed().filter(started_at__gte=first, started_at__lt=last)
    for session in sessions.select_related("course__patient", "device"):
        whole = _whole(session, now)
        if whole is not None and clinic.day_of(whole.start) in bounds:
            treated[clinic.day_of(whole.start)].append((session, whole))
    explained = explanations(session.pk for rows in treated.values() for session, _whole in rows)
    rules = list(TreatmentRules.objects.filter(clinic=clinic)) if _any_from_afar(periods) else []
    found = {}
    for day, (begins, ends) in bounds.items():
        of_day = [p for p in periods if p.started_at < ends and (p.ended_at is None or p.ended_at > begins)]
        own = [p for p in of_day if p.practitioner_id == practitioner.pk and p.started_at >= begins]
        found[day] = day_log(
            [period_of(period) for period in own if period.ended_at is not None],
            [_treated(session, whole) for session, whole in treated[day]],
            _covers(clinic, of_day, now, rules),
            explained,
        )
    return found


def _treated(session: Session, whole: Interval) -> Treated:
    return Treated(
        code=session.code,
        mrn=session.course.patient.mrn,
        number=session.number,
        device=session.device.name,
        interval=whole,
    )


def period_of(row: SupervisionPeriod) -> Period:
    """A period that has ended, as the log shows it."""
    if row.ended_at is None:
        raise ValueError("This period has no end yet. Leave it out of the log.")
    return Period(
        mode=row.mode,
        start=row.started_at,
        end=row.ended_at,
        evidence=row.evidence,
        noted_at=row.noted_at,
        end_noted_at=row.end_noted_at,
        late_reason=row.late_reason,
    )


def signed_versions(clinic: Clinic, practitioner: User, day: date) -> list[SupervisionLog]:
    """The signed versions of one log, the first first."""
    return versions_of(clinic, practitioner, [day])[day]


def versions_of(
    clinic: Clinic, practitioner: User, days: Collection[date]
) -> dict[date, list[SupervisionLog]]:
    """The same for several days, in one query."""
    found: dict[date, list[SupervisionLog]] = {day: [] for day in days}
    rows = SupervisionLog.objects.filter(clinic=clinic, practitioner=practitioner, day__in=found)
    for row in rows.select_related("signature", "practitioner").order_by("version"):
        found[row.day].append(row)
    return found
