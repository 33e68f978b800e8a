"""The hour as a nurse charts it in a real browser: by keyboard alone, with a pause, and stopped early."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from courses.models import Reading, Session
from courses.treatment import binding
from devices.live_figures import refresh_figures
from devices.models import Recording
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.treatment import scenes
from tests.devices.wire import manifest
from tests.journeys.conftest import BIN, Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIVE: dict[str, Any] = {
    "grade": "A",
    "sentence": "Gating is on time.",
    "n_beats": 68,
    "hr_bpm": 67.6,
    "ds_peak": 1.62,
    "ds_area": 1.21,
    "inflation_median_ms": -12.4,
    "deflation_lead_ms": 84.0,
    "pressure_mmhg": 262.1,
    "until_s": 600.0,
    "running": [[0.0, 600.0]],
    "grades": {"0": "B", "1": "A", "2": "A"},
}
COUNT_KEYS = "addEventListener('keydown', (event) => { if (!/^[0-9]$/.test(event.key)) window.pressed = (window.pressed ?? 0) + 1; }, true)"

Scene = Callable[..., Session]


@pytest.fixture
def start() -> datetime:
    return timezone.now() - timedelta(minutes=10)


@pytest.fixture
def given(clinic: Clinic, nurse: User, physician: User, start: datetime) -> Scene:
    """A session that runs since ten minutes; ``device`` lets its console give figures."""

    def make(*, device: bool = True) -> Session:
        Clinic.objects.filter(pk=clinic.pk).update(reading_interval_minutes=5)
        session = scenes.make_running(nurse, physician, start)
        factories.make_appointment(session.course, session.device, start + timedelta(days=1))
        if device:
            going: dict[str, Any] = {
                "closed_at": None,
                "ended_at": None,
                "stored_at": None,
                "verified_at": None,
            }
            # Figures that stay fresh however long the browser takes
            fresh = timezone.now() + timedelta(hours=1)
            said = msgspec.to_builtins(manifest(start))
            recording = factories.make_recording(
                session.device, start, manifest=said, live=LIVE, live_at=fresh, **going
            )
            binding.bind_recording(recording=recording, now=start)
        return session

    return make


def opened(login: Login, session: Session) -> Page:
    page = login(session.opened_by.username)
    page.goto(session.get_absolute_url())
    return page


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _press in range(120):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found.response["violations"]]


def test_reading_takes_fewer_than_six_keys_beyond_the_numbers(
    given: Scene, login: Login, complaints: list[str]
) -> None:
    session = given()
    page = opened(login, session)
    expect(page.locator("#reading-due")).to_contain_text("late by 5 min")
    page.evaluate(COUNT_KEYS)
    for _row in range(2):
        page.evaluate("window.pressed = 0")
        before = Reading.objects.count()
        if before == 0:
            page.keyboard.press("Control+I")
        page.keyboard.type("128")
        page.keyboard.press("Tab")
        page.keyboard.type("74")
        page.keyboard.press("Tab")
        page.keyboard.type("97")
        page.keyboard.press("Enter")
        expect(page.locator("#flowsheet tbody tr")).to_have_count(before + 1)
        expect(page.locator("[data-focus]")).to_be_focused()
        assert page.evaluate("window.pressed") < 6
    row = Reading.objects.filter(session=session).latest("at")
    assert (row.systolic_mmhg, row.diastolic_mmhg, row.spo2_percent) == (128, 74, 97)
    assert (row.pressure_mmhg, row.heart_rate_bpm, str(row.ds_area)) == (262, 68, "1.21")
    expect(page.locator("#reading-due")).to_contain_text("in 5 min")
    assert violations(page) == []
    assert complaints == []


def test_good_hour_by_keyboard_alone(given: Scene, login: Login, complaints: list[str]) -> None:
    session = given()
    page = opened(login, session)
    page.keyboard.press("Control+I")
    for value in ("128", "74", "97"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.type("Comfortable")
    page.keyboard.press("Enter")
    expect(page.locator("#flowsheet")).to_contain_text("Comfortable")

    tab_to(page, "form[action$='/end/'] *, details:has(form[action$='/end/']) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=stop_reason]")
    page.keyboard.type("Full")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Still missing")).to_be_visible()

    for name, value in {"systolic_mmhg": "124", "diastolic_mmhg": "70", "heart_rate_bpm": "64"}.items():
        tab_to(page, f"[name=after-{name}]")
        page.keyboard.type(value)
    for name, value in {"skin_after": "Intact", "symptoms": "none"}.items():
        tab_to(page, f"[name=after-{name}]")
        page.keyboard.type(value)
    tab_to(page, "[name=after-education][value=skin_care]")
    page.keyboard.press("Space")
    tab_to(page, "[name=after-next_confirmed]")
    page.keyboard.type("Conf")
    tab_to(page, "[name=after-education_note], [name=after-left_how]")
    tab_to(page, "[name=after-stop_note]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    session.refresh_from_db()
    assert (session.stop_reason, session.education, session.next_confirmed) == (
        "completed",
        ["skin_care"],
        True,
    )
    expect(page.get_by_text("Still missing")).to_have_count(0)
    assert violations(page) == []
    assert complaints == []


def test_pause_with_its_reason_and_going_on(given: Scene, login: Login, complaints: list[str]) -> None:
    session = given()
    page = opened(login, session)
    page.get_by_text("Pause", exact=True).last.click()
    page.get_by_label("Reason").fill("Bathroom")
    with page.expect_navigation():
        page.get_by_role("button", name="Pause now").click()
    expect(page.locator("#reading-due")).to_contain_text("late by")
    expect(page.locator("#happenings")).to_contain_text("not over · Bathroom")
    with page.expect_navigation():
        page.get_by_role("button", name="Resume").click()
    pause = session.pauses.get()
    assert pause.ended_at is not None
    assert (pause.paused_by, pause.resumed_by) == (session.opened_by, session.opened_by)
    expect(page.locator("#happenings")).to_contain_text("· Bathroom")
    assert complaints == []


def test_early_stop_with_what_led_to_it(given: Scene, login: Login, complaints: list[str]) -> None:
    session = given(device=False)
    page = opened(login, session)
    page.get_by_text("Record an event").click()
    page.get_by_role("button", name="Save the event").click()
    page.locator("[name=event-kind]").select_option(label="Leg or back pain")
    page.get_by_label("Severe").check()
    page.get_by_label("Pressure lowered").check()
    page.get_by_label("Physician told").check()
    page.get_by_label("In words").first.fill("Left calf")
    page.get_by_role("button", name="Save the event").click()
    expect(page.locator("#happenings .chip")).to_have_text("Severe")

    page.get_by_text("Record a change").click()
    page.locator("[name=change-what]").select_option(label="Cuff pressure")
    page.locator("[name=change-from_value]").fill("260")
    page.locator("[name=change-to_value]").fill("200")
    page.locator("[name=change-why]").fill("Calf pain")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("#happenings")).to_contain_text("260 → 200")
    page.locator("form.outcome select").select_option(label="Better")
    page.locator("form.outcome button").click()
    expect(page.locator("#happenings")).to_contain_text("Better")
    assert violations(page) == []

    page.locator("[name=reading-note]").fill("Wrong patient")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Strike the reading").click()
    page.get_by_label("Why the row is wrong").fill("Charted at the wrong bed")
    assert violations(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Strike the row").click()
    expect(page.locator("tr.is-struck")).to_contain_text("Charted at the wrong bed")

    page.get_by_text("End", exact=True).last.click()
    page.locator("[name=stop_reason]").select_option(label="Leg or back pain")
    page.locator("[name=stop_note]").fill("Stopped on the patient's word")
    with page.expect_navigation():
        page.get_by_role("button", name="End now").click()
    expect(page.get_by_text("The flowsheet has no reading")).to_be_visible()
    expect(page.locator(".is-unread")).to_contain_text("No reading from")
    session.refresh_from_db()
    assert (session.stop_reason, session.stop_note) == ("leg_or_back_pain", "Stopped on the patient's word")
    event = session.treatment_events.get()
    assert (event.severity, event.actions, event.outcome) == (
        "severe",
        ["pressure_lowered", "physician_told"],
        "better",
    )
    assert complaints == []


@pytest.fixture
def agent(live_server: LiveServer, tmp_path: Path) -> Iterator[Callable[[Session], None]]:
    """A real agent that pushes the sample ten times as fast as a patient's heart beats, until the test is over."""
    running: list[subprocess.Popen[bytes]] = []

    def push(session: Session) -> None:
        _, secret = factories.make_key(session.device)
        command = [str(BIN / "eecp-agent"), "run", "--source", "sample", "--server", live_server.url]
        assert session.started_at is not None
        command += ["--key", secret, "--speed", "10", "--start-at", session.started_at.isoformat()]
        with (tmp_path / "agent.log").open("wb") as log:
            running.append(
                subprocess.Popen([*command, "--spool", str(tmp_path / "spool")], stdout=log, stderr=log)
            )

    yield push
    for process in running:
        process.kill()
        process.wait(30)


def test_what_a_real_device_shows_stands_in_the_row(
    given: Scene,
    agent: Callable[[Session], None],
    login: Login,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    session = given(device=False)
    agent(session)

    def judged() -> bool:
        """What a worker does every five seconds."""
        recording = Recording.objects.filter(session=session).first()
        if recording is None or not refresh_figures(recording=recording, now=timezone.now()):
            return False
        recording.refresh_from_db()
        found = recording.live or {}
        return found["until_s"] > 60 and found["pressure_mmhg"] is not None and bool(found["running"])

    eventually(judged)
    page = opened(login, session)
    page.keyboard.press("Control+I")
    page.keyboard.type("128")
    page.keyboard.press("Enter")
    expect(page.locator("#flowsheet tbody .from-device")).not_to_have_count(0)
    row = Reading.objects.get(session=session)
    assert {"pressure_mmhg", "heart_rate_bpm", "ds_peak", "ds_area", "device_minutes"} <= set(row.from_device)
    assert row.device_minutes is not None
    assert 0 < row.device_minutes < 5
