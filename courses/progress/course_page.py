"""What the page of one course shows, computed; the template only lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, OutcomeMeasure, Review, Session
from courses.progress.augmentation import TARGET, SessionRatio, augmentation_trend
from courses.progress.exceptions import DeliveryException, Kind, exceptions
from courses.progress.outcome_table import OutcomeTable, outcome_table
from courses.progress.sessions import Done, done_sessions
from courses.scheduling.outlook import outlook_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the ordered sessions in the strip."""

    number: int
    letter: str
    css: str
    url: str
    after_miss: bool
    is_next: bool
    label: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    number: int
    day: date
    url: str
    what: str
    why: str
    light: str
    state: str
    line_url: str


@dataclass(frozen=True, slots=True)
class CoursePage:
    lead: str
    headline: str
    cells: tuple[Cell, ...]
    chart: dict[str, Any] | None
    outcomes: OutcomeTable
    exceptions: tuple[ExceptionRow, ...]
    reviews: tuple[Review, ...]
    done: tuple[Done, ...]


def course_page(course: Course, now: datetime) -> CoursePage:
    """Everything on the page, in a number of queries that does not grow with the sessions."""
    done = done_sessions(course)
    missed = list(
        Appointment.objects.filter(course=course, state=Appointment.State.MISSED)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
    )
    outcomes = OutcomeMeasure.objects.filter(course=course)
    return CoursePage(
        lead=_lead(course, done, now),
        headline=_headline(course, done, len(missed)),
        cells=_cells(course, done, missed),
        chart=_chart(course, done),
        outcomes=outcome_table(list(outcomes)),
        exceptions=_exceptions(course, done),
        reviews=tuple(Review.objects.filter(course=course).select_related("signature")),
        done=tuple(done),
    )


def _lead(course: Course, done: Sequence[Done], now: datetime) -> str:
    """'Ordered 28-Sep-2026, signed · started Mon 05-Oct-2026 · ends Fri 04-Dec-2026 if nothing changes'."""
    order = course.order
    signed = gettext("signed") if order.is_signed else gettext("not signed")
    ordered = _day(course.clinic.day_of(order.ordered_at))
    parts = [gettext("Ordered %(day)s, %(signed)s") % {"day": ordered, "signed": signed}]
    if done:
        first = course.clinic.day_of(min(one.started_at for one in done))
        parts.append(gettext("started %(day)s") % {"day": _weekday(first)})
    else:
        parts.append(gettext("not started"))
    ends_on = outlook_of(course, now).ends_on
    if course.ended_on:
        label = Course.State(course.state).label
        parts.append(gettext("%(state)s %(day)s") % {"state": label, "day": _weekday(course.ended_on)})
    elif ends_on:
        parts.append(gettext("ends %(day)s if nothing changes") % {"day": _weekday(ends_on)})
    return " · ".join(parts)


def _headline(course: Course, done: Sequence[Done], missed: int) -> str:
    """'26 done, 2 missed, 9 to come'."""
    parts = [gettext("%(count)d done") % {"count": len(done)}]
    if missed:
        parts.append(ngettext("%(count)d missed", "%(count)d missed", missed) % {"count": missed})
    if course.state not in {Course.State.COMPLETED, Course.State.DISCONTINUED}:
        left = max(0, course.sessions_ordered - len(done))
        parts.append(gettext("%(count)d to come") % {"count": left})
    return ", ".join(parts)


def _cells(course: Course, done: Sequence[Done], missed: Sequence[datetime]) -> tuple[Cell, ...]:
    """One cell for each ordered session, and for those beyond; a miss marks the session that came after it."""
    marks = _after_miss(done, missed)
    cells = [_done_cell(one, index, index in marks) for index, one in enumerate(done)]
    over = course.state in {Course.State.COMPLETED, Course.State.DISCONTINUED}
    for index in range(len(done), course.sessions_ordered):
        is_next = index == len(done) and not over
        label = gettext("Session %(number)d, not given") if over else gettext("Session %(number)d, to come")
        cells.append(Cell(index + 1, "", "", "", index in marks, is_next, label % {"number": index + 1}))
    return tuple(cells)


def _done_cell(one: Done, index: int, after_miss: bool) -> Cell:
    number = one.number or index + 1
    if one.report is None:
        label = gettext("Session %(number)d, no gating report") % {"number": number}
    else:
        label = gettext("Session %(number)d, gating grade %(grade)s") % {
            "number": number,
            "grade": one.report.grade,
        }
    if after_miss:
        label += gettext(", after a missed day")
    return Cell(number, one.letter, one.css, one.session.get_absolute_url(), after_miss, False, label)


def _after_miss(done: Sequence[Done], missed: Sequence[datetime]) -> set[int]:
    """For each miss the index of the first session that began after it."""
    return {sum(one.started_at < moment for one in done) for moment in missed}


def _chart(course: Course, done: Sequence[Done]) -> dict[str, Any] | None:
    """The D/S peak ratio of each session beside the published target; None before the first session."""
    if not done:
        return None
    ratios = [
        SessionRatio(course.clinic.day_of(one.started_at), one.report.ds_peak if one.report else None)
        for one in done
    ]
    known = [r.ratio for r in ratios if r.ratio is not None]
    registry = gettext("In the registry 37 % ended at 1.5 or more (Michaels 2001, area ratio).")
    return {
        "id": "ds-peak",
        "title": gettext("D/S peak ratio by session"),
        "unit": "",
        "x_label": gettext("Session"),
        "x_min": 1,
        "x_max": max(course.sessions_ordered, len(done)),
        "y_min": min([0.5, *known]),
        "y_max": max([TARGET[1] + 0.1, *known]),
        "series": [gettext("D/S peak")],
        "rows": [
            [one.number or index + 1, None if ratio.ratio is None else round(ratio.ratio, 2)]
            for index, (one, ratio) in enumerate(zip(done, ratios, strict=True))
        ],
        "band": {
            "low": TARGET[0],
            "high": TARGET[1],
            "label": gettext("target %(low)s to %(high)s") % {"low": TARGET[0], "high": TARGET[1]},
        },
        "note": f"{augmentation_trend(ratios).sentence} {registry}",
    }


def _exceptions(course: Course, done: Sequence[Done]) -> tuple[ExceptionRow, ...]:
    by_number = {one.number: one for one in done}
    return tuple(
        _exception_row(found, by_number[found.number], course)
        for found in exceptions(one.delivery for one in done)
    )


def _exception_row(found: DeliveryException, one: Done, course: Course) -> ExceptionRow:
    light, state = _explained(found, one.session)
    line = getattr(one.session, "claim_line", None) if found.kind is Kind.SHORT else None
    return ExceptionRow(
        number=found.number,
        day=course.clinic.day_of(one.started_at),
        url=one.session.get_absolute_url(),
        what=found.what,
        why=found.why,
        light=light,
        state=state,
        line_url=reverse("courses:claim-line", args=[line.code]) if line else "",
    )


def _explained(found: DeliveryException, session: Session) -> tuple[str, str]:
    """Whether somebody still has to say or decide something."""
    line = getattr(session, "claim_line", None)
    if found.kind is Kind.SHORT and line is not None:
        if line.partial_decision:
            return "go", str(line.get_partial_decision_display())
        return "look", gettext("Billing to be decided")
    if not found.why:
        return "look", gettext("No reason noted")
    return "go", gettext("Explained")


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _weekday(day: date) -> str:
    return date_format(day, "D d-M-Y")
