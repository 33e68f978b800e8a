from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.timely_filing import SATURDAY, filing_limit

NO_HOLIDAYS: frozenset[date] = frozenset()


@pytest.mark.parametrize(
    ("service", "last_day"),
    [
        (date(2025, 9, 15), date(2026, 9, 15)),  # a Tuesday
        (date(2025, 9, 12), date(2026, 9, 14)),  # a Saturday rolls to Monday
        (date(2025, 9, 13), date(2026, 9, 14)),  # a Sunday too
        (date(2028, 2, 29), date(2029, 2, 28)),  # a Wednesday
        (date(2024, 2, 29), date(2025, 2, 28)),  # a Friday
        (date(2027, 2, 28), date(2028, 2, 28)),  # not the 29th
    ],
)
def test_a_line_is_due_a_year_after_its_service(service: date, last_day: date) -> None:
    assert filing_limit(service, on=service, holidays=NO_HOLIDAYS).last_day == last_day


def test_a_holiday_before_a_weekend_rolls_over_both() -> None:
    christmas = date(2026, 12, 25)  # a Friday
    limit = filing_limit(date(2025, 12, 25), on=date(2026, 12, 1), holidays={christmas})
    assert limit.last_day == date(2026, 12, 28)
    assert limit.days_left == 27


@pytest.mark.parametrize(
    ("on", "left"), [(date(2026, 9, 14), 1), (date(2026, 9, 15), 0), (date(2026, 9, 16), -1)]
)
def test_days_left_reach_zero_on_the_last_day(on: date, left: int) -> None:
    assert filing_limit(date(2025, 9, 15), on=on, holidays=NO_HOLIDAYS).days_left == left


@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.frozensets(st.dates(date(2000, 1, 1), date(2051, 1, 1)))
)
def test_the_last_day_is_a_workday_and_never_before_the_anniversary(
    service: date, holidays: frozenset[date]
) -> None:
    last = filing_limit(service, on=service, holidays=holidays).last_day
    assert last.weekday() < SATURDAY
    assert last not in holidays
    assert last - service >= timedelta(days=365)
