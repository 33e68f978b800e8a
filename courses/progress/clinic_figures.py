"""A clinic's figures from counted facts: one definition of each, for screen, CSV and export. PURE.

Facts arrive counted by month, device or nurse; a figure is a ratio of two sums, with the number of cases it rests on. What
changed in a patient is decided by ``trends.py`` and nowhere else. Unknown stays out of both sums, and is counted as missing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from courses.progress.small_counts import hidden_groups, total_is_hidden
from courses.progress.trends import Change, Outcomes, compare

_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFact:
    """``courses`` courses that ended in ``month`` and are alike. ``minutes``: what they were given together, None where
    it is not known of each; ``reached``: D/S area of the last assessed session at or above the target's lower end."""

    month: date
    courses: int
    completed: bool
    baseline_ccs: int | None
    end_ccs: int | None
    reached: bool | None
    had_event: bool
    minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFact:
    """``sessions`` completed sessions of ``month`` by one device or nurse (``group``).

    ``timed`` of them have known minutes: ``delivered_min`` of ``ordered_min``. ``assessed`` have a report with effective
    minutes: ``effective_min`` of ``assessed_min``. ``rated`` have a D/S peak, ``at_target`` of them 1.5 or more.
    """

    month: date
    group: str
    sessions: int
    timed: int = 0
    delivered_min: float = 0.0
    ordered_min: float = 0.0
    assessed: int = 0
    effective_min: float = 0.0
    assessed_min: float = 0.0
    rated: int = 0
    at_target: int = 0
    events: int = 0
    severe: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFact:
    """Booked hours of ``month`` on one device that came or should have come; ``missed`` of them did not."""

    month: date
    group: str
    hours: int
    missed: int


Fact = TypeVar("Fact", CourseFact, SessionFact, HourFact)


@dataclass(frozen=True, slots=True)
class Sums:
    """``value`` = scale × ``top`` / ``bottom``, resting on ``n`` cases."""

    n: int = 0
    top: float = 0.0
    bottom: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.top + other.top, self.bottom + other.bottom)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one group. ``value`` and ``n`` are None where hidden; ``value`` too where there is no case."""

    group: str
    n: int | None
    value: float | None

    @property
    def is_hidden(self) -> bool:
        return self.n is None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is. ``cases``: what ``n`` counts; ``unit``: '%', 'h' or 'per 1,000'."""

    code: str
    kind: str  # course, session or hour: what stands behind it
    unit: str
    scale: float
    cases: str
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """``by_month`` in order of the months; ``by_device`` empty where it says nothing about a device."""

    definition: Definition
    total: Cell
    by_month: tuple[Cell, ...]
    by_device: tuple[Cell, ...] = ()


def class_change(baseline: int | None, end: int | None) -> Change:
    """How the CCS class changed from baseline to end, as ``trends.py`` decides and says it."""
    was, now = (Outcomes(measured_on=_ANY_DAY, ccs_class=value) for value in (baseline, end))
    return next(one for one in compare(was, now) if one.code == "ccs_class")


def class_gain(baseline: int | None, end: int | None) -> int | None:
    """CCS classes gained, positive is better; None where either is not known."""
    gain = class_change(baseline, end).gain
    return None if gain is None else int(gain)


def _share(fact: CourseFact, counts: bool | None) -> Sums:
    return Sums() if counts is None else Sums(fact.courses, fact.courses * counts, fact.courses)


def _gained(fact: CourseFact, *, completed: bool, at_least: int) -> Sums:
    gain = class_gain(fact.baseline_ccs, fact.end_ccs) if fact.completed is completed else None
    return _share(fact, None if gain is None else gain >= at_least)


def _hours(fact: CourseFact) -> Sums:
    if not fact.completed or fact.minutes is None:
        return Sums()
    return Sums(fact.courses, fact.minutes / 60, fact.courses)


