"""Where each session that cannot stay could go, what that costs, and which choices exclude each other.

PURE. The cost of one option says, in this order: minutes outside the patient's window, days after the present
end of the course, minutes of change, days away from the hour it had. Each step outweighs all that come after
it, for any one session. ``Puzzle`` is what a solver gets: the one in ``repair``, and the judge in the benchmark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from courses.intervals import Interval
from courses.scheduling.agenda import Agenda, Tracks
from courses.scheduling.plan import PlanRequest
from courses.scheduling.staffing import Staffing, unwatched
from courses.scheduling.tracks import LONGEST_DAY, epoch_minute

#: Weights of the steps; minutes of change are at most a day, days at most half a year.
AWAY, CHANGE, LATE, OUTSIDE, UNPLACED = 1, 200, 300_000, 60_000_000, 100_000_000_000
#: A session may go up to so many days past the end of its course, where no last day binds it.
BEYOND_DAYS = 28


@dataclass(frozen=True, slots=True, order=True)
class Booked:
    """One booked hour that cannot stay where it is."""

    hour: Interval
    device_id: str
    appointment_id: str


@dataclass(frozen=True, slots=True)
class CourseInNeed:
    """One course with hours that cannot stay.

    ``request`` is the planner's question for the course: its devices carry everything that is booked or down
    (the hours that are given up too: nobody moves into an hour that another leaves, so that each move can be
    accepted alone), ``kept`` its hours that stay. ``ends_on`` is the day of its last hour as booked now.
    """

    course_id: str
    request: PlanRequest
    affected: tuple[Booked, ...]
    ends_on: date


class Option(NamedTuple):
    """One hour to go to; ``begin`` in minutes since 1970. Sorts by cost, then time, then device."""

    cost: int
    begin: int
    device_id: str
    hour: Interval
    day: date
    change_minutes: int
    late_days: int


@dataclass(frozen=True, slots=True)
class Item:
    """One session to place and where it could go, the best first."""

    booked: Booked
    course: CourseInNeed
    agenda: Agenda
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """All sessions to place at once. ``running``: every session of the clinic that stays, for the nurses."""

    items: tuple[Item, ...]
    staffing: Staffing | None
    running: tuple[Interval, ...]


def puzzle_of(
    courses: Sequence[CourseInNeed],
    tracks: Tracks,
    *,
    staffing: Staffing | None = None,
    running: Sequence[Interval] = (),
    most: int | None = None,
) -> Puzzle:
    """Gather the options of every affected session; only the ``most`` best of each where given.

    Hours that the nurses cannot watch as it is are no option: they would push out those that are.
    """
    items: list[Item] = []
    full = _unwatched(courses, staffing, running)
    for course in sorted(courses, key=lambda c: c.course_id):
        agenda = Agenda(replace(course.request, unwatched=full), tracks)
        items += [
            Item(booked, course, agenda, _options(agenda, course, booked, most))
            for booked in sorted(course.affected)
        ]
    return Puzzle(tuple(items), staffing, tuple(running))


def _unwatched(
    courses: Sequence[CourseInNeed], staffing: Staffing | None, running: Sequence[Interval]
) -> tuple[Interval, ...]:
    """When nobody could watch one session more; one stretch of days for all courses."""
    if staffing is None or not courses:
        return ()
    first = min(course.request.start_date for course in courses)
    lasts = [course.ends_on + timedelta(days=BEYOND_DAYS) for course in courses]
    lasts += [course.request.finish_by for course in courses if course.request.finish_by]
    return tuple(unwatched(staffing, running, first, max(lasts)))


def _options(agenda: Agenda, course: CourseInNeed, booked: Booked, most: int | None) -> tuple[Option, ...]:
    """The cheapest ``most``, sorted.

    What lies in the window costs less than anything outside it, and there a day up to the present end less than any
    later one. So the dear kinds are only gathered where the cheap ones are too few.
    """
    window = course.request.window_minutes
    days = _days(course.request, agenda, course.ends_on)
    in_time = [day for day in days if day <= course.ends_on]
    later = [day for day in days if day > course.ends_on]
    found: list[Option] = []
    for kind, nearest, farthest in (
        (in_time, 0, window),
        (later, 0, window),
        (days, window + 1, LONGEST_DAY),
    ):
        for day in kind:
            found += _on_day(agenda, course, booked, day, nearest, farthest)
        if most is not None and len(found) >= most:
            break
    found.sort(key=lambda option: option[:3])
    return tuple(found[:most])


def _on_day(
    agenda: Agenda, course: CourseInNeed, booked: Booked, day: date, nearest: int, farthest: int
) -> Iterator[Option]:
    """The free hours of a day that change the time of day by so many minutes."""
    request = course.request
    local = booked.hour.start.astimezone(agenda.zone)
    before = local.hour * 60 + local.minute
    late = max(0, (day - course.ends_on).days)
    away = abs((day - local.date()).days)
    sides = [(-farthest, farthest)] if nearest == 0 else [(-farthest, -nearest), (nearest, farthest)]
    for first, last in sides:
        for candidate in agenda.between(day, before + first, before + last):
            change = abs(candidate.minute - before)
            outside = max(0, change - request.window_minutes)
            cost = outside * OUTSIDE + late * LATE + change * CHANGE + away * AWAY
            device = request.devices[candidate.device].device_id
            begin = epoch_minute(candidate.hour.start)
            yield Option(cost, begin, device, candidate.hour, day, change, late)


def _days(request: PlanRequest, agenda: Agenda, ends_on: date) -> list[date]:
    first = max(request.start_date, agenda.today)
    last = request.finish_by or ends_on + timedelta(days=BEYOND_DAYS)
    last = min([last, *(limit.last_day for limit in request.limits if limit.last_day is not None)])
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if _may_be_used(request, agenda, day)]


def _may_be_used(request: PlanRequest, agenda: Agenda, day: date) -> bool:
    """Whether the hours that stay leave room on that day and in its week."""
    if agenda.kept_on[day]:
        return agenda.kept_on[day] < request.per_day
    monday = day - timedelta(days=day.weekday())
    held = sum(bool(agenda.kept_on[monday + timedelta(days=offset)]) for offset in range(7))
    return held < request.days_per_week
