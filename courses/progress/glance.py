"""What a picture of the course says at a glance: from where to where, and how that stands to target or start. PURE.

It states the place of a value and judges no patient: targets and thresholds are those of ``augmentation``, ``exceptions``
and the console's limits, better and worse those of ``trends``. Where one of the two is not known nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from courses.progress.exceptions import USUAL
from courses.progress.trends import Direction
from courses.progress.weekly import Week


class State(StrEnum):
    """Where the newest value stands."""

    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"
    EARLY = "early"
    LATE = "late"
    IN_TIME = "in_time"
    IN_LIMIT = "in_limit"
    BEYOND = "beyond"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    IN_FULL = "in_full"
    SHORT = "short"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


#: As what a chip shows it: as it should be, to be looked at, or neither.
_GO = {State.WITHIN, State.IN_TIME, State.IN_LIMIT, State.REACHED, State.IN_FULL, State.BETTER}


@dataclass(frozen=True, slots=True)
class Glance:
    """``values`` as they are written, from the first to the newest; ``state`` None: nothing to hold them against."""

    values: str
    state: State | None = None
    count: int = 0
    of: int = 0

    @property
    def light(self) -> str:
        if self.state is None or self.state is State.SAME:
            return "idle"
        return "go" if self.state in _GO else "look"


def in_band(value: float | None, low: float, high: float) -> State | None:
    if value is None:
        return None
    return State.BELOW if value < low else State.ABOVE if value > high else State.WITHIN


def in_time(inflation_ms: float | None, low: float, high: float) -> State | None:
    """The median inflation against the band in which it is good; ms from the aortic closure."""
    place = in_band(inflation_ms, low, high)
    return None if place is None else _IN_TIME[place]


_IN_TIME = {State.BELOW: State.EARLY, State.WITHIN: State.IN_TIME, State.ABOVE: State.LATE}


def late_state(late_percent: float | None) -> State | None:
    """As an exception is told: so many deflations may be late."""
    if late_percent is None:
        return None
    return State.BEYOND if late_percent > 100 * USUAL.late_most_share else State.IN_LIMIT


def pressure_state(given_mmhg: float | None, prescribed_mmhg: int | None) -> State | None:
    """As an exception is told: below so much of the target it is not reached."""
    if given_mmhg is None or not prescribed_mmhg:
        return None
    reached = given_mmhg >= USUAL.pressure_least_share * prescribed_mmhg
    return State.REACHED if reached else State.NOT_REACHED


def short_sessions(ended_early: Sequence[bool | None]) -> tuple[State | None, int, int]:
    """How many of the sessions of which it is known gave less than was ordered."""
    known = [early for early in ended_early if early is not None]
    short = sum(known)
    return (State.SHORT if short else State.IN_FULL if known else None), short, len(known)


def change_state(direction: Direction) -> State | None:
    return None if direction is Direction.NOT_KNOWN else State(direction)


def weeks_glance(weeks: Sequence[Week]) -> Glance | None:
    """Episodes of the first and the newest week of the course that are known.

    Better or worse is said only of two weeks whose counts have the same source and as many days or sessions behind them.
    """
    known = [week for week in weeks if week.number >= 1 and week.episodes is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    was, now = first.episodes or 0, last.episodes or 0
    if (first.source, first.days) != (last.source, last.days):
        return Glance(f"{was} → {now}")
    return Glance(f"{was} → {now}", State.BETTER if now < was else State.WORSE if now > was else State.SAME)
