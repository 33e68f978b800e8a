"""Place a course of sessions: every treatment day as early as it comes, the same hour, one device.

PURE and deterministic. First the days are chosen, then the hour and the device that are free on most of them,
then each day takes the free hour nearest to that. An hour outside the patient's window is taken rather than
a day lost; it says so in ``Slot.in_window``. ``alternatives`` shows what the other wishes would cost: a fixed
hour is searched in full (every possible hour, each from its first day on), which is exact for one course.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from courses.scheduling.agenda import Agenda, Candidate, Tracks, spoken
from courses.scheduling.days import Choices, Search, bounds, choose_days, pack, passed_over, to_place
from courses.scheduling.measure import in_window, measure
from courses.scheduling.plan import Limit, Measure, Plan, PlanRequest, Problem, ProblemCode, Slot


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Three ways to place one course; a way that cannot hold all sessions is incomplete and says why."""

    earliest_finish: Plan
    steadiest_hour: Plan
    one_device: Plan


def plan_course(request: PlanRequest, tracks: Tracks | None = None) -> Plan:
    """Place all sessions, or say with reasons what stands in the way.

    ``tracks``: the devices' bookings where they are known already (``agenda.tracks_of``).
    """
    agenda = Agenda(request, tracks)
    return _refusal(agenda) or _plan(agenda, choose_days(agenda, agenda.candidates))


def alternatives(request: PlanRequest, tracks: Tracks | None = None) -> Alternatives:
    """The plan that ends first, the one that never changes its hour, the one that never changes its device."""
    agenda = Agenda(request, tracks)
    refusal = _refusal(agenda)
    if refusal is not None:
        return Alternatives(refusal, refusal, refusal)
    shifts = agenda.shifts()
    nearest = sorted(shifts, key=lambda shift: (abs(shift), shift))
    steady = [_at_shifts(agenda, shift, shifts) for shift in nearest]
    single = [_on_device(agenda, place) for place in range(len(request.devices))]
    return Alternatives(
        _plan(agenda, choose_days(agenda, agenda.candidates)),
        _plan(agenda, _first_to_end(agenda, steady)),
        _plan(agenda, _first_to_end(agenda, single)),
    )


def _first_to_end(agenda: Agenda, ways: Sequence[Choices]) -> Search:
    """The search that ends first with all sessions, else the one that holds most; the earlier on a tie."""
    wanted = to_place(agenda)
    best = Search((), ())
    for way in ways:
        complete = best.count == wanted
        found = choose_days(agenda, way, before=best.ends_on if complete else None)
        if found.count == wanted or (not complete and found.count > best.count):
            best = found
    return best


def _on_device(agenda: Agenda, place: int) -> Choices:
    return lambda day: [choice for choice in agenda.candidates(day) if choice.device == place]


def _at_shifts(agenda: Agenda, shift: int, shifts: Sequence[int]) -> Choices:
    """One fixed hour, and with two sessions a day the next start that leaves the gap."""
    later = [other for other in shifts if other >= shift + agenda.second_after]
    if agenda.request.per_day == 1 or not later:
        return lambda day: agenda.at_shift(day, shift)
    second = later[0]
    return lambda day: [*agenda.at_shift(day, shift), *agenda.at_shift(day, second)]


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


def _plan(agenda: Agenda, search: Search) -> Plan:
    anchors = _anchors(agenda, [day.choices for day in search.chosen])
    slots: list[Slot] = []
    for day in search.chosen:
        slots += _place(agenda, day.choices, day.count, anchors)
    placed = tuple(slots)
    short = passed_over(agenda, search)
    problems = tuple(_missing(agenda, len(placed)))
    return Plan(placed, measure(agenda, placed), (*problems, *short) if problems else (), short)


def _missing(agenda: Agenda, placed: int) -> list[Problem]:
    """Why not all sessions were placed; empty when they were."""
    request = agenda.request
    if placed == request.sessions:
        return []
    first, last = bounds(agenda)
    problems = [
        _over(limit, placed, request.sessions) for limit in request.limits if _binds(limit, last, request)
    ]
    if placed < to_place(agenda) and not problems:
        sentence = (
            f"Only {placed} of {request.sessions} sessions fit between {spoken(first)} and {spoken(last)}."
        )
        problems.append(
            Problem(
                ProblemCode.DOES_NOT_FIT,
                sentence,
                "Allow a later last day, more treatment days a week, a further device or longer opening hours; "
                "or ask the physician whether two sessions a day may be given.",
            )
        )
    return problems


def _binds(limit: Limit, last: date, request: PlanRequest) -> bool:
    return limit.last_day == last or (limit.sessions is not None and limit.sessions < request.sessions)


def _over(limit: Limit, placed: int, wanted: int) -> Problem:
    sentence = f"{limit.name} has {limit.sessions} sessions left, and {wanted} are to be placed."
    if limit.last_day is not None and (limit.sessions is None or limit.sessions >= wanted):
        sentence = (
            f"{limit.name} ends on {spoken(limit.last_day)}: {placed} of {wanted} sessions fit until then."
        )
    return Problem(
        ProblemCode.OVER_LIMIT,
        sentence,
        "Ask for an extension before the first session that it does not cover.",
        limit.last_day,
    )


def _anchors(agenda: Agenda, days: Sequence[Sequence[Candidate]]) -> list[tuple[int, int]]:
    """For the first and the second session of a day: the distance from the wish, and the device, free on the
    most days."""
    request = agenda.request
    anchors: list[tuple[int, int]] = []
    wanted = 0
    for _ in range(request.per_day):
        hours = Counter(shift for choices in days for shift in {c.shift for c in choices})
        apart = agenda.second_after
        if anchors:
            hours = Counter({m: n for m, n in hours.items() if abs(m - anchors[0][0]) >= apart})
        near = {m: n for m, n in hours.items() if abs(m - wanted) <= request.window_minutes}
        shift = max(near or hours, key=lambda m: (hours[m], -abs(m - wanted), -m), default=wanted)
        places = Counter(c.device for choices in days for c in choices if c.shift == shift)
        anchors.append((shift, max(places, key=lambda place: (places[place], -place), default=0)))
        wanted = shift + apart
    return anchors


def _place(
    agenda: Agenda, choices: Sequence[Candidate], count: int, anchors: Sequence[tuple[int, int]]
) -> list[Slot]:
    """The day's sessions nearest to the anchors; packed from the morning where that would lose one."""
    taken: list[Candidate] = []
    for shift, device in anchors[:count]:
        free = [c for c in choices if all(agenda.fit_together(c, other) for other in taken)]
        if not free:
            taken = pack(agenda, choices, count)
            break
        taken.append(min(free, key=lambda c: _distance(agenda, c, len(taken), shift, device)))
    taken.sort(key=lambda c: c.hour.start)
    devices = agenda.request.devices
    return [
        Slot(c.hour.start, c.hour.end, devices[c.device].device_id, in_window(agenda, c, ordinal))
        for ordinal, c in enumerate(taken)
    ]


def _distance(
    agenda: Agenda, choice: Candidate, ordinal: int, shift: int, device: int
) -> tuple[bool, int, bool, int, int]:
    outside = not in_window(agenda, choice, ordinal)
    return outside, abs(choice.shift - shift), choice.device != device, choice.device, choice.minute
