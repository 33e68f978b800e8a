"""The clinic's calendar: federal holidays with the day they are observed on, and the clinic's own closures."""

from datetime import UTC, date, datetime, timedelta

from courses.scheduling.calendar import closures, day_bounds, first_usable_day, opening_hours
from eecp_clinic.models import Clinic, Closure


def test_holiday_on_a_weekend_closes_the_day_it_is_observed_on_too(clinic: Clinic) -> None:
    days = {c.day: c.name for c in closures(clinic, date(2027, 7, 1), date(2027, 7, 31))}
    assert set(days) == {date(2027, 7, 4), date(2027, 7, 5)}


def test_own_closure_tells_its_reason_even_on_a_holiday(clinic: Clinic) -> None:
    Closure.objects.create(clinic=clinic, day=date(2026, 11, 26), reason="Clinic outing")
    Closure.objects.create(clinic=clinic, day=date(2026, 11, 27), reason="Bridge day")
    days = {c.day: c.name for c in closures(clinic, date(2026, 11, 23), date(2026, 12, 4))}
    assert days == {date(2026, 11, 26): "Clinic outing", date(2026, 11, 27): "Bridge day"}


def test_closures_run_over_the_new_year(clinic: Clinic) -> None:
    days = {c.day for c in closures(clinic, date(2026, 12, 20), date(2027, 1, 10))}
    assert days == {date(2026, 12, 25), date(2027, 1, 1)}


def test_day_is_as_long_as_the_clocks_make_it(clinic: Clinic) -> None:
    start, end = day_bounds(clinic, date(2026, 11, 1))
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=25)


def test_today_counts_until_no_session_fits_before_closing(clinic: Clinic) -> None:
    hours = opening_hours(clinic)
    monday = date(2026, 11, 23)
    at_four = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)  # 16:00 in Chicago; the clinic closes at 17:00
    assert first_usable_day(clinic, hours, at_four, 60) == monday
    assert first_usable_day(clinic, hours, at_four + timedelta(minutes=1), 60) == date(2026, 11, 24)
