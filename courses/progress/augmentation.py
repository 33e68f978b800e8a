"""Diastolic augmentation over a course: first week against last, beside the published target.

PURE. Target 1.5 to 2.0: Suresh 1998 (n = 15, flow effect greatest at ratios of 1.5 to 2.0) and the registry's
statement on area ratios (Michaels 2001, n = 1004, of whom 37 % reached 1.5 at the end). The target is no
threshold of benefit, and too early an inflation raises the ratio, so it is read beside the timing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

TARGET = (1.5, 2.0)
_WEEK = timedelta(days=7)


class Position(StrEnum):
    """Where a ratio lies by the target."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class SessionRatio:
    """Median D/S ratio of one session, without unit; None where it could not be assessed."""

    given_on: date
    ratio: float | None


@dataclass(frozen=True, slots=True)
class AugmentationTrend:
    """Medians over sessions; None where there is too little. ``n_first`` and ``n_last`` count the sessions."""

    first_week: float | None
    last_week: float | None
    change: float | None
    n_first: int
    n_last: int
    position: Position | None
    sentence: str


def augmentation_trend(sessions: Sequence[SessionRatio]) -> AugmentationTrend:
    """The first seven days of the course against its last seven, in any order given.

    Sessions without a ratio are left out and said so. A course of less than two weeks has no last week apart
    from its first: then only the first is told.
    """
    if any(s.ratio is not None and s.ratio < 0 for s in sessions):
        raise ValueError("A D/S ratio cannot be below 0. Check the analysis of that session.")
    if not sessions:
        return AugmentationTrend(None, None, None, 0, 0, None, "Augmentation: no session yet.")
    begins = min(s.given_on for s in sessions)
    ends = max(s.given_on for s in sessions)
    first = [s.ratio for s in sessions if s.given_on < begins + _WEEK and s.ratio is not None]
    last = [s.ratio for s in sessions if s.given_on > ends - _WEEK and s.ratio is not None]
    if ends - begins < 2 * _WEEK - timedelta(days=1):
        last = []
    left_out = sum(s.ratio is None for s in sessions)
    return _trend(first, last, left_out)


def _trend(first: Sequence[float], last: Sequence[float], left_out: int) -> AugmentationTrend:
    before = median(first) if first else None
    after = median(last) if last else None
    latest = after if after is not None else before
    position = None if latest is None else _position(latest)
    if before is not None and after is not None:
        text = f"Augmentation (D/S): {before:.2f} in the first week, {after:.2f} in the last; "
    elif after is not None:
        text = f"Augmentation (D/S): not known in the first week, {after:.2f} in the last; "
    elif before is not None:
        text = f"Augmentation (D/S): {before:.2f} in the first week, no later week to compare; "
    else:
        text = "Augmentation (D/S): not known"
    if position is not None:
        text += f"{position} the target of {TARGET[0]} to {TARGET[1]}"
    if left_out:
        noun = "session" if left_out == 1 else "sessions"
        text += f"; {left_out} {noun} could not be assessed"
    change = None if before is None or after is None else after - before
    return AugmentationTrend(before, after, change, len(first), len(last), position, text + ".")


def _position(ratio: float) -> Position:
    if ratio < TARGET[0]:
        return Position.BELOW
    return Position.WITHIN if ratio <= TARGET[1] else Position.ABOVE
