"""A nurse plans a course three ways, makes up a missed session, and gets a device's downtime out of the way."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.models import Appointment, Course, Move
from devices.models import Device, MaintenanceWindow
from eecp_clinic.models import Clinic, OpeningHours, User
from tests import factories
from tests.journeys.conftest import Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinic(transactional_db: None) -> Clinic:
    """A clinic that works every day from early to late, so that the journey does not depend on the hour."""
    clinic = factories.make_clinic()
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=time(0), closes=time(23, 59)) for day in range(7)
    )
    return clinic


@pytest.fixture
def devices(clinic: Clinic) -> list[Device]:
    return [factories.make_device(clinic, f"Device {n}") for n in (1, 2)]


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician)


def submit(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def in_days(clinic: Clinic, days: int, hour: int) -> datetime:
    return datetime.combine(clinic.day_of(timezone.now()) + timedelta(days=days), time(hour), clinic.zone)


def test_course_is_planned_the_steadiest_way(
    login: Login, nurse: User, course: Course, devices: list[Device], complaints: list[str]
) -> None:
    page = login("nora")
    page.goto(f"/courses/{course.code}/plan/")
    page.locator("[name=preferred_time]").fill("09:00")
    submit(page, "Propose the hours")
    ways = page.get_by_role("navigation", name="Three ways to place the course")
    expect(ways.get_by_role("link")).to_have_count(3)
    with page.expect_navigation():
        ways.get_by_role("link", name=re.compile("Steadiest hour")).click()
    expect(ways.locator("[aria-current]")).to_contain_text("Steadiest hour")
    submit(page, re.compile("Book all 35"))
    assert {course.clinic.local(row.starts_at).time() for row in course.appointments.all()} == {time(9)}
    assert complaints == []


def test_missed_session_is_made_up_with_one_click(
    login: Login, nurse: User, clinic: Clinic, course: Course, devices: list[Device], complaints: list[str]
) -> None:
    missed = factories.make_appointment(course, devices[0], in_days(clinic, -1, 10))
    factories.make_appointment(course, devices[0], in_days(clinic, 2, 10))
    page = login("nora")
    page.goto(f"/appointments/{missed.code}/")
    page.locator("[name=miss-reason]").select_option("ill")
    submit(page, "Mark as missed")
    expect(page.get_by_role("heading", name="Make up a session")).to_be_visible()
    expect(page.get_by_text("Disturbs the course least")).to_be_visible()
    submit(page, re.compile("Book this"))
    assert course.appointments.filter(state=Appointment.State.BOOKED).count() == 2
    assert complaints == []


def test_downtime_is_repaired_in_part_and_the_patient_told(
    login: Login, nurse: User, clinic: Clinic, course: Course, devices: list[Device], complaints: list[str]
) -> None:
    rows = [factories.make_appointment(course, devices[0], in_days(clinic, days, 10)) for days in (1, 2)]
    page = login("nora")
    page.goto("/repair/")
    page.locator("[name=device]").select_option(label="Device 1")
    page.locator("[name=ends]").fill(f"{in_days(clinic, 3, 0):%Y-%m-%dT%H:%M}")
    page.locator("[name=reason]").fill("Valve")
    submit(page, "Show what it hits")
    expect(page.locator("svg.repair-picture")).to_have_count(2)
    page.locator("[name=move]").nth(1).uncheck()
    submit(page, "Accept what is ticked")
    expect(page.get_by_text("1 session was moved")).to_be_visible()
    submit(page, re.compile("Told"))
    assert Move.objects.get().told_by == nurse
    assert MaintenanceWindow.objects.count() == 1
    rows[1].refresh_from_db()
    assert rows[1].device == devices[0]
    page.goto("/today/")
    expect(page.get_by_text("which cannot be used then")).to_be_visible()
    assert complaints == []
