"""The completed sessions of a course with what their gating reports and charts say, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from courses.models import Course, Pause, Reading, Review, Session, VitalSigns
from courses.progress.clinic_median import Median
from courses.progress.exceptions import Delivery, ended_early
from devices.models import GatingReport

#: A report is a hundred kilobytes of minutes; lists need its columns only.
LIGHT = GatingReport.objects.defer("report", "config")
#: Letter and class of a cell; the letter always stands in it.
GRADES = {"A": ("A", "grade-a"), "B": ("B", "grade-b"), "C": ("C", "grade-c"), "D": ("D", "grade-d")}
NO_GRADE = ("–", "grade-none")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """What a course is followed by, each a column of the report; None is not known and stays a gap on every picture.

    Medians in mmHg, ms and bpm, shares 0..1. ``inflation_ms`` counts from the aortic closure (negative is early);
    ``deflation_ms`` is how long before the next ejection the cuffs are empty (negative is late).
    """

    pressure_mmhg: float | None = None
    inflation_ms: float | None = None
    inflation_good_share: float | None = None
    deflation_ms: float | None = None
    late_share: float | None = None
    heart_rate_bpm: float | None = None
    ectopy_share: float | None = None

    @classmethod
    def of(cls, report: GatingReport | None) -> "SessionFigures":
        return (
            cls() if report is None else cls(**{one.name: getattr(report, one.name) for one in fields(cls)})
        )


@dataclass(frozen=True, slots=True)
class Done:
    """One completed session; ``report`` is the one it was signed with, or the newest while it is unsigned.

    ``prescribed_mmhg`` is the target that held when it began; ``charted_mmhg`` the median of the pressures in its
    flowsheet, whoever wrote them; ``before`` the vital signs before it.
    """

    session: Session
    report: GatingReport | None
    started_at: datetime
    ordered_minutes: int
    figures: SessionFigures
    prescribed_mmhg: int | None = None
    before: VitalSigns | None = None
    charted_mmhg: float | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def number(self) -> int:
        return self.session.number or 0

    @property
    def letter(self) -> str:
        return GRADES.get(self.report.grade, NO_GRADE)[0] if self.report else NO_GRADE[0]

    @property
    def css(self) -> str:
        return GRADES.get(self.report.grade, NO_GRADE)[1] if self.report else NO_GRADE[1]

    @property
    def minutes(self) -> Decimal | None:
        return self.session.minutes_delivered

    @property
    def ds_peak(self) -> float | None:
        return self.report.ds_peak if self.report else None

    @property
    def ds_area(self) -> float | None:
        return self.report.ds_area if self.report else None

    @property
    def effective_minutes(self) -> float | None:
        return self.report.effective_minutes if self.report else None

    @property
    def ended_early(self) -> bool | None:
        early = self.session.stop_reason != Session.StopReason.COMPLETED
        return ended_early(self.ordered_minutes, self.minutes, stopped_early=early)

    def delivery(self, ds_first_week: float | None = None) -> Delivery:
        session, pauses = self.session, self.pauses
        paused = [(p.ended_at - p.started_at).total_seconds() / 60 for p in pauses if p.ended_at]
        return Delivery(
            number=self.number,
            ordered_minutes=self.ordered_minutes,
            minutes=self.minutes,
            stopped_early=session.stop_reason != Session.StopReason.COMPLETED,
            stop_reason="" if session.stop_reason == Session.StopReason.COMPLETED else self._stopped(),
            symptoms=session.symptoms,
            recorded=session.recording_id is not None,
            without_recording_reason=session.without_recording_reason,
            grade=self.report.grade if self.report else "",
            grade_reason=(self.report.grade_reason or "") if self.report else "",
            hour=session.appointment.code,
            pressure_mmhg=self.figures.pressure_mmhg,
            prescribed_mmhg=self.prescribed_mmhg,
            ds_peak=self.ds_peak,
            ds_first_week=ds_first_week,
            inflation_ms=self.figures.inflation_ms,
            late_share=self.figures.late_share,
            pauses=len(pauses),
            paused_min=sum(paused),
            pause_reasons="; ".join(p.reason for p in pauses),
        )

    def _stopped(self) -> str:
        return str(self.session.get_stop_reason_display())


def done_sessions(course: Course) -> list[Done]:
    """The completed sessions in the order of their numbers; the course's order must be fetched."""
    changes = pressure_changes(course)
    return [
        done_of(session, course, changes)
        for session in with_figures(Session.objects.completed().filter(course=course))
        if session.started_at
    ]


