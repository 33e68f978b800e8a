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

#: The starts of a day that a way of planning may use, in order of time.
Choices = Callable[[date], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Day:
    """One day that could be used: its free starts in order, how many sessions were wished and how many fit."""

    day: date
    choices: Sequence[Candidate]
    room: int
    count: int


@dataclass(frozen=True, slots=True)
class Search:
    """Treatment days in order, and every week that was looked at: its days, those taken, and how far it went."""

    chosen: tuple[Day, ...]
    weeks: tuple[tuple[Sequence[Day], Sequence[Day], date], ...]

    @property
    def count(self) -> int:
        return sum(day.count for day in self.chosen)

    @property
    def ends_on(self) -> date | None:
        return self.chosen[-1].day if self.chosen else None


def bounds(agenda: Agenda) -> tuple[date, date]:
    """The first and the last day that may be used."""
    request = agenda.request
    lasts = [limit.last_day for limit in request.limits if limit.last_day is not None]
    wished = request.finish_by or request.start_date + timedelta(weeks=SEARCH_WEEKS)
    return request.start_date, min([wished, *lasts])


def to_place(agenda: Agenda) -> int:
    """Sessions that somebody pays for: all that were asked, or fewer where a limit counts them."""
    counts = [limit.sessions for limit in agenda.request.limits if limit.sessions is not None]
    return max(0, min([agenda.request.sessions, *counts]))


def choose_days(agenda: Agenda, choices: Choices, *, before: date | None = None) -> Search:
    """The days that hold all sessions and end first; ``before`` gives up a search that would end there or later."""
    left = to_place(agenda)
    chosen: list[Day] = []
    weeks = []
    for week in _weeks(agenda, choices, before):
        if not left:
            break
        best, last = _best_of_week(agenda, week, left)
        for day in best:
            chosen.append(Day(day.day, day.choices, day.room, min(day.count, left)))
            left -= chosen[-1].count
        weeks.append((week, best, last))
    return Search(tuple(chosen), tuple(weeks))


def passed_over(agenda: Agenda, search: Search) -> tuple[Problem, ...]:
    """The days up to the end that hold fewer sessions than wished, each with its reason."""
    return tuple(
        problem
        for week, best, last in search.weeks
        for problem in _short_days(agenda, [day for day in week if day.day <= last], best)
    )


def pack(agenda: Agenda, choices: Sequence[Candidate], room: int) -> list[Candidate]:
    """As many sessions as the day holds, each as early as it goes (which loses none)."""
    packed: list[Candidate] = []
    for choice in choices:
        if len(packed) == room:
            break
        if all(agenda.fit_together(choice, taken) for taken in packed):
            packed.append(choice)
    return packed


def _weeks(agenda: Agenda, choices: Choices, before: date | None) -> Iterator[list[Day]]:
    first, last = bounds(agenda)
    if before is not None:
        last = min(last, before - timedelta(days=1))
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    for _, week in groupby(days, key=_week):
        yield [_look_at(agenda, choices, day) for day in week]


def _week(day: date) -> int:
    """The same number for the days from one Monday to the next."""
    return (day.toordinal() - 1) // 7


def _look_at(agenda: Agenda, choices: Choices, day: date) -> Day:
    room = max(0, agenda.request.per_day - agenda.kept_on[day])
    free = choices(day) if room else ()
    return Day(day, free, room, len(pack(agenda, free, room)))


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
            yield agenda.why_not(day.day) or _no_hour(agenda, day)


def _no_hour(agenda: Agenda, day: Day) -> Problem:
    if agenda.lacks_staff(day.day):
        sentence = f"A device is free on {spoken(day.day)}, but no nurse is there to watch it."
        return Problem(ProblemCode.NO_STAFF, sentence, "Add nurses' hours on that day.", day.day)
    return _short(day, ProblemCode.NO_FREE_HOUR, f"No fitting hour is free on {spoken(day.day)}.")


def _short(day: Day, code: ProblemCode, sentence: str) -> Problem:
    return Problem(
        code, sentence, "Free an hour on a device that day, or widen the opening hours or the wish.", day.day
    )
