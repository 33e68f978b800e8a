"""One appointment as a card: who, which session, its state, and the one thing that matters now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Appointment, Course, Session
from courses.scheduling.agenda import spoken
from devices.ages import in_words
from devices.models import GatingReport
from eecp_clinic.models import Clinic

State = Appointment.State

#: Figures older than this are told with their age and not as what is now.
STALE_AFTER = timedelta(seconds=30)
LIGHTS = {
    State.BOOKED: "idle",
    State.ARRIVED: "idle",
    State.IN_PROGRESS: "run",
    State.DONE: "go",
    State.MISSED: "look",
    State.CANCELLED: "idle",
    State.HELD: "stop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """``light`` goes to the card and its chip; ``minutes`` of ``minutes_ordered`` only while it runs."""

    code: str
    patient_code: str
    who: str
    mrn: str
    born: Any
    url: str
    starts_at: datetime
    device: str
    state: str
    session_label: str
    chip: str
    light: str
    why: str
    grade: str
    age: str
    minutes: int | None
    minutes_ordered: int
    can_arrive: bool
    can_undo: bool


def appointments_between(
    clinic: Clinic, start: datetime, end: datetime, now: datetime
) -> QuerySet[Appointment]:
    """The clinic's appointments with all that cards show, in a fixed number of queries."""
    given = Session.objects.completed().filter(course=OuterRef("course"))
    earlier = Appointment.objects.to_come(now).filter(
        course=OuterRef("course"), starts_at__lt=OuterRef("starts_at")
    )
    # The whole report is large; a card shows its grade.
    reports = GatingReport.objects.only("pk", "recording_id", "grade", "made_at")
    return (
        Appointment.objects.of(clinic)
        .between(start, end)
        .exclude(state=State.CANCELLED)
        .select_related(
            "patient",
            "device",
            "course__clinic",
            "course__order__assessment__coverage",
            "session__recording",
        )
        .prefetch_related("session__pauses", Prefetch("session__recording__reports", reports))
        .annotate(given=_counted(given), earlier=_counted(earlier))
        .order_by("starts_at", "device__name", "pk")
    )


def _counted(rows: Any) -> Coalesce:
    """How many rows there are, as a column of the outer query."""
    counts = rows.order_by().values("course").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def card_of(appointment: Any, now: datetime, *, clinical: bool = True, can_undo: bool = False) -> Card:
    """The card of one row of ``appointments_between``; without ``clinical`` it tells no treatment."""
    session: Session | None = getattr(appointment, "session", None)
    blocked = blocked_by(appointment, now)
    chip, light = _chip(appointment, session, blocked, now)
    runs = session is not None and session.is_running
    url = (
        session.get_absolute_url()
        if session and clinical
        else reverse("courses:appointment", args=[appointment.code])
    )
    return Card(
        code=appointment.code,
        patient_code=appointment.patient.code,
        who=appointment.patient.board_name,
        mrn=appointment.patient.mrn,
        born=appointment.patient.birth_date,
        url=url,
        starts_at=appointment.starts_at,
        device=appointment.device.name,
        state=appointment.state,
        session_label=_session_label(appointment, session),
        chip=str(chip),
        light=light,
        why=_why(appointment, session, blocked, now, clinical=clinical),
        grade=_grade(session) if session and clinical else "",
        age=_age(session, now) if session and runs and clinical else "",
        minutes=running_minutes(session, now) if session and runs else None,
        minutes_ordered=appointment.course.order.session_minutes,
        can_arrive=appointment.state == State.BOOKED
        and session is None
        and appointment.course.clinic.day_of(appointment.starts_at) == appointment.course.clinic.day_of(now),
        can_undo=can_undo and session is None,
    )


def blocked_by(appointment: Appointment, now: datetime) -> str:
    """The first thing that keeps a booked session from being given, as a sentence; empty when nothing does."""
    if appointment.state not in {State.BOOKED, State.ARRIVED}:
        return ""
    course = appointment.course
    coverage = course.order.assessment.coverage
    day = course.clinic.day_of(appointment.starts_at)
    if not course.order.is_signed:
        return gettext("The order is not signed")
    if course.state == Course.State.ON_HOLD:
        return gettext("The course is on hold")
    if course.state in {Course.State.COMPLETED, Course.State.DISCONTINUED}:
        return gettext("The course has ended")
    if coverage is not None and coverage.ends_on is not None and coverage.ends_on < day:
        return gettext("Coverage ended %(day)s") % {"day": spoken(coverage.ends_on)}
    return ""


