"""What waits, for whom, by when it is due, and how late it is. PURE.

The days allowed are the clinic's choice, counted by the calendar: no source sets them. What a hold, a gap in the
supervision or an unsigned session needs is known on the day itself and forgotten on the next, so that these are due
on their own day. Countersignatures and course summaries have a week, as a medical director reads records weekly in
cardiac rehabilitation. A mid-course review is due when the middle session was given and late when one more was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What waits, in the order in which the page offers them."""

    HOLD = "hold"
    MID_COURSE = "mid_course"
    SUMMARY = "summary"
    DECISION = "decision"
    ORDER = "order"
    COUNTERSIGN = "countersign"
    EARLY = "early"
    GAP = "gap"
    LOG = "log"
    UNSIGNED = "unsigned"
    EXCEPTIONS = "exceptions"
    OUTCOMES = "outcomes"


class Group(StrEnum):
    """Who it waits for, where it waits for nobody in particular; the names of the roles."""

    PHYSICIAN = "physician"
    NURSE = "nurse"


#: Days after the day since when it waits; what is not here is due when its facts say so.
DAYS_ALLOWED = {
    Kind.HOLD: 0,
    Kind.GAP: 0,
    Kind.UNSIGNED: 0,
    Kind.LOG: 1,
    Kind.DECISION: 2,
    Kind.ORDER: 2,
    Kind.EARLY: 3,
    Kind.COUNTERSIGN: 7,
    Kind.SUMMARY: 7,
    Kind.EXCEPTIONS: 7,
}
#: What only a physician's signature, decision or answer ends; the navigation counts these.
PHYSICIANS_OWN = (Kind.HOLD, Kind.MID_COURSE, Kind.SUMMARY, Kind.DECISION, Kind.ORDER, Kind.COUNTERSIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that waits. ``since_on`` is the clinic's day of ``since``.

    ``due_on`` is given where no number of days rules, and None where no day is known yet. ``person`` is the key of
    the one it waits for; None: anybody of ``group`` but ``not_person``. ``subject`` leads back to what it is about.
    """

    kind: Kind
    subject: str
    since: datetime
    since_on: date
    group: Group
    person: int | None = None
    not_person: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """``due_on`` None: no day is known by which it must be done. ``days_late`` 0: not late."""

    fact: Fact
    due_on: date | None
    days_late: int

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


def items(facts: Iterable[Fact], today: date) -> tuple[Item, ...]:
    """Every fact with its day and lateness, what is due first standing first."""
    found = [_item(fact, today) for fact in facts]
    return tuple(sorted(found, key=lambda item: (item.due_on or item.fact.since_on, item.fact.since)))


def _item(fact: Fact, today: date) -> Item:
    due_on = fact.due_on
    if due_on is None and fact.kind in DAYS_ALLOWED:
        due_on = fact.since_on + timedelta(days=DAYS_ALLOWED[fact.kind])
    return Item(fact, due_on, max(0, (today - due_on).days) if due_on else 0)


def waits_for(fact: Fact, person: int, groups: Iterable[str]) -> bool:
    """Whether it is this person's: named, or anybody's of a group that they belong to."""
    if fact.person is not None:
        return fact.person == person
    return fact.not_person != person and fact.group in set(groups)


@dataclass(frozen=True, slots=True)
class Load:
    """How much of one kind waits, and how much of that is late."""

    kind: Kind
    count: int
    late: int


def loads(waiting: Sequence[Item]) -> tuple[Load, ...]:
    """What waits by kind, in the order of the kinds; a kind of which nothing waits is left out."""
    found = []
    for kind in Kind:
        own = [item for item in waiting if item.fact.kind is kind]
        if own:
            found.append(Load(kind, len(own), sum(item.is_late for item in own)))
    return tuple(found)
