"""How many treatment days are left for a course. PURE."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta


def treatment_days_left(
    first: date,
    last: date,
    *,
    weekdays: Collection[int],
    closed: Collection[date],
    days_per_week: int,
    used: Collection[date] = (),
    opened: Collection[date] = (),
) -> int:
    """Days from ``first`` to ``last``, both included, on which one more session could be given.

    Parameters
    ----------
    weekdays
        Days of the week on which the clinic treats, 0 Monday to 6 Sunday.
    closed
        Holidays and closures.
    opened
        Days that are open by an exception, whatever their weekday.
    days_per_week
        As ordered. Days of ``used`` (those that already had their session) count towards their week, which
        runs from Monday (ISO 8601), and are not left themselves.
    """
    had = Counter(_monday(day) for day in set(used))
    left: Counter[date] = Counter()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        is_open = day in opened or (day.weekday() in weekdays and day not in closed)
        if is_open and day not in used:
            left[_monday(day)] += 1
    return sum(min(count, max(0, days_per_week - had[monday])) for monday, count in left.items())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
