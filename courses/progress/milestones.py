"""When a physician is due to look at a course. PURE.

The middle is half of the ordered sessions, rounded down (17 of 35), the point at which outcomes are measured
again. The review is due from its end on and late once one session more was given (18 of 35). Both it and the summary at
the end are the clinic's rule.
"""

from collections.abc import Sequence
from datetime import datetime


def middle_of(ordered_sessions: int) -> int:
    """The number of the session after which the mid-course review is due; at least the first."""
    return max(1, ordered_sessions // 2)


def middle_due_since(ended: Sequence[datetime], ordered_sessions: int, *, reviewed: bool) -> datetime | None:
    """Since when the mid-course review is due, from the ends of the completed sessions in order; None: not due."""
    middle = middle_of(ordered_sessions)
    return None if reviewed or len(ended) < middle else ended[middle - 1]


def middle_overdue_since(
    ended: Sequence[datetime], ordered_sessions: int, *, reviewed: bool
) -> datetime | None:
    """Since when the mid-course review is late: one session more was given after the middle (18 of 35)."""
    middle = middle_of(ordered_sessions)
    return None if reviewed or len(ended) <= middle else ended[middle]


def summary_due_since(ended: Sequence[datetime], *, is_over: bool, reviewed: bool) -> datetime | None:
    """Since when the course summary is due: the end of the last session of a course that is over."""
    return None if reviewed or not is_over or not ended else ended[-1]
