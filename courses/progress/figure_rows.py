"""The rows behind one of the clinic's figures: each course, session or hour, and whether the figure counts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Appointment, Course, TreatmentEvent
from courses.progress.augmentation import TARGET
from courses.progress.clinic_figures import (
    COURSE_FIGURES,
    HOUR_FIGURES,
    SESSION_FIGURES,
    CourseFact,
    Definition,
    HourFact,
    SessionFact,
    Sums,
    class_change,
)
from courses.progress.figure_facts import Period, courses_in, hours_in, sessions_in

_OF_COURSE = {definition.code: of for definition, of in COURSE_FIGURES}
_OF_SESSION = {definition.code: of for definition, of in SESSION_FIGURES}
_OF_HOUR = {definition.code: of for definition, of in HOUR_FIGURES}
_ANY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """``counts``: what the row adds to the figure, in words; empty where it is left out, because something is not known."""

    url: str
    name: str
    cells: tuple[str, ...]
    counts: str


@dataclass(frozen=True, slots=True)
class RowsOf:
    """What stands behind a figure: the rows to be cut into pages, the heads of their columns, and how one is written."""

    found: QuerySet[Any]
    columns: tuple[str, ...]
    write: Callable[[Sequence[Any]], list[FigureRow]]


def rows_of(definition: Definition, period: Period) -> RowsOf:
    if definition.kind == "course":
        return _courses(definition, period)
    return _sessions(definition, period) if definition.kind == "session" else _hours(definition, period)


def _courses(definition: Definition, period: Period) -> RowsOf:
    found = courses_in(period).select_related("patient", "clinic").order_by("-ended_on", "pk")
    columns = (
        _("Ended"),
        _("State"),
        _("CCS class"),
        _("D/S area at the end"),
        _("Hours"),
        _("Adverse event"),
    )

    def write(rows: Sequence[Any]) -> list[FigureRow]:
        return [_course_row(definition, course) for course in rows]

    return RowsOf(found, columns, write)


def _course_row(definition: Definition, course: Any) -> FigureRow:
    fact = CourseFact(
        month=course.month,
        courses=1,
        completed=course.state == Course.State.COMPLETED,
        baseline_ccs=course.baseline_ccs,
        end_ccs=course.end_ccs,
        reached=course.reached,
        had_event=course.had_event,
        minutes=course.minutes,
    )
    cells = (
        date_format(course.ended_on, "D d-M-Y"),
        str(course.get_state_display()),
        _class_words(course.baseline_ccs, course.end_ccs),
        _number(course.last_area, 2),
        _number(None if course.minutes is None else course.minutes / 60, 1),
        _("Yes") if course.had_event else _("No"),
    )
    sums = _OF_COURSE[definition.code](fact)
    return FigureRow(course.get_absolute_url(), course.patient.board_name, cells, _counts(definition, sums))


def _class_words(baseline: int | None, end: int | None) -> str:
    """'III to II, 1 class better', as the course's page says it."""
    change = class_change(baseline, end)
    if change.gain is None:
        return _("Not known")
    return change.sentence.partition(": ")[2].rstrip(".")


def _sessions(definition: Definition, period: Period) -> RowsOf:
    charted = Q(treatment_events__struck_at=None, treatment_events__isnull=False)
    severe = charted & Q(treatment_events__severity=TreatmentEvent.Severity.SEVERE)
    found = (
        sessions_in(period)
        .select_related("course__patient", "course__clinic", "course__order", "device", "gating_report")
        .defer("gating_report__report", "gating_report__config")
        .annotate(
            told=Count("treatment_events", filter=charted),
            told_severe=Count("treatment_events", filter=severe),
        )
        .order_by("-started_at", "pk")
    )
    columns = (
        _("When"), _("Device"), _("Delivered"), _("Effective"), _("D/S peak"), _("Adverse events"),
    )  # fmt: skip

    def write(rows: Sequence[Any]) -> list[FigureRow]:
        return [_session_row(definition, session) for session in rows]

    return RowsOf(found, columns, write)


def _session_row(definition: Definition, session: Any) -> FigureRow:
    report, ordered = session.gating_report, session.course.order.session_minutes
    minutes, effective = session.minutes_delivered, report.effective_minutes if report else None
    peak = report.ds_peak if report else None
    fact = SessionFact(
        month=_ANY,
        group="",
        sessions=1,
        timed=minutes is not None,
        delivered_min=float(minutes or 0),
        ordered_min=ordered if minutes is not None else 0,
        assessed=effective is not None,
        effective_min=effective or 0.0,
        assessed_min=ordered if effective is not None else 0,
        rated=peak is not None,
        at_target=peak is not None and peak >= TARGET[0],
        events=session.told,
        severe=session.told_severe,
    )
    clinic = session.course.clinic
    cells = (
        date_format(clinic.local(session.started_at), "D d-M-Y H:i"),
        session.device.name,
        _number(minutes, 1, "min"),
        _number(effective, 1, "min"),
        _number(peak, 2),
        str(session.told),
    )
    name = _("%(name)s, session %(number)s") % {
        "name": session.course.patient.board_name,
        "number": session.number or "–",
    }
    sums = _OF_SESSION[definition.code](fact)
    return FigureRow(session.get_absolute_url(), name, cells, _counts(definition, sums))


def _hours(definition: Definition, period: Period) -> RowsOf:
    found = (
        hours_in(period).select_related("patient", "device", "course__clinic").order_by("-starts_at", "pk")
    )

    def write(rows: Sequence[Any]) -> list[FigureRow]:
        return [_hour_row(definition, hour) for hour in rows]

    return RowsOf(found, (_("When"), _("Device"), _("State"), _("Reason")), write)


def _hour_row(definition: Definition, hour: Appointment) -> FigureRow:
    missed = hour.state == Appointment.State.MISSED
    fact = HourFact(month=_ANY, group="", hours=1, missed=missed)
    cells = (
        date_format(hour.course.clinic.local(hour.starts_at), "D d-M-Y H:i"),
        hour.device.name,
        str(hour.get_state_display()),
        hour.reason,
    )
    url = reverse("courses:appointment", args=[hour.code])
    return FigureRow(
        url, hour.patient.board_name, cells, _counts(definition, _OF_HOUR[definition.code](fact))
    )


def _counts(definition: Definition, sums: Sums) -> str:
    """'1 of 1', '58.2 of 60 min', '36.4 h', or nothing where it is left out."""
    if not sums.n:
        return ""
    if definition.unit == "h":
        return _number(sums.top, 1, "h")
    if sums.bottom == sums.n:
        return f"{sums.top:g}" if definition.scale > 100 else _("Yes") if sums.top else _("No")
    return _("%(top)s of %(bottom)s min") % {"top": f"{sums.top:.1f}", "bottom": f"{sums.bottom:g}"}


def _number(value: Any, digits: int, unit: str = "") -> str:
    if value is None:
        return _("Not known")
    return f"{value:.{digits}f}\N{NO-BREAK SPACE}{unit}" if unit else f"{value:.{digits}f}"
