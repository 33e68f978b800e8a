"""Choose the days of a course: in each week those that hold the most sessions, and the end as early as it goes.

PURE. Weeks run from Monday (ISO 8601).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from courses.scheduling.agenda import Agenda, Candidate, spoken
from courses.scheduling.plan import Problem, ProblemCode

#: Half a year: a course that is not done by then is another course. Ours, not a payer's.
SEARCH_WEEKS = 26

#: Which starts a way of planning may use.
Filter = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class Day:
    """One day that could be used: its free starts in order, how many sessions were wished and how many fit."""

    day: date
    choices: tuple[Candidate, ...]
    room: int
    count: int


def bounds(agenda: Agenda) -> tuple[date, date]:
    """The first and the last day that may be used."""
    request = agenda.request
    return request.start_date, request.finish_by or request.start_date + timedelta(weeks=SEARCH_WEEKS)


def choose_days(agenda: Agenda, allowed: Filter) -> tuple[list[Day], list[Problem]]:
    """Treatment days in order; and the days up to the end that hold fewer than wished, each with its reason."""
    left = agenda.request.sessions
    chosen: list[Day] = []
    passed_over: list[Problem] = []
    for week in _weeks(agenda, allowed):
        best, last = _best_of_week(agenda, week, left)
        for day in best:
            chosen.append(Day(day.day, day.choices, day.room, min(day.count, left)))
            left -= chosen[-1].count
        passed_over += _short_days(agenda, [day for day in week if day.day <= last], best)
        if not left:
            break
    return chosen, passed_over


def pack(agenda: Agenda, choices: Sequence[Candidate], room: int) -> list[Candidate]:
    """As many sessions as the day holds, each as early as it goes (which loses none)."""
    packed: list[Candidate] = []
    for choice in choices:
        if len(packed) == room:
            break
        if all(agenda.fit_together(choice, taken) for taken in packed):
            packed.append(choice)
    return packed


def _weeks(agenda: Agenda, allowed: Filter) -> Iterator[list[Day]]:
    first, last = bounds(agenda)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    for _, week in groupby(days, key=_week):
        yield [_look_at(agenda, allowed, day) for day in week]


def _week(day: date) -> tuple[int, int]:
    year, week, _ = day.isocalendar()
    return year, week


def _look_at(agenda: Agenda, allowed: Filter, day: date) -> Day:
    room = max(0, agenda.request.per_day - agenda.kept_on[day])
    choices = tuple(filter(allowed, agenda.candidates(day))) if room else ()
    return Day(day, choices, room, len(pack(agenda, choices, room)))


def _best_of_week(agenda: Agenda, week: Sequence[Day], left: int) -> tuple[list[Day], date]:
    """The days that hold most, and the day up to which had to be looked; the week's quota is kept."""
    kept = {day for day in agenda.kept_on if _week(day) == _week(week[0].day)}
    quota = max(0, agenda.request.days_per_week - len(kept))
    best: list[Day] = []
    for end in range(1, len(week) + 1):
        usable = [day for day in week[:end] if day.count]
        free = sorted((day for day in usable if day.day not in kept), key=lambda d: (-d.count, d.day))
        best = sorted(free[:quota] + [day for day in usable if day.day in kept], key=lambda d: d.day)
        if sum(day.count for day in best) >= left:
            return best, week[end - 1].day
    return best, week[-1].day


def _short_days(agenda: Agenda, week: Sequence[Day], best: Sequence[Day]) -> Iterator[Problem]:
    """Days that would have been used had they held more."""
    week_is_full = len(best) >= agenda.request.days_per_week
    for day in week:
        if day.count == day.room or not agenda.has_hours(day.day):
            continue
        if day in best:
            yield _short(day, ProblemCode.ONE_SESSION_ONLY, f"Only one session fits on {spoken(day.day)}.")
        elif not week_is_full:
            yield agenda.why_not(day.day) or _short(
                day, ProblemCode.NO_FREE_HOUR, f"No fitting hour is free on {spoken(day.day)}."
            )


def _short(day: Day, code: ProblemCode, sentence: str) -> Problem:
    return Problem(
        code, sentence, "Free an hour on a device that day, or widen the opening hours or the wish.", day.day
    )
