"""The pages of the treatment hour that no other journey looks at are for everybody, on a desk and on a tablet."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Session
from courses.treatment import services
from devices.analysis import report_of
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.courses.treatment.replayed import make_replayed
from tests.devices.gating.synthetic import Session as Drawn
from tests.devices.gating.synthetic import draw
from tests.devices.stored import store_waveform
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


def test_analysis_comes_to_the_open_page_by_itself_and_its_minutes_are_walked_by_arrow_keys(
    login: Login, nurse: User, physician: User, complaints: list[str]
) -> None:
    now = timezone.now()
    session = scenes.make_complete(nurse, physician, now - timedelta(hours=2))
    recording = store_waveform(session.device, draw(Drawn(minutes=4)), session.started_at or now)
    services.bind_recording(recording=recording, now=now)
    page = login("nora")
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("Being analysed").first).to_be_visible()
    page.get_by_role("textbox", name="Symptoms").fill("none since")
    report_of(recording=recording, now=now)
    expect(page.get_by_text("The analysis is there").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Symptoms")).to_have_value("none since")
    minutes = page.locator("[data-strip] a")
    minutes.first.focus()
    page.keyboard.press("ArrowRight")
    expect(minutes.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(minutes.last).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(minutes.last).to_be_focused()  # the whole strip is one stop of the Tab key
    look_at(page, "analysed")
    assert complaints == []
