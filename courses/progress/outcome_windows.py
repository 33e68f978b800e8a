"""When each set of outcomes is due, and how far from its day it still counts for its point. PURE.

The points are the registries' (before, at the end, 6 months, 12 months: IEPR and the Swedish cohort) with two more
inside the course; the tolerances are the clinic's choice. What was measured outside a window is kept and said to lie
outside it: it is never moved to another point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from courses.months import months_after
from courses.progress.milestones import middle_of

TWO_WEEKS = timedelta(days=14)
#: Days before and after the day on which a point is due.
TOLERANCES: dict[str, tuple[int, int]] = {
    "baseline": (28, 0),
    "two_weeks": (4, 7),
    "middle": (4, 7),
    "end": (2, 14),
    "six_months": (30, 30),
    "twelve_months": (30, 60),
}
POINTS = tuple(TOLERANCES)
#: Least and most days from the day a course was over to the points that are counted from it.
_AFTER_END = {"end": (0, 0), "six_months": (181, 184), "twelve_months": (365, 366)}


class State(StrEnum):
    LATER = "later"  # its window has not begun, or its day is not known yet
    DUE = "due"
    OVERDUE = "overdue"  # its day is over, its window is not
    MISSED = "missed"  # the window is over and nothing was measured
    MEASURED = "measured"
    OUTSIDE = "outside"  # measured, and not within the window


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDays:
    """The days a course gives: its completed sessions in order, what was ordered, and when it was over."""

    begins_on: date | None
    sessions_on: Sequence[date]
    ordered: int
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Window:
    """One point: ``due_on`` with the first and last day that count; None where the course does not give them yet."""

    point: str
    state: State
    due_on: date | None
    first_day: date | None
    last_day: date | None

    @property
    def is_measured(self) -> bool:
        return self.state in {State.MEASURED, State.OUTSIDE}

    @property
    def is_waiting(self) -> bool:
        return self.state in {State.DUE, State.OVERDUE}


def windows(course: CourseDays, measured: Mapping[str, date], today: date) -> tuple[Window, ...]:
    """Every point in its order. ``measured`` holds the day of each point that has values.

    Raises
    ------
    ValueError
        A point that is none of ours.
    """
    strange = sorted(measured.keys() - set(POINTS))
    if strange:
        raise ValueError(f"There is no point {', '.join(strange)}. Use one of {', '.join(POINTS)}.")
    return tuple(_window(point, _due_on(point, course), measured.get(point), today) for point in POINTS)


def endings_that_wait(today: date) -> tuple[tuple[date, date], ...]:
    """First and last day of each stretch in which a course ended that may wait for a point today.

    Of a course that is over and ended outside them no window is open: the last that may open beside the end is that of
    two weeks, where the course was stopped in its first days.
    """
    longest_inside = TWO_WEEKS.days + TOLERANCES["two_weeks"][1]
    stretches = []
    for point, (least, most) in _AFTER_END.items():
        before, after = TOLERANCES[point]
        after = max(after, longest_inside) if point == "end" else after
        stretches.append((today - timedelta(days=most + after), today + timedelta(days=before - least)))
    return tuple(stretches)


def _due_on(point: str, course: CourseDays) -> date | None:
    given = course.sessions_on
    match point:
        case "baseline":
            return given[0] if given else course.begins_on
        case "two_weeks":
            return given[0] + TWO_WEEKS if given else None
        case "middle":
            middle = middle_of(course.ordered)
            return given[middle - 1] if len(given) >= middle else None
        case "end":
            return course.ended_on
        case _:
            months = 6 if point == "six_months" else 12
            return None if course.ended_on is None else months_after(course.ended_on, months)


def _window(point: str, due_on: date | None, measured_on: date | None, today: date) -> Window:
    if due_on is None:
        return Window(point, State.LATER if measured_on is None else State.MEASURED, None, None, None)
    before, after = TOLERANCES[point]
    first, last = due_on - timedelta(days=before), due_on + timedelta(days=after)
    if measured_on is not None:
        state = State.MEASURED if first <= measured_on <= last else State.OUTSIDE
    elif today < first:
        state = State.LATER
    elif today <= due_on:
        state = State.DUE
    else:
        state = State.OVERDUE if today <= last else State.MISSED
    return Window(point, state, due_on, first, last)
