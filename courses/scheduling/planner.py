"""Place a course of sessions: every treatment day as early as it comes, the same hour, one device.

PURE and deterministic. First the days are chosen, then the hour and the device that are free on most of them,
then each day takes the free hour nearest to that. An hour outside the patient's window is taken rather than
a day lost; it says so in ``Slot.in_window``. ``alternatives`` shows what the other wishes would cost.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from courses.scheduling.agenda import Agenda, Candidate, minute_of, spoken
from courses.scheduling.days import Filter, bounds, choose_days, pack
from courses.scheduling.measure import in_window, measure
from courses.scheduling.plan import Measure, Plan, PlanRequest, Problem, ProblemCode, Slot


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Three ways to place one course; a way that cannot hold all sessions is incomplete and says why."""

    earliest_finish: Plan
    steadiest_hour: Plan
    one_device: Plan


def plan_course(request: PlanRequest) -> Plan:
    """Place all sessions, or say with reasons what stands in the way."""
    agenda = Agenda(request)
    return _refusal(agenda) or _plan(agenda, lambda candidate: True)


def alternatives(request: PlanRequest) -> Alternatives:
    """The plan that ends first, the one that never changes its hour, the one that never changes its device."""
    agenda = Agenda(request)
    refusal = _refusal(agenda)
    if refusal is not None:
        return Alternatives(refusal, refusal, refusal)
    earliest = _plan(agenda, lambda candidate: True)
    wanted = minute_of(request.preferred_time)
    starts = _minutes(agenda)
    nearest = sorted(starts, key=lambda m: (abs(m - wanted), m))
    steady = [_plan(agenda, _only_minutes(agenda, minute, starts)) for minute in nearest]
    places = range(len(request.devices))
    single = [_plan(agenda, _only_device(place)) for place in places]
    return Alternatives(earliest, _first_to_end(steady, earliest), _first_to_end(single, earliest))


def _first_to_end(plans: Sequence[Plan], fallback: Plan) -> Plan:
    """The complete plan that ends first, else the one that holds most; the earlier in the list on a tie."""

    def rank(plan: Plan) -> tuple[bool, int, date]:
        return not plan.complete, -len(plan.slots), plan.measure.ends_on or date.max

    return min(plans, key=rank, default=fallback)


def _only_device(place: int) -> Filter:
    return lambda candidate: candidate.device == place


def _only_minutes(agenda: Agenda, minute: int, starts: Sequence[int]) -> Filter:
    """One fixed hour, and with two sessions a day the next start that leaves the gap."""
    allowed = {minute}
    if agenda.request.per_day > 1:
        later = [m for m in starts if m >= minute + agenda.second_after]
        allowed.update(later[:1])
    return lambda candidate: candidate.minute in allowed


def _minutes(agenda: Agenda) -> list[int]:
    """Every start that some day of the search offers, ascending."""
    first, last = bounds(agenda)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sorted({candidate.minute for day in days for candidate in agenda.candidates(day)})


def _refusal(agenda: Agenda) -> Plan | None:
    """Requests that no search can serve."""
    request = agenda.request
    problem = None
    if request.start_date < agenda.today:
        problem = Problem(
            ProblemCode.START_IN_PAST,
            f"The start {spoken(request.start_date)} lies in the past; today is {spoken(agenda.today)}.",
            "Choose today or a later day.",
            request.start_date,
        )
    elif not request.devices:
        problem = Problem(
            ProblemCode.NO_DEVICE, "No device was given to plan on.", "Choose at least one device in use."
        )
    elif not request.opening_hours:
        problem = Problem(
            ProblemCode.NO_OPENING_HOURS,
            "The clinic has no opening hours.",
            "Enter the clinic's opening hours first.",
        )
    if problem is None:
        return None
    return Plan((), Measure(0, None, None, 0, 0), (problem,))


def _plan(agenda: Agenda, allowed: Filter) -> Plan:
    days, passed_over = choose_days(agenda, allowed)
    anchors = _anchors(agenda, [day.choices for day in days])
    slots: list[Slot] = []
    for day in days:
        slots += _place(agenda, day.choices, day.count, anchors)
    placed = tuple(slots)
    measured = measure(agenda, placed)
    wanted = agenda.request.sessions
    if len(placed) == wanted:
        return Plan(placed, measured, passed_over=tuple(passed_over))
    first, last = bounds(agenda)
    short = Problem(
        ProblemCode.DOES_NOT_FIT,
        f"Only {len(placed)} of {wanted} sessions fit between {spoken(first)} and {spoken(last)}.",
        "Allow a later last day, more treatment days a week, a further device or longer opening hours; "
        "or ask the physician whether two sessions a day may be given.",
    )
    return Plan(placed, measured, (short, *passed_over), tuple(passed_over))


def _anchors(agenda: Agenda, days: Sequence[tuple[Candidate, ...]]) -> list[tuple[int, int]]:
    """For the first and the second session of a day: the hour, and the device, free on the most days."""
    request = agenda.request
    anchors: list[tuple[int, int]] = []
    wanted = minute_of(request.preferred_time)
    for _ in range(request.per_day):
        hours = Counter(minute for choices in days for minute in {c.minute for c in choices})
        apart = agenda.second_after
        if anchors:
            hours = Counter({m: n for m, n in hours.items() if abs(m - anchors[0][0]) >= apart})
        near = {m: n for m, n in hours.items() if abs(m - wanted) <= request.window_minutes}
        minute = max(near or hours, key=lambda m: (hours[m], -abs(m - wanted), -m), default=wanted)
        places = Counter(c.device for choices in days for c in choices if c.minute == minute)
        anchors.append((minute, max(places, key=lambda place: (places[place], -place), default=0)))
        wanted = minute + apart
    return anchors


def _place(
    agenda: Agenda, choices: Sequence[Candidate], count: int, anchors: Sequence[tuple[int, int]]
) -> list[Slot]:
    """The day's sessions nearest to the anchors; packed from the morning where that would lose one."""
    taken: list[Candidate] = []
    for minute, device in anchors[:count]:
        free = [c for c in choices if all(agenda.fit_together(c, other) for other in taken)]
        if not free:
            taken = pack(agenda, choices, count)
            break
        taken.append(min(free, key=lambda c: _distance(agenda, c, len(taken), minute, device)))
    taken.sort(key=lambda c: c.hour.start)
    devices = agenda.request.devices
    return [
        Slot(c.hour.start, c.hour.end, devices[c.device].device_id, in_window(agenda, c, ordinal))
        for ordinal, c in enumerate(taken)
    ]


def _distance(
    agenda: Agenda, choice: Candidate, ordinal: int, minute: int, device: int
) -> tuple[bool, int, bool, int, int]:
    outside = not in_window(agenda, choice, ordinal)
    return outside, abs(choice.minute - minute), choice.device != device, choice.device, choice.minute
