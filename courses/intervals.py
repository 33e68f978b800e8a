"""Stretches of time on the clock: when a device is taken, when somebody supervised, when a session ran.

PURE. Half-open: an interval holds its start and not its end, so that one may begin where another ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


class UnusableInterval(ValueError):
    """The two ends do not make an interval."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From ``start`` up to, and without, ``end``; both aware, kept in UTC.

    UTC and not as given: Python subtracts two moments of one zone by their wall clocks, which is an hour
    wrong across a change of the clocks.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise UnusableInterval("A time has no zone. Give both ends of the interval with their zone.")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise UnusableInterval("The interval ends before it has begun. Check the two times.")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval", *, apart: timedelta = timedelta()) -> bool:
        """Whether the two share time, or lie closer together than ``apart``."""
        return self.start < other.end + apart and other.start < self.end + apart


def uncovered(whole: Interval, covers: Iterable[Interval]) -> tuple[Interval, ...]:
    """The parts of ``whole`` that lie in none of ``covers``, in order of time."""
    gaps: list[Interval] = []
    reached = whole.start
    for cover in sorted(covers):
        if cover.end <= reached:
            continue
        if cover.start >= whole.end:
            break
        if cover.start > reached:
            gaps.append(Interval(reached, cover.start))
        reached = cover.end
    if reached < whole.end:
        gaps.append(Interval(reached, whole.end))
    return tuple(gaps)
