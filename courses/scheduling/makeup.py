"""Where a session that was not given could still go, in the order in which it disturbs the course least.

PURE. The order is that of the Royal College of Radiologists for interrupted radiotherapy, as far as it can be
carried over (The timely delivery of radical radiotherapy, 4th edition, BFCO(19)1, 2019): keep the whole time
first, by another machine or hour the same day or week; then two sessions on one day; then a day on which the
clinic does not usually treat; only then a later end. Nothing is compensated by a longer session.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from courses.intervals import Interval
from courses.scheduling.agenda import Agenda, Candidate, Tracks, spoken
from courses.scheduling.measure import slack_days
from courses.scheduling.plan import MAX_PER_DAY, PlanRequest, Slot

#: A later end is looked for so many days past the present one.
BEYOND_DAYS = 28
SATURDAY = 5


class Way(StrEnum):
    """How a session is made up; listed in order of preference."""

    SAME_DAY = "same_day"
    SAME_WEEK = "same_week"
    SECOND_SESSION = "second_session"
    EXTRA_DAY = "extra_day"
    LATER_END = "later_end"


WHY = {
    Way.SAME_DAY: "Another hour or device on the same day: the course loses nothing.",
    Way.SAME_WEEK: "A day of the same week that is still free: the week keeps its sessions.",
    Way.SECOND_SESSION: "Two sessions on one day: the course keeps its end.",
    Way.EXTRA_DAY: "A day on which this course is not usually treated: the course keeps its end.",
    Way.LATER_END: "After the last session: nothing else moves, and the course ends later.",
}


@dataclass(frozen=True, slots=True)
class MakeUp:
    """One proposal: why it stands where it stands, and what it means for the course.

    ``needs_order``: the order allows one session a day; a physician has to allow two before it can be booked.
    """

    way: Way
    slot: Slot
    why: str
    consequence: str
    needs_order: bool = False


def make_ups(
    request: PlanRequest, missed: Interval, ends_on: date | None, tracks: Tracks | None = None
) -> tuple[MakeUp, ...]:
    """The best hour of each way that is open, in order of preference.

    Parameters
    ----------
    request
        The planner's question for this one session: ``kept`` are the other hours of the course.
    missed
        The hour that was not used; its day and week are tried first.
    ends_on
        The day of the course's last hour as booked now; None where none is booked.
    """
    agenda = Agenda(replace(request, per_day=MAX_PER_DAY), tracks)
    found: dict[Way, tuple[tuple[int, ...], Candidate]] = {}
    origin = missed.start.astimezone(agenda.zone).date()
    for day in _days(agenda, request, origin, ends_on):
        way = _way(agenda, request, day, origin, ends_on)
        if way is None:
            continue
        for candidate in agenda.candidates(day):
            rank = _rank(agenda, candidate, day, missed, way)
            if way not in found or rank < found[way][0]:
                found[way] = (rank, candidate)
    return tuple(_proposal(agenda, request, way, found[way][1], ends_on) for way in Way if way in found)


def _days(agenda: Agenda, request: PlanRequest, origin: date, ends_on: date | None) -> Iterator[date]:
    first = max(agenda.today, request.start_date)
    last = max(ends_on or origin, first) + timedelta(days=BEYOND_DAYS)
    bounds = [request.finish_by, *(limit.last_day for limit in request.limits)]
    last = min([last, *(day for day in bounds if day is not None)])
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _way(agenda: Agenda, request: PlanRequest, day: date, origin: date, ends_on: date | None) -> Way | None:
    """What it would be to give the session on ``day``; None where the order or the clinic forbids it."""
    if agenda.kept_on[day]:
        return Way.SECOND_SESSION if agenda.kept_on[day] < MAX_PER_DAY else None
    if _held_in_week(agenda, day) >= request.days_per_week:
        return None
    if day == origin:
        return Way.SAME_DAY
    if ends_on is not None and day > ends_on:
        return Way.LATER_END
    if day.weekday() >= SATURDAY or agenda.is_special(day):
        return Way.EXTRA_DAY
    return Way.SAME_WEEK if _monday(day) == _monday(origin) else Way.EXTRA_DAY


def _held_in_week(agenda: Agenda, day: date) -> int:
    monday = _monday(day)
    return sum(bool(agenda.kept_on[monday + timedelta(days=offset)]) for offset in range(7))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _rank(agenda: Agenda, candidate: Candidate, day: date, missed: Interval, way: Way) -> tuple[int, ...]:
    """The nearest to the usual hour, then the soonest; where the end moves, the soonest comes first."""
    local = missed.start.astimezone(agenda.zone)
    change = abs(candidate.minute - local.hour * 60 - local.minute)
    outside = max(0, change - agenda.request.window_minutes)
    if way == Way.SECOND_SESSION:
        outside = change = 0  # beside another session the usual hour means nothing
    if way == Way.LATER_END:
        return (outside, day.toordinal(), change, candidate.minute, candidate.device)
    return (outside, change, day.toordinal(), candidate.minute, candidate.device)


def _proposal(
    agenda: Agenda, request: PlanRequest, way: Way, candidate: Candidate, ends_on: date | None
) -> MakeUp:
    device = request.devices[candidate.device].device_id
    day = candidate.hour.start.astimezone(agenda.zone).date()
    inside = abs(candidate.shift) <= request.window_minutes
    return MakeUp(
        way,
        Slot(candidate.hour.start, candidate.hour.end, device, inside),
        WHY[way],
        _consequence(agenda, day, ends_on),
        needs_order=way == Way.SECOND_SESSION and request.per_day < MAX_PER_DAY,
    )


def _consequence(agenda: Agenda, day: date, ends_on: date | None) -> str:
    end = max(day, ends_on or day)
    if ends_on is None or day <= ends_on:
        said = (
            f"The course ends on {spoken(end)} as before."
            if ends_on
            else f"The course ends on {spoken(end)}."
        )
    else:
        said = f"The course ends on {spoken(end)} instead of {spoken(ends_on)}."
    slack = slack_days(agenda, end)
    if slack is None:
        return said
    return f"{said} {slack} {'day' if slack == 1 else 'days'} slack left."
