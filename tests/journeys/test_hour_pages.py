"""The pages of the treatment hour that no other journey looks at are for everybody, on a desk and on a tablet."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Session
from courses.treatment import services
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.courses.treatment.replayed import make_replayed
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_before_and_beside_the_hour(
    login: Login, nurse: User, physician: User, complaints: list[str]
) -> None:
    now = timezone.now()
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    factories.make_recording(session.device, now - timedelta(hours=3))
    page = login("nora")
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("Systolic pressure is 188 mmHg.").first).to_be_visible()
    look_at(page, "hold-asked")
    for name in ("unmatched", "limits", "treatment-rules", "wall"):
        page.goto(reverse(f"courses:{name}"))
        look_at(page, name)
    services.hold_session(session=session, reason="188 twice", actor=nurse, now=now)
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("188 twice").first).to_be_visible()
    look_at(page, "held")
    assert complaints == []


def test_pages_of_a_running_and_a_paused_hour(
    login: Login, nurse: User, physician: User, complaints: list[str]
) -> None:
    now = timezone.now()
    session = scenes.make_running(nurse, physician, now - timedelta(minutes=20))
    page = login("nora")
    page.goto(session.get_absolute_url())
    look_at(page, "running")
    services.pause_session(session=session, reason="Bladder", actor=nurse, now=now)
    page.goto(session.get_absolute_url())
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    look_at(page, "paused")
    page.goto(reverse("courses:wall"))
    expect(page.get_by_text("Paused")).to_be_visible()
    look_at(page, "wall-paused")
    assert complaints == []


def test_pages_of_an_hour_that_is_over(
    login: Login, nurse: User, physician: User, complaints: list[str]
) -> None:
    session = make_replayed(nurse, physician)
    page = login("petra")
    page.goto(reverse("courses:session-replay", args=[session.code]))
    page.locator("[data-replay][data-ready]").wait_for()
    look_at(page, "replay")
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("All figures of the recording")).to_be_visible()
    look_at(page, "over")
    report = Session.objects.get(pk=session.pk).recording.reports.get()  # type: ignore[union-attr]  # it has one
    page.goto(reverse("courses:session-minute", args=[session.code, report.code, 2]))
    look_at(page, "minute")
    assert complaints == []