COURSE_FIGURES: tuple[tuple[Definition, Callable[[CourseFact], Sums]], ...] = (
    (Definition("completion", "course", "%", 100, "courses"), lambda f: _share(f, f.completed)),
    (
        Definition("class_gain", "course", "%", 100, "courses"),
        lambda f: _gained(f, completed=True, at_least=1),
    ),
    (
        Definition("class_gain_two", "course", "%", 100, "courses"),
        lambda f: _gained(f, completed=True, at_least=2),
    ),
    (
        Definition("class_gain_not_completed", "course", "%", 100, "courses"),
        lambda f: _gained(f, completed=False, at_least=1),
    ),
    (Definition("ds_at_end", "course", "%", 100, "courses"), lambda f: _share(f, f.reached)),
    (Definition("hours", "course", "h", 1, "courses", 1), _hours),
    (Definition("courses_with_event", "course", "%", 100, "courses"), lambda f: _share(f, f.had_event)),
)
SESSION_FIGURES: tuple[tuple[Definition, Callable[[SessionFact], Sums]], ...] = (
    (
        Definition("minutes", "session", "%", 100, "sessions", 1),
        lambda f: Sums(f.timed, f.delivered_min, f.ordered_min),
    ),
    (
        Definition("effective", "session", "%", 100, "sessions", 1),
        lambda f: Sums(f.assessed, f.effective_min, f.assessed_min),
    ),
    (Definition("ds_target", "session", "%", 100, "sessions"), lambda f: Sums(f.rated, f.at_target, f.rated)),
    (
        Definition("events", "session", "per 1,000", 1000, "sessions", 1),
        lambda f: Sums(f.sessions, f.events, f.sessions),
    ),
    (
        Definition("severe_events", "session", "per 1,000", 1000, "sessions", 1),
        lambda f: Sums(f.sessions, f.severe, f.sessions),
    ),
)
HOUR_FIGURES: tuple[tuple[Definition, Callable[[HourFact], Sums]], ...] = (
    (Definition("no_shows", "hour", "%", 100, "hours", 1), lambda f: Sums(f.hours, f.missed, f.hours)),
)
#: What a nurse's own work can change. Events and no-shows are not: they would punish who charts well.
OF_A_NURSE = ("minutes", "effective")
DEFINITIONS = {d.code: d for d, _ in (*COURSE_FIGURES, *SESSION_FIGURES, *HOUR_FIGURES)}


def figures(
    courses: Sequence[CourseFact],
    sessions: Sequence[SessionFact],
    hours: Sequence[HourFact],
    months: Sequence[date],
    devices: Sequence[str],
) -> tuple[Figure, ...]:
    """Every figure of the clinic over ``months``, by month and by device; small groups are hidden.

    Raises
    ------
    ValueError
        A fact of a month or a device that is not among those asked for.
    """
    keys = [month.isoformat() for month in months]
    return (
        *(_figure(d, of, courses, keys, ()) for d, of in COURSE_FIGURES),
        *(_figure(d, of, hours, keys, devices) for d, of in HOUR_FIGURES),
        *(_figure(d, of, sessions, keys, devices) for d, of in SESSION_FIGURES),
    )


def by_nurse(sessions: Sequence[SessionFact], nurses: Sequence[str]) -> tuple[Figure, ...]:
    """Of facts whose groups are nurses: what is fair to tell of them, each against all."""
    fair = ((d, of) for d, of in SESSION_FIGURES if d.code in OF_A_NURSE)
    return tuple(_figure(d, of, sessions, (), nurses) for d, of in fair)


def _figure(
    definition: Definition,
    of: Callable[[Fact], Sums],
    facts: Sequence[Fact],
    months: Sequence[str],
    groups: Sequence[str],
) -> Figure:
    by_month = _summed(months, ((fact.month.isoformat(), of(fact)) for fact in facts)) if months else []
    by_group = _summed(groups, ((getattr(fact, "group", ""), of(fact)) for fact in facts)) if groups else []
    total = sum((of(fact) for fact in facts), Sums())
    return Figure(
        definition,
        _cell(definition, "", total, hide=total_is_hidden([total.n])),
        _cells(definition, months, by_month),
        _cells(definition, groups, by_group),
    )


def _summed(groups: Sequence[str], parts: Iterable[tuple[str, Sums]]) -> list[Sums]:
    found = dict.fromkeys(groups, Sums())
    for group, sums in parts:
        if group not in found:
            raise ValueError(
                f"There are facts of {group!r}, which is none of the groups. Count those asked for."
            )
        found[group] += sums
    return list(found.values())


def _cells(definition: Definition, groups: Sequence[str], sums: Sequence[Sums]) -> tuple[Cell, ...]:
    hidden = hidden_groups([one.n for one in sums])
    return tuple(
        _cell(definition, group, one, hide=place in hidden)
        for place, (group, one) in enumerate(zip(groups, sums, strict=False))
    )


def _cell(definition: Definition, group: str, sums: Sums, *, hide: bool) -> Cell:
    if hide:
        return Cell(group, None, None)
    value = definition.scale * sums.top / sums.bottom if sums.bottom else None
    return Cell(group, sums.n, value)