#: What ``done_of`` and the pages of a course read of a session, and of what hangs on it; the rest is kilobytes.
_READ = (
    "code",
    "course",
    "number",
    "state",
    "started_at",
    "stop_reason",
    "symptoms",
    "without_recording_reason",
    "minutes_delivered",
    "appointment__code",
    "recording__uuid",
    "signature__signed_at",
    "claim_line__code",
    "claim_line__partial_decision",
    "gating_report__grade",
    "gating_report__grade_reason",
    "gating_report__effective_minutes",
    "gating_report__ds_peak",
    "gating_report__ds_area",
    *(f"gating_report__{one.name}" for one in fields(SessionFigures)),
)


def with_figures(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """``sessions`` with all that ``done_of`` reads."""
    unsigned = LIGHT.filter(recording__session__signature__isnull=True)
    before = VitalSigns.objects.filter(phase=VitalSigns.Phase.BEFORE).defer(
        "skin", "recorded_at", "recorded_by"
    )
    charted = Reading.objects.filter(session=OuterRef("pk"), struck_at=None, pressure_mmhg__isnull=False)
    return (
        sessions.select_related("appointment", "gating_report", "recording", "signature", "claim_line")
        .only(*_READ)
        .annotate(
            charted_mmhg=Subquery(charted.order_by().values("session").values(m=Median("pressure_mmhg")))
        )
        .prefetch_related(
            Prefetch("recording__reports", unsigned.order_by("-made_at"), to_attr="newest_first"),
            Prefetch("vital_signs", before, to_attr="before"),
            Prefetch("pauses", Pause.objects.order_by("started_at").defer("paused_by", "resumed_by")),
        )
        .order_by("number", "started_at")
    )


def pressure_changes(course: Course) -> list[tuple[datetime, int]]:
    """When which new pressure target was decided, in order; asks only where there was one."""
    if course.pressure_changed_mmhg is None:
        return []
    return pressure_changes_of([course.pk]).get(course.pk, [])


def pressure_changes_of(courses: Iterable[int]) -> dict[int, list[tuple[datetime, int]]]:
    """The same for many courses by their keys, in one query."""
    changed = Review.objects.filter(course__in=list(courses), pressure_target_mmhg__isnull=False)
    found: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for course_id, at, target in changed.order_by("reviewed_at").values_list(
        "course_id", "reviewed_at", "pressure_target_mmhg"
    ):
        found[course_id].append((at, target or 0))
    return found


def done_of(session: Session, course: Course, changes: list[tuple[datetime, int]]) -> Done:
    assert session.started_at is not None  # noqa: S101  # a completed session has begun
    report = session.gating_report
    if report is None and session.recording is not None and not session.is_signed:
        report = next(iter(getattr(session.recording, "newest_first", [])), None)
    prescribed = course.order.pressure_target_mmhg
    for at, target in changes:
        prescribed = target if at <= session.started_at else prescribed
    return Done(
        session,
        report,
        session.started_at,
        course.order.session_minutes,
        SessionFigures.of(report),
        prescribed,
        next(iter(session.before), None),  # type: ignore[attr-defined]  # prefetched by with_figures
        session.charted_mmhg,  # type: ignore[attr-defined]  # annotated by with_figures
        tuple(session.pauses.all()),
    )
