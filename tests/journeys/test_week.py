"""The week in a browser: an hour dragged to where it fits, one dropped where it does not, and a freed hour that is offered."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from courses.models import Appointment
from devices.models import Device
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.journeys.conftest import Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tuesday(clinic: Clinic) -> datetime:
    """A Tuesday at ten, some weeks on, without a holiday near."""
    day = timezone.localdate(timezone=clinic.zone) + timedelta(days=21)
    while day.weekday() != 1 or day.day in {24, 25}:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=clinic.zone)


@pytest.fixture
def devices(clinic: Clinic) -> list[Device]:
    return [factories.make_device(clinic, f"Device {number}") for number in (1, 2)]


def book(clinic: Clinic, physician: User, device: Device, at: datetime, given_name: str) -> Appointment:
    patient = factories.make_patient(clinic, given_name=given_name, phone="312-555-0100")
    return factories.make_appointment(factories.make_course(patient, physician), device, at)


def hour(page: Page, name: str) -> Locator:
    return page.locator(".ec-event.hour", has_text=name)


def drag(page: Page, what: Locator, *, slots_down: int) -> None:
    """By half-hour slots of the calendar; the pointer goes in steps, as a hand does."""
    box = what.bounding_box()
    assert box
    height = box["height"] / 2  # an hour is two slots
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8 + slots_down * height * step / 8)
    page.mouse.up()


def test_an_hour_is_dragged_refused_where_taken_and_offered_when_freed(
    login: Login,
    complaints: list[str],
    clinic: Clinic,
    nurse: User,
    physician: User,
    devices: list[Device],
    tuesday: datetime,
) -> None:
    joan = book(clinic, physician, devices[0], tuesday, "Joan")
    ilse = book(clinic, physician, devices[0], tuesday + timedelta(hours=3), "Ilse")
    waiting = factories.make_course(factories.make_patient(clinic, given_name="Otis"), physician)
    page = login("nora")

    page.goto(f"/week/?day={tuesday.date()}")
    hour(page, "Joan").wait_for()
    drag(page, hour(page, "Joan"), slots_down=2)
    expect(page.locator("[data-week-says]")).to_contain_text("Moved to Tue")
    joan.refresh_from_db()
    assert joan.starts_at == tuesday + timedelta(hours=1)

    page.reload()
    hour(page, "Joan").wait_for()
    drag(page, hour(page, "Joan"), slots_down=4)
    expect(page.locator("[data-week-says]")).to_contain_text("Nothing was moved")
    joan.refresh_from_db()
    assert joan.starts_at == tuesday + timedelta(hours=1)

    # The same by keyboard: the hour is a link, and its page has the form.
    page.reload()
    hour(page, "Joan").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Hour", exact=True).fill("08:00")
    page.get_by_label("Why").fill("The patient asked")
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_text("Tell the patient")).to_be_visible()
    joan.refresh_from_db()
    assert joan.starts_at == tuesday - timedelta(hours=2)

    page.goto(f"/courses/{waiting.code}/wait/")
    page.get_by_label("Urgency").select_option("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The booked hours stay as they are.")).to_be_visible()
    page.goto(f"/appointments/{ilse.code}/")
    page.get_by_label("Reason", exact=True).select_option("ill")
    page.get_by_role("button", name="Cancel the appointment").click()
    page.get_by_role("link", name=re.compile("Who could take")).click()
    page.get_by_role("button", name="Offer it").click()
    page.get_by_role("button", name="Accepted").click()
    expect(page.get_by_text("Booked, and taken off the wait list.")).to_be_visible()
    taken = Appointment.objects.get(course=waiting)
    assert taken.starts_at == tuesday + timedelta(hours=3)
    # What was refused is an answer, which Chromium calls an error.
    assert all("409" in line for line in complaints)
