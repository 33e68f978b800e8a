"""Supervision gathered for its rules: which time is covered, what nobody covered, and one practitioner's day."""

from collections.abc import Iterable, Sequence
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
    today, allowed = clinic.day_of(now), _allowed_audio_video(clinic, periods)
    found = []
    for period in periods:
        end = period.ended_at
        if end is None and clinic.day_of(period.started_at) == today:
            end = now
        if end is not None and end > period.started_at and period.pk in allowed:
            found.append(Interval(period.started_at, end))
    return found


def _allowed_audio_video(clinic: Clinic, periods: Sequence[SupervisionPeriod]) -> set[int]:
    """The keys of the periods whose mode counts; asks for the rules only where somebody supervised from afar."""
    on_site = {p.pk for p in periods if p.mode == SupervisionPeriod.Mode.ON_SITE}
    if len(on_site) == len(periods):
        return on_site
    rows = list(TreatmentRules.objects.filter(clinic=clinic))
    return on_site | {
        period.pk for period in periods if period.pk not in on_site and _counts(clinic, period, rows)
    }


def _counts(clinic: Clinic, period: SupervisionPeriod, rows: Sequence[TreatmentRules]) -> bool:
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
        for key, *times in sessions.values_list("pk", "started_at", "ended_at", "state")
        if (whole := _span(*times, now=now)) is not None and uncovered(whole, covered)
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
    begins, ends = day_bounds(clinic, day)
    periods = periods_between(clinic, begins, ends)
    own = [p for p in periods if p.practitioner_id == practitioner.pk and p.started_at >= begins]
    sessions = (
        Session.objects.of(clinic)
        .completed()
        .filter(started_at__gte=begins, started_at__lt=ends)
        .select_related("course__patient", "device")
    )
    treated = [(session, whole) for session in sessions if (whole := _whole(session, now)) is not None]
    return day_log(
        [period_of(period) for period in own if period.ended_at is not None],
        [
            Treated(
                code=session.code,
                mrn=session.course.patient.mrn,
                number=session.number,
                device=session.device.name,
                interval=whole,
            )
            for session, whole in treated
        ],
        covers(clinic, periods, now),
        explanations(session.pk for session, _whole in treated),
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
    rows = SupervisionLog.objects.filter(clinic=clinic, practitioner=practitioner, day=day)
    return list(rows.select_related("signature", "practitioner").order_by("version"))