def is_unmarked(appointment: Appointment, now: datetime) -> bool:
    """The hour is over, and nobody said whether the patient came."""
    return appointment.state == State.BOOKED and appointment.ends_at < now


def running_minutes(session: Session, now: datetime) -> int:
    """Whole minutes since the start without the pauses; what counts for the record is measured at signing."""
    if session.started_at is None:
        return 0
    paused = sum(
        (((pause.ended_at or now) - pause.started_at) for pause in session.pauses.all()), timedelta()
    )
    return max(0, int((now - session.started_at - paused).total_seconds()) // 60)


def _session_label(appointment: Any, session: Session | None) -> str:
    total = appointment.course.sessions_ordered
    if session is not None and session.number is not None:
        number = session.number
    elif appointment.state in {State.BOOKED, State.ARRIVED, State.IN_PROGRESS, State.HELD}:
        number = appointment.given + appointment.earlier + 1
    else:
        return ""
    return gettext("%(number)d of %(total)d") % {"number": number, "total": total}


def _chip(appointment: Appointment, session: Session | None, blocked: str, now: datetime) -> tuple[Any, str]:
    if session is not None and session.state == Session.State.PAUSED:
        return session.get_state_display(), "look"
    if session is not None and session.state == Session.State.DRAFT:
        held = appointment.state == State.HELD
        return (State.HELD.label, "stop") if held else (session.get_state_display(), "run")
    if blocked:
        return _("Blocked"), "look"
    if is_unmarked(appointment, now):
        return _("Not marked"), "look"
    return appointment.get_state_display(), LIGHTS[State(appointment.state)]


def _why(
    appointment: Appointment, session: Session | None, blocked: str, now: datetime, *, clinical: bool
) -> str:
    """The one line beneath: what runs, what waits, or why not."""
    if session is not None and clinical and session.state != Session.State.DRAFT:
        return _of_session(session, now)
    if blocked:
        return blocked
    if is_unmarked(appointment, now):
        return gettext("Arrived or missed?")
    if appointment.state in {State.HELD, State.MISSED}:
        return appointment.reason if clinical else ""
    if appointment.arrived_at is not None and appointment.state == State.ARRIVED:
        arrived = appointment.course.clinic.local(appointment.arrived_at)
        return gettext("Arrived %(time)s") % {"time": f"{arrived:%H:%M}"}
    return ""


def _of_session(session: Session, now: datetime) -> str:
    if session.state == Session.State.ENDED:
        return gettext("To sign")
    if session.state == Session.State.SIGNED:
        return gettext("Signed")
    minutes = gettext("%(count)d min") % {"count": running_minutes(session, now)}
    recording = session.recording
    if recording is None:
        return f"{minutes} · {gettext('no recording yet')}"
    if recording.live is None or recording.live_at is None or now - recording.live_at > STALE_AFTER:
        return f"{minutes} · {gettext('figures not known')}"
    return " · ".join([minutes, *_figures(recording.live)])


def _figures(live: dict[str, Any]) -> list[str]:
    """Pressure and D/S of the last minute; only what was measured."""
    pressure, ratio = live.get("pressure_mmhg"), live.get("ds_peak")
    said = []
    if pressure is not None:
        said.append(f"{pressure:.0f} mmHg")
    if ratio is not None:
        said.append(f"D/S {ratio:.2f}")
    return said or [gettext("figures not known")]


def _grade(session: Session) -> str:
    """The grade fixed at signing, of the last report, or of the last minute while it runs."""
    recording = session.recording
    if recording is None:
        return ""
    if session.is_running:
        grade = (recording.live or {}).get("grade")
    else:
        reports = list(recording.reports.all())
        fixed = [report for report in reports if report.pk == session.gating_report_id]
        grade = (fixed or reports)[0].grade if reports else None
    return gettext("Gating %(grade)s") % {"grade": grade} if grade else ""


def _age(session: Session, now: datetime) -> str:
    """How old the last sample is."""
    recording = session.recording
    if recording is None or recording.last_chunk_at is None:
        return ""
    return gettext("%(age)s ago") % {"age": in_words(now - recording.last_chunk_at)}
