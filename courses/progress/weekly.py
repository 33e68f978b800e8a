"""Angina and nitroglycerin by week of the course, from the patient's diary or from what was told at the sessions.

PURE. A week is seven days from the first day of the course. A diary week counts the days that were kept and says
how many; nothing is multiplied up to a whole week. Where the diary has no day of a week, what the patient told at
its sessions ("since last time") is added up, and the two are never mixed in one week.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS = 7


class Source(StrEnum):
    DIARY = "diary"
    SESSIONS = "sessions"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Told:
    """A day of the diary, or a session with what was told before it. None: not asked, or not known."""

    day: date
    episodes: int | None
    nitroglycerin: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """``number`` counts from 1 (0 and below: before the course). ``days`` is how many days or sessions are behind it."""

    number: int
    first_day: date
    episodes: int | None
    nitroglycerin: int | None
    source: Source
    days: int

    @property
    def is_whole(self) -> bool:
        """Whether a diary week was kept on each of its days."""
        return self.source is Source.DIARY and self.days == DAYS


def weeks(begins: date, diary: Iterable[Told], sessions: Iterable[Told], until: date) -> tuple[Week, ...]:
    """Every week from the first that is known, at the latest week 1, to the one that holds ``until``.

    Raises
    ------
    ValueError
        ``until`` lies before ``begins``, or a count is negative.
    """
    if until < begins:
        raise ValueError("The last day lies before the course. Exchange the two.")
    kept, told = _by_week(begins, diary, until), _by_week(begins, sessions, until)
    first = min([1, *kept, *told])
    last = (until - begins).days // DAYS + 1
    return tuple(
        _week(number, begins, kept.get(number, []), told.get(number, [])) for number in range(first, last + 1)
    )


def _by_week(begins: date, days: Iterable[Told], until: date) -> dict[int, list[Told]]:
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for one in days:
        if any(count is not None and count < 0 for count in (one.episodes, one.nitroglycerin)):
            raise ValueError(f"A count of {one.day} is below 0. Correct the entry.")
        if one.day <= until and (one.episodes is not None or one.nitroglycerin is not None):
            found[(one.day - begins).days // DAYS + 1].append(one)
    return found


def _week(number: int, begins: date, kept: list[Told], told: list[Told]) -> Week:
    own = kept or told
    source = Source.DIARY if kept else Source.SESSIONS if told else Source.NONE
    return Week(
        number=number,
        first_day=begins + timedelta(days=DAYS * (number - 1)),
        episodes=_sum(one.episodes for one in own),
        nitroglycerin=_sum(one.nitroglycerin for one in own),
        source=source,
        days=len(own),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """None where nothing is known; what is known otherwise."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
