"""What waits for a physician is done from one page; a gap in the supervision is explained and its log signed."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import (
    Course,
    Review,
    Session,
    SupervisionGapNote,
    SupervisionLog,
    SupervisionPeriod,
    TreatmentOrder,
)
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
DAY = timedelta(days=1)


def where_it_is_noon(now: datetime) -> str:
    """A zone in which it is about twelve, so that an hour ago was today whenever the test runs."""
    ahead = 12 - now.hour
    return f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}" if ahead else "Etc/UTC"


@pytest.fixture
def course() -> Course:
    """Past its middle and one session more; an hour of today is over, of which the first half was supervised."""
    cache.clear()
    clinic: Clinic = factories.make_clinic()
    now = timezone.now()
    clinic.time_zone = where_it_is_noon(now)
    clinic.save()
    nurse: User = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    patient = factories.make_patient(clinic)
    order = factories.make_order(patient, physician, sessions=6)
    course = factories.make_course(patient, physician, order=order)
    device = factories.make_device(clinic)
    for start in (now - 4 * DAY, now - 3 * DAY, now - 2 * DAY, now - timedelta(minutes=61)):
        hour = factories.make_appointment(course, device, start, state="done")
        factories.make_session(hour, nurse, Session.State.ENDED)
    return course


@pytest.fixture
def half_supervised(course: Course) -> SupervisionPeriod:
    """A period of today that reaches into the hour's second half and goes on."""
    physician = User.objects.get(username="petra")
    return SupervisionPeriod.objects.create(
        clinic=course.clinic, practitioner=physician, started_at=timezone.now() - timedelta(minutes=30)
    )


def test_physician_works_off_the_list_and_decides_in_the_middle(
    login: Login, course: Course, complaints: list[str]
) -> None:
    other = factories.make_patient(course.clinic, family_name="Probe", given_name="Karl")
    factories.make_order(other, User.objects.get(username="petra"), signed=False)
    page = login("petra")
    page.goto("/reviews/")
    expect(page.locator(".nav-count")).to_have_text("2 wait for your signature or decision")
    look_at(page, "reviews")
    row = page.get_by_role("row").filter(has_text="Mid-course review")
    expect(row).to_contain_text("4 of 6 sessions given")
    row.get_by_role("link", name="Review and sign").click()
    page.get_by_label("Assessment").fill("Walks further, legs sore at 260 mmHg.")
    page.get_by_label("Decision", exact=False).first.select_option("adjust")
    page.get_by_label("New pressure target").fill("230")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("now 230 mmHg by a signed decision")).to_be_visible()
    assert Review.objects.get().decision == "adjust"
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reviews").click()
    expect(page.get_by_text("Mid-course review")).to_have_count(0)
    page.get_by_role("link", name="Order", exact=False).first.click()
    row = page.get_by_role("row").filter(has_text="PROBE Karl")
    row.get_by_role("link", name="Read and sign").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign").click()
    expect(page.locator(".nav-count")).to_have_count(0)
    assert TreatmentOrder.objects.get(patient=other).is_signed
    assert complaints == []


def test_gap_of_today_is_explained_and_the_log_of_the_day_signed(
    login: Login, course: Course, half_supervised: SupervisionPeriod, complaints: list[str]
) -> None:
    nurse = login("nora")
    nurse.goto("/supervision/")
    today = nurse.get_by_role("region", name="Sessions of today without supervision")
    expect(today).to_contain_text("Not explained")
    look_at(nurse, "gap")
    today.get_by_role("link", name="Explain it").click()
    nurse.get_by_label("What happened").fill("The physician was at the bed and began to note it late")
    look_at(nurse, "gap-explained")
    nurse.get_by_role("button", name="Keep the explanation").click()
    expect(today).to_contain_text("at the bed")
    page = login("petra")
    page.goto("/supervision/")
    page.get_by_role("button", name="End my supervision").click()
    expect(page.get_by_text("Your supervision has ended")).to_be_visible()
    logs = page.get_by_role("region", name="Daily logs")
    expect(logs).to_contain_text("To sign")
    logs.get_by_role("link").first.click()
    expect(page.get_by_text("at the bed")).to_be_visible()
    look_at(page, "log")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the log").click()
    expect(page.get_by_text("The log is signed.")).to_be_visible()
    expect(page.get_by_role("link", name="Signed log (PDF)")).to_be_visible()
    assert SupervisionLog.objects.get().version == 1
    assert SupervisionGapNote.objects.get().by.username == "nora"
    assert complaints == []
