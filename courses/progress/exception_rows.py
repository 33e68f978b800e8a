"""Delivered against prescribed as the page shows it: what differs, why, and whether somebody still has to say so."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from courses.models import Appointment, Course, ExceptionNote, Session
from courses.progress.early_response import median_known
from courses.progress.exceptions import DeliveryException, Kind, exceptions
from courses.progress.sessions import Done, done_sessions
from courses.progress.strip import Hours, hours_of

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """``number`` None: an hour without a session. ``hour`` and ``parameter`` name what a reason is noted for."""

    number: int | None
    day: date
    url: str
    what: str
    why: str
    light: str
    state: str
    line_url: str
    hour: str
    parameter: str
    note: ExceptionNote | None

    @property
    def words(self) -> str:
        return in_words(self.number, self.day, self.what)


def in_words(number: int | None, day: date, what: str) -> str:
    """'Session 3, Mon 30-Nov-2026: 41 of 60 min'; an hour without a session tells its day itself."""
    if number is None:
        return what
    told = {"number": number, "day": date_format(day, "D d-M-Y"), "what": what}
    return gettext("Session %(number)d, %(day)s: %(what)s") % told


def first_week_ds(course: Course, done: Sequence[Done]) -> float | None:
    """The patient's own median D/S peak of the first seven days."""
    if not done:
        return None
    begins = course.clinic.day_of(done[0].started_at)
    return median_known(
        [one.ds_peak for one in done if (course.clinic.day_of(one.started_at) - begins).days < WEEK_DAYS]
    )


def exceptions_of(done: Sequence[Done], hours: Hours, own: float | None) -> tuple[DeliveryException, ...]:
    """``own`` is the patient's median D/S peak of the first week, with which later sessions are compared."""
    return exceptions((one.delivery(own) for one in done), hours.absences())


def exception_rows(course: Course, done: Sequence[Done], hours: Hours) -> tuple[ExceptionRow, ...]:
    """Every exception with the reason that was chosen for it, where one was; two queries."""
    sessions = {one.session.appointment.code: one.session for one in done}
    days = {row.code: course.clinic.day_of(row.starts_at) for row in hours.rows}
    notes = {
        (note.appointment.code, note.parameter): note
        for note in ExceptionNote.objects.filter(appointment__course=course).select_related(
            "appointment", "by"
        )
    }
    return tuple(
        _row(found, sessions.get(found.hour), days[found.hour], notes.get((found.hour, found.kind.parameter)))
        for found in exceptions_of(done, hours, first_week_ds(course, done))
    )


def counts_of(rows: Iterable[ExceptionRow]) -> tuple[tuple[str, int], ...]:
    """How many of each parameter there are, in the order of the parameters; one that has none is left out."""
    counted = Counter(row.parameter for row in rows)
    return tuple(
        (str(parameter.label), counted[parameter])
        for parameter in ExceptionNote.Parameter
        if counted[parameter]
    )


def others_without_reason(hour: Appointment, parameter: str) -> list[tuple[str, str]]:
    """The other hours of the same course that differ in the same parameter and have no reason yet: code, and in words."""
    course = hour.course
    rows = exception_rows(course, done_sessions(course), hours_of(course))
    return [
        (row.hour, row.words)
        for row in rows
        if row.parameter == parameter and row.note is None and row.hour != hour.code
    ]


def _row(
    found: DeliveryException, session: Session | None, day: date, note: ExceptionNote | None
) -> ExceptionRow:
    light, state = _explained(found, session, note)
    line = getattr(session, "claim_line", None) if found.kind is Kind.SHORT else None
    return ExceptionRow(
        number=found.number,
        day=day,
        url=session.get_absolute_url() if session else reverse("courses:appointment", args=[found.hour]),
        what=found.what,
        why=found.why,
        light=light,
        state=state,
        line_url=reverse("courses:claim-line", args=[line.code]) if line else "",
        hour=found.hour,
        parameter=found.kind.parameter,
        note=note,
    )


def _explained(
    found: DeliveryException, session: Session | None, note: ExceptionNote | None
) -> tuple[str, str]:
    """Whether somebody still has to say or decide something."""
    line = getattr(session, "claim_line", None)
    if found.kind is Kind.SHORT and line is not None and not line.partial_decision:
        return "look", gettext("Billing to be decided")
    if note is None:
        return "look", gettext("Choose why")
    if found.kind is Kind.SHORT and line is not None:
        return "go", str(line.get_partial_decision_display())
    return "go", gettext("Explained")
