"""The completed sessions of a course with what their gating reports found, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Prefetch

from courses.models import Course, Session
from courses.progress.exceptions import Delivery, ended_early
from devices.models import GatingReport

#: A report is a hundred kilobytes of minutes; lists need its grade and figures only.
LIGHT = GatingReport.objects.defer("report", "config")
#: Letter and class of a cell; the letter always stands in it.
GRADES = {"A": ("A", "grade-a"), "B": ("B", "grade-b"), "C": ("C", "grade-c"), "D": ("D", "grade-d")}
NO_GRADE = ("–", "grade-none")


@dataclass(frozen=True, slots=True)
class Done:
    """One completed session; ``report`` is the one it was signed with, or the newest while it is unsigned."""

    session: Session
    report: GatingReport | None
    started_at: datetime
    ordered_minutes: int
    capping: str

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
    def ended_early(self) -> bool | None:
        early = self.session.stop_reason != Session.StopReason.COMPLETED
        return ended_early(self.ordered_minutes, self.minutes, stopped_early=early)

    @property
    def delivery(self) -> Delivery:
        session = self.session
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
            grade_reason=self.capping,
        )

    def _stopped(self) -> str:
        return str(self.session.get_stop_reason_display())


def done_sessions(course: Course) -> list[Done]:
    """The completed sessions in the order of their numbers; the course's order must be fetched."""
    sessions = (
        Session.objects.completed()
        .filter(course=course)
        .select_related("gating_report", "recording", "signature", "device", "claim_line")
        .defer("gating_report__report", "gating_report__config", "recording__manifest", "recording__live")
        .annotate(findings=F("gating_report__report__findings"))
        .prefetch_related(Prefetch("recording__reports", LIGHT.order_by("-made_at"), to_attr="newest_first"))
        .order_by("number", "started_at")
    )
    return [_done(session, course.order.session_minutes) for session in sessions if session.started_at]


def _done(session: Session, ordered_minutes: int) -> Done:
    report = session.gating_report
    if report is None and session.recording is not None and not session.is_signed:
        report = next(iter(getattr(session.recording, "newest_first", [])), None)
    assert session.started_at is not None  # noqa: S101  # a completed session has begun
    findings: list[dict[str, Any]] = getattr(session, "findings", None) or []
    capping = next((f["sentence"] for f in findings if f.get("cap") and f["cap"] != "A"), "")
    return Done(session, report, session.started_at, ordered_minutes, capping)
