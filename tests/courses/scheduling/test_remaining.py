"""Treatment days that are left: open, not yet used, and no more a week than ordered."""

from collections.abc import Collection
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.scheduling.remaining import treatment_days_left

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
WORKDAYS = range(5)


@pytest.mark.parametrize(
    ("first", "last", "closed", "per_week", "used", "left"),
    [
        (MONDAY, FRIDAY, (), 5, (), 5),
        (MONDAY, FRIDAY, (date(2026, 11, 26),), 5, (), 4),
        (MONDAY, FRIDAY, (), 3, (), 3),
        (MONDAY, FRIDAY, (), 5, (MONDAY,), 4),
        (MONDAY, FRIDAY, (), 3, (MONDAY,), 2),
        (date(2026, 11, 25), FRIDAY, (), 3, (MONDAY, date(2026, 11, 24)), 1),
        (date(2026, 11, 28), date(2026, 11, 29), (), 5, (), 0),
        (FRIDAY, MONDAY, (), 5, (), 0),
        (MONDAY, date(2026, 12, 4), (), 4, (MONDAY,), 7),
    ],
)
def test_days_left(
    first: date, last: date, closed: Collection[date], per_week: int, used: Collection[date], left: int
) -> None:
    assert (
        treatment_days_left(first, last, weekdays=WORKDAYS, closed=closed, days_per_week=per_week, used=used)
        == left
    )


@given(length=st.integers(0, 90), closed=st.sets(st.dates(MONDAY, date(2027, 2, 28))), week=st.integers(1, 6))
def test_a_closure_never_adds_a_day(length: int, closed: set[date], week: int) -> None:
    last = date.fromordinal(MONDAY.toordinal() + length)
    free = treatment_days_left(MONDAY, last, weekdays=WORKDAYS, closed=(), days_per_week=week)
    assert treatment_days_left(MONDAY, last, weekdays=WORKDAYS, closed=closed, days_per_week=week) <= free
