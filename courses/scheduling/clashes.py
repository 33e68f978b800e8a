"""Whether hours that somebody chose can be booked as they are. PURE.

A proposal may be minutes old when it is saved, and another may have been booked in between: every rule by which
the planner chose is looked at again, for exactly the hours that would be saved.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

from courses.intervals import Interval
from courses.scheduling.agenda import Agenda, spoken
from courses.scheduling.plan import PlanRequest, Problem, ProblemCode, Slot

ANOTHER_HOUR = "Choose another hour or device, or let the rest be planned anew."


def clashes(request: PlanRequest, slots: Sequence[Slot]) -> tuple[Problem, ...]:
    """Everything that speaks against booking ``slots``, in order of time; empty when they can be booked.

    ``request`` holds the calendar of today: what is booked, closed and kept. Its wishes are not looked at.
    """
    agenda = Agenda(request)
    ordered = sorted(slots)
    found = [problem for slot in ordered for problem in _of_slot(agenda, slot)]
    found += _of_days(agenda, ordered)
    if len(ordered) > request.sessions:
        found.append(
            Problem(
                ProblemCode.DOES_NOT_FIT,
                f"{len(ordered)} hours were chosen, and only {request.sessions} sessions are left to book.",
                "Leave the last ones out, or write a new order.",
            )
        )
    return tuple(found)


def _of_slot(agenda: Agenda, slot: Slot) -> Iterator[Problem]:
    """What is wrong with one hour by itself: the first thing that is."""
    request = agenda.request
    hour = Interval(slot.start, slot.end)
    day = hour.start.astimezone(agenda.zone).date()
    at = _spoken_hour(agenda, hour.start)
    turnaround = timedelta(minutes=request.turnaround_minutes)
    gap = timedelta(minutes=request.min_gap_minutes)
    calendar = next((d for d in request.devices if d.device_id == slot.device_id), None)
    closed = agenda.why_not(day)
    if hour.start < request.now:
        yield Problem(ProblemCode.START_IN_PAST, f"{at} lies in the past.", "Choose a later hour.", day)
    elif closed is not None:
        yield closed
    elif not _is_open(agenda, hour, day):
        sentence = f"{at} does not lie within the opening hours."
        yield Problem(ProblemCode.NO_FREE_HOUR, sentence, ANOTHER_HOUR, day)
    elif calendar is None:
        sentence = f"The device chosen for {at} is not in use."
        yield Problem(ProblemCode.NO_DEVICE, sentence, ANOTHER_HOUR, day)
    elif any(hour.overlaps(busy, apart=turnaround) for busy in calendar.busy):
        sentence = f"The device is taken, or being made ready, at {at}."
        yield Problem(ProblemCode.NO_FREE_HOUR, sentence, ANOTHER_HOUR, day)
    elif any(hour.overlaps(stretch) for stretch in request.unwatched):
        sentence = f"A device is free at {at}, but no nurse is there to watch it."
        yield Problem(
            ProblemCode.NO_STAFF,
            sentence,
            "Choose another hour, or tick on the appointment's page that fewer nurses are borne, with the reason.",
            day,
        )
    elif any(limit.last_day is not None and day > limit.last_day for limit in request.limits):
        sentence = f"{at} lies after the end of what is covered."
        yield Problem(
            ProblemCode.OVER_LIMIT, sentence, "Ask for an extension first, or choose an earlier day.", day
        )
    elif any(hour.overlaps(busy) for busy in request.patient_busy) or any(
        hour.overlaps(kept, apart=gap) for kept in request.kept
    ):
        sentence = f"The patient has another session too near to {at}."
        yield Problem(ProblemCode.PATIENT_UNAVAILABLE, sentence, ANOTHER_HOUR, day)


def _of_days(agenda: Agenda, slots: Sequence[Slot]) -> Iterator[Problem]:
    """More in a day or week than ordered, and hours of the choice itself that clash."""
    request = agenda.request
    gap = timedelta(minutes=request.min_gap_minutes)
    by_day: dict[date, list[Interval]] = defaultdict(list)
    for slot in slots:
        by_day[slot.start.astimezone(agenda.zone).date()].append(Interval(slot.start, slot.end))
    for day, hours in by_day.items():
        if len(hours) + agenda.kept_on[day] > request.per_day:
            sentence = f"More than {request.per_day} a day, as ordered, would be given on {spoken(day)}."
            yield Problem(ProblemCode.ONE_SESSION_ONLY, sentence, "Choose another day.", day)
        elif any(one.overlaps(other, apart=gap) for one, other in combinations(hours, 2)):
            sentence = f"Two sessions on {spoken(day)} lie too near to each other."
            yield Problem(ProblemCode.PATIENT_UNAVAILABLE, sentence, ANOTHER_HOUR, day)
    weeks: dict[date, set[date]] = defaultdict(set)
    for day in {*by_day, *agenda.kept_on}:
        weeks[day - timedelta(days=day.weekday())].add(day)
    for monday, days in sorted(weeks.items()):
        if len(days) > request.days_per_week and days & by_day.keys():
            sentence = f"More than {request.days_per_week} days, as ordered, in the week of {spoken(monday)}."
            yield Problem(ProblemCode.DOES_NOT_FIT, sentence, "Choose a day of another week.", monday)


def _is_open(agenda: Agenda, hour: Interval, day: date) -> bool:
    """Whether the whole hour lies within one stretch of opening."""

    def moment(minute: int) -> datetime:
        return datetime.combine(day, time(minute // 60, minute % 60), agenda.zone).astimezone(UTC)

    return any(
        moment(opens) <= hour.start and hour.end <= moment(closes) for opens, closes in agenda.stretches(day)
    )


def _spoken_hour(agenda: Agenda, moment: datetime) -> str:
    local = moment.astimezone(agenda.zone)
    return f"{spoken(local.date())} {local:%H:%M}"
