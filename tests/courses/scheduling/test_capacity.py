"""How full a day is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.intervals import Interval
from courses.scheduling.capacity import day_load
from courses.scheduling.month import month_of
from devices.models import MaintenanceWindow
from eecp_clinic.models import Clinic, User
from tests import factories

EIGHT = datetime(2026, 11, 23, 14, tzinfo=UTC)  # 08:00 in Chicago


def hours(begins: float, ends: float) -> Interval:
    return Interval(EIGHT + timedelta(hours=begins - 8), EIGHT + timedelta(hours=ends - 8))


def test_load_counts_devices_maintenance_and_nurses() -> None:
    booked = [hours(9, 10), hours(9, 10), hours(9.5, 10.5)]
    load = day_load(booked, [hours(8, 17)], [[], [hours(8, 12)]], devices_per_nurse=2)
    assert load.used_hours == 3
    assert load.open_hours == 9 + 5
    assert load.nurse_hours == 0.5 + 2 * 0.5 + 0.5
    assert load.step == 2


def test_unknown_nurses_and_closed_days_stay_unknown() -> None:
    load = day_load([hours(9, 10)], [], [[]], devices_per_nurse=None)
    assert load.nurse_hours is None
    assert load.share is None
    assert load.step == 0


starts = st.integers(0, 36).map(lambda quarter: 8 + quarter / 4)


@given(st.lists(starts, max_size=8), st.integers(1, 4))
def test_one_nurse_watches_no_more_than_her_devices(begins: list[float], ratio: int) -> None:
    booked = [hours(begin, begin + 1) for begin in begins]
    load = day_load(booked, [hours(8, 20)], [[]], devices_per_nurse=ratio)
    assert load.nurse_hours is not None
    assert len(booked) / ratio - 1e-9 <= load.nurse_hours <= len(booked) + 1e-9


def test_month_shows_whole_weeks_closed_days_and_maintenance(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    device = factories.make_device(clinic)
    course = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(course, device, now)
    MaintenanceWindow.objects.create(
        device=device, during=(now + timedelta(days=1), now + timedelta(days=1, hours=4)), reason="Cuff"
    )
    month = month_of(clinic, clinic.day_of(now), now)
    days = {day.day.isoformat(): day for week in month.weeks for day in week}
    assert len(days) % 7 == 0
    assert days["2026-11-23"].load.used_hours == 1
    assert days["2026-11-24"].load.open_hours == 5
    assert days["2026-11-26"].closed == "Thanksgiving Day"
    assert days["2026-11-26"].load.open_hours == 0


@pytest.mark.parametrize("path", ["courses:month", "courses:week"])
def test_month_and_week_open(nurse_client: Client, path: str) -> None:
    assert nurse_client.get(reverse(path), {"day": "2026-11-23"}).status_code == 200
    assert nurse_client.get(reverse(path), {"day": "soon"}).status_code == 422
