"""A physician decides in the middle of a course; a nurse enters outcomes; the patient keeps a diary. In a real browser."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, expect

from courses.models import DiaryEntry, OutcomeMeasure
from courses.progress.services import make_diary_link
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.courses_given import Given, course_given
from tests.factories import PASSWORD
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def given() -> Given:
    """A course with four sessions of this and the last days."""
    cache.clear()
    clinic: Clinic = factories.make_clinic()
    nurse: User = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    course = course_given(clinic, nurse, physician)
    for index in range(4):
        course.session(index)
    return course


def test_physician_looks_at_the_figures_and_changes_the_pressure(
    login: Login, given: Given, complaints: list[str]
) -> None:
    page = login("petra")
    page.goto(f"/courses/{given.course.code}/")
    picture = page.locator("figure[data-series]").first
    plot = picture.locator("[data-plot]")
    plot.focus()
    page.keyboard.press("End")
    expect(picture.locator("[data-readout]")).to_contain_text("Session 4 · Peak 1.40 · Area Not known")
    page.keyboard.press("Home")
    expect(picture.locator("[data-readout]")).to_contain_text("Session 1")
    page.get_by_role("link", name="Review and sign").click()
    page.get_by_label("Kind of review").select_option("mid_course")
    page.get_by_label("Assessment").fill("Legs sore at 260 mmHg.")
    page.get_by_label("Decision", exact=False).first.select_option("adjust")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("Say what changes")).to_be_visible()
    page.get_by_label("New pressure target").fill("230")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("pressure target 230 mmHg")).to_be_visible()
    expect(page.get_by_text("now 230 mmHg by a signed decision")).to_be_visible()
    assert complaints == []


def test_picture_is_followed_to_its_session(login: Login, given: Given, complaints: list[str]) -> None:
    page = login("nora")
    page.goto(f"/courses/{given.course.code}/")
    page.locator("[data-plot]").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/**")
    assert complaints == []


def test_nurse_answers_the_twelve_activities_and_sees_the_score(
    login: Login, given: Given, complaints: list[str]
) -> None:
    page = login("nora")
    page.goto(f"/courses/{given.course.code}/outcomes/middle/")
    page.get_by_text("DASI: the twelve activities").click()
    answers = page.locator("select[name^=dasi_]")
    assert answers.count() == 12
    for index in range(12):
        answers.nth(index).select_option("yes" if index < 3 else "no")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The outcomes are saved.")).to_be_visible()
    expect(page.get_by_role("cell", name="7.25 (3.6)")).to_be_visible()
    assert len(OutcomeMeasure.objects.get().dasi_answers) == 12
    assert complaints == []


def test_patient_keeps_the_diary_by_its_link_on_a_telephone(
    login: Login, given: Given, browser: Browser, complaints: list[str]
) -> None:
    page = login("nora")
    page.goto(f"/courses/{given.course.code}/diary/")
    page.get_by_role("button", name="Make a link").click()
    address = page.locator("p.mono").inner_text()
    telephone = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    telephone.goto(address)
    expect(
        telephone.get_by_role("heading", name=f"Your angina diary, {given.course.patient.given_name}")
    ).to_be_visible()
    telephone.get_by_label("How often angina?").first.fill("2")
    telephone.get_by_label("How often nitroglycerin?").first.fill("1")
    telephone.get_by_role("button", name="Save").first.click()
    expect(telephone.get_by_text("Saved")).to_be_visible()
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    telephone.context.close()
    entry = DiaryEntry.objects.get()
    assert (entry.episodes, entry.entered_by) == (2, None)
    assert entry.entered_at > timezone.now() - timedelta(minutes=5)
    assert complaints == []


def test_every_page_of_a_course_is_read_by_everybody(login: Login, given: Given) -> None:
    course = given.course.code
    _link, secret = make_diary_link(course=given.course, actor=given.nurse, now=timezone.now())
    now = timezone.now()
    missed = factories.make_appointment(given.course, given.device, now - timedelta(days=2), state="missed")
    factories.make_appointment(given.course, given.device, now - timedelta(days=3), state="missed")
    for days in (2, 3):
        factories.make_supervision(given.clinic, given.physician, now - timedelta(days=days), hours=1)
    page = login("petra")
    for address in (
        f"/courses/{course}/",
        f"/courses/{course}/review/",
        f"/courses/{course}/outcomes/middle/",
        f"/courses/{course}/diary/",
        f"/courses/{course}/diary/paper/",
        f"/diary/{secret}/",
        "/exceptions/",
        f"/exceptions/{missed.code}/attendance/",
        "/figures/",
        "/reviews/",
        "/supervision/",
        "/supervision/logs/petra/",
        "/today/",
        "/week/",
        "/outcomes/",
    ):
        page.goto(address)
        look_at(page, address.strip("/").replace("/", "-"))
