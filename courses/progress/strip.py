"""The ordered sessions of a course as a row of cells: given and graded, missed, moved, held, booked, to come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext

from courses.models import Appointment, Course
from courses.progress.exceptions import Absence
from courses.progress.sessions import Done

State = Appointment.State
CAME = (State.ARRIVED, State.IN_PROGRESS, State.DONE)
TAKEN = (State.BOOKED, *CAME)
OVER = {Course.State.COMPLETED, Course.State.DISCONTINUED}


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
    after_hold: bool = False
    moved: bool = False
    is_booked: bool = False
    is_extra: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """The booked hours of a course in order, with how often each was moved."""

    rows: Sequence[Appointment]

    def starts(self, *states: str) -> list[datetime]:
        return [row.starts_at for row in self.rows if row.state in states]

    @property
    def first(self) -> datetime | None:
        """When the first hour is or was that counts."""
        return next((row.starts_at for row in self.rows if row.state in TAKEN), None)

    @property
    def moved(self) -> set[int]:
        return {row.pk for row in self.rows if getattr(row, "moves_made", 0)}

    def to_come(self, now: datetime) -> list[Appointment]:
        return [row for row in self.rows if row.state == State.BOOKED and row.ends_at > now]

    def absences(self) -> list[Absence]:
        """Hours that were not given though the patient was expected, or had come and was held back."""
        said = {State.MISSED: gettext("Missed %(day)s"), State.HELD: gettext("Held back %(day)s")}
        return [
            Absence(row.code, said[State(row.state)] % {"day": _day(row)}, row.reason)
            for row in self.rows
            if row.state in said
        ]


def hours_of(course: Course) -> Hours:
    rows = Appointment.objects.filter(course=course).annotate(moves_made=Count("moves"))
    return Hours(list(rows.select_related("course__clinic").order_by("starts_at")))


@dataclass
class _Marks:
    """What stands before which session: by its index in the order of the sessions."""

    done: Sequence[Done]
    at: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, moments: Sequence[datetime]) -> None:
        for moment in moments:
            self.at[name].add(sum(one.started_at < moment for one in self.done))


def cells(course: Course, done: Sequence[Done], hours: Hours, now: datetime) -> tuple[Cell, ...]:
    """One cell for each ordered session, and for those beyond; a miss marks the session that came after it."""
    marks = _Marks(done)
    marks.add("miss", hours.starts(State.MISSED))
    marks.add("hold", hours.starts(State.HELD))
    moved = hours.moved
    found = [
        _done_cell(course, one, index, marks, moved=one.session.appointment_id in moved)
        for index, one in enumerate(done)
    ]
    booked = [] if course.state in OVER else hours.to_come(now)
    for index in range(len(done), course.sessions_ordered):
        place = index - len(done)
        hour = booked[place] if place < len(booked) else None
        found.append(
            _cell_to_come(course, index, marks, hour, is_moved=hour is not None and hour.pk in moved)
        )
    return tuple(found)


def _done_cell(course: Course, one: Done, index: int, marks: _Marks, *, moved: bool) -> Cell:
    number = one.number or index + 1
    if one.report is None:
        label = gettext("Session %(number)d, no gating report") % {"number": number}
    else:
        label = gettext("Session %(number)d, gating grade %(grade)s") % {
            "number": number,
            "grade": one.report.grade,
        }
    label += ", " + date_format(course.clinic.day_of(one.started_at), "D d-M-Y")
    return Cell(
        number,
        one.letter,
        one.css,
        one.session.get_absolute_url(),
        after_miss=index in marks.at["miss"],
        after_hold=index in marks.at["hold"],
        moved=moved,
        is_next=False,
        is_extra=number > course.order.sessions,
        label=label + _also(index, marks, moved=moved),
    )


def _cell_to_come(
    course: Course, index: int, marks: _Marks, hour: Appointment | None, *, is_moved: bool
) -> Cell:
    over = course.state in OVER
    if over:
        label = gettext("Session %(number)d, not given")
    elif hour is None:
        label = gettext("Session %(number)d, not booked")
    else:
        label = gettext("Session %(number)d, booked for %(day)s").replace("%(day)s", _day(hour))
    return Cell(
        index + 1,
        "",
        "",
        "",
        after_miss=index in marks.at["miss"],
        after_hold=index in marks.at["hold"],
        moved=is_moved,
        is_next=index == len(marks.done) and not over,
        is_booked=hour is not None,
        is_extra=index + 1 > course.order.sessions,
        label=label % {"number": index + 1} + _also(index, marks, moved=is_moved),
    )


def _also(index: int, marks: _Marks, *, moved: bool) -> str:
    said = ""
    if index in marks.at["miss"]:
        said += gettext(", after a missed day")
    if index in marks.at["hold"]:
        said += gettext(", after a day that was held back")
    return said + (gettext(", moved from another hour") if moved else "")


def _day(hour: Appointment) -> str:
    return date_format(hour.course.clinic.day_of(hour.starts_at), "D d-M-Y")
