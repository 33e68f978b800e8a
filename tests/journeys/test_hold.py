"""A nurse finds a pressure over the limit and holds; the physicians are told, and one looks. In a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.models import Hold, HoldNotice, Session, VitalSigns
from courses.treatment import services
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from tests import factories
from tests.journeys.conftest import Login

pytestmark = pytest.mark.django_db(transaction=True)


def opened_session() -> tuple[Session, User]:
    """A draft of this hour, of a patient who had a session yesterday."""
    now = timezone.now()
    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    course = factories.make_course(factories.make_patient(clinic), physician)
    device = factories.make_device(clinic)
    former = factories.make_appointment(course, device, now - timedelta(days=1))
    yesterday = factories.make_session(former, nurse, "ended")
    vitals = factories.make_vitals(yesterday, nurse, systolic_mmhg=141, weight_kg="71.5", rhythm="regular")
    VitalSigns.objects.filter(pk=vitals.pk).update(recorded_at=now - timedelta(days=1))
    hour = factories.make_appointment(course, device, now)
    return services.open_session(appointment=hour, actor=nurse, now=now), nurse


@pytest.mark.browser
@pytest.mark.usefixtures("worker")
def test_a_hold(
    login: Login, complaints: list[str], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    session, _nurse = opened_session()
    page = login("nora")
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("Last time: 141")).to_be_visible()
    type_the_check(page)
    page.get_by_text("Do not treat today").click()
    page.get_by_label("Reason", exact=True).fill("188 twice after ten minutes of rest")
    page.get_by_role("button", name="Hold for today").click()
    expect(page.get_by_text("The hour is given back and the physicians are told")).to_be_visible()
    expect(page.get_by_text("Systolic pressure is 188 mmHg.").first).to_be_visible()
    expect(page.get_by_text("Slept badly")).to_be_visible()
    row = session.vital_signs.get()
    assert (row.systolic_mmhg, row.rhythm, row.remarks) == (188, "regular", "Slept badly")
    assert session.body_marks.get().region == "left_calf"
    eventually(HoldNotice.objects.filter(state="sent").exists)
    look_as_the_physician(login, session)
    page.get_by_role("link", name="Book the make-up").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/make-up/" in page.url
    assert complaints == []


def type_the_check(page: Page) -> None:
    """By the keyboard where it can be, with the body map by a tap on the drawing; nothing is saved yet."""
    page.locator("[name=before-identity_checked]").check()
    for name, value in {"systolic_mmhg": "188", "diastolic_mmhg": "92", "heart_rate_bpm": "76"}.items():
        page.locator(f"[name=before-{name}]").fill(value)
    page.keyboard.press("Tab")
    page.keyboard.type("Regular")
    page.keyboard.press("Tab")
    page.keyboard.type("97")
    page.locator("[name=before-remarks]").fill("Slept badly")
    page.get_by_text("Mark a place on legs or hips").click()
    page.locator("[data-field=id_before-mark_left_calf]").click()
    expect(page.locator("[name=before-mark_left_calf]")).to_be_focused()
    page.locator("[name=before-mark_left_calf]").select_option("bruise")
    expect(page.locator("[data-field=id_before-mark_left_calf]")).to_have_class("body-part is-marked")


def look_as_the_physician(login: Login, session: Session) -> None:
    page = login("petra")
    page.goto("/reviews/")
    expect(page.get_by_role("cell", name="Session held")).to_be_visible()
    page.get_by_role("link", name="Look at the hold").click()
    page.get_by_label("Answer to the nurse").fill("Send him to me at eleven")
    page.get_by_role("button", name="I have looked at it").click()
    expect(page.get_by_text("“Send him to me at eleven”")).to_be_visible()
    assert Hold.objects.get(session=session).seen_by is not None
