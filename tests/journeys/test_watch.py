"""Watching a treatment: the trace moves, stops, changes scale, shows a gap as one, and the wall shows all devices."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from courses.models import Session
from courses.treatment import services
from devices.models import Recording
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.journeys.bedside import Bedside
from tests.journeys.conftest import BIN, Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATE = """() => { const s = document.querySelector('[data-sweep]')?.sweep; return s && {
  drawn: s.drawn, newest: s.newest, windowMs: s.canvas.windowMs, behind: Date.now() - s.drawn, lag: s.clock.lag}; }"""
PICTURE = "() => document.querySelector('[data-sweep] canvas').toDataURL()"
MOVES = "() => Number.isFinite(document.querySelector('[data-sweep]')?.sweep?.drawn ?? NaN)"
#: How many pixels of the ECG's colour stand in each tenth of a second of its lane, from one time to another.
COLUMNS = """([fromMs, toMs]) => {
  const { canvas: view } = document.querySelector('[data-sweep]').sweep;
  const { canvas, context, ratio, height, windowMs } = view;
  const found = [];
  for (let at = fromMs; at < toMs; at += 100) {
    const { data } = context.getImageData(Math.floor(view.x(at) * ratio), 0, Math.ceil(2 * ratio), Math.floor(height * ratio / 3));
    let n = 0;
    for (let i = 0; i < data.length; i += 4) n += data[i + 1] > 150 && data[i] < 120 && data[i + 2] < 170;
    found.push(n);
  }
  return found;
}"""


@pytest.fixture
def session(nurse: User, physician: User) -> Session:
    return scenes.make_running(nurse, physician, timezone.now())


@pytest.fixture
def agent(session: Session, live_server: LiveServer, tmp_path: Path) -> Iterator[None]:
    """The real bedside program with a simulated console, at true speed."""
    secret = factories.make_key(session.device)[1]
    command = [str(BIN / "eecp-agent"), "run", "--source", "simulator", "--minutes", "3", "--key", secret]
    command += ["--server", live_server.url, "--spool", str(tmp_path / "spool")]
    with (tmp_path / "agent.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        yield
        process.kill()
        process.wait(30)


def opened(page: Page, session: Session) -> dict[str, Any]:
    page.goto(session.get_absolute_url())
    page.wait_for_function(MOVES, timeout=60_000)
    page.wait_for_timeout(2500)
    return state(page)


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(STATE)
    return found


def test_trace_of_an_agent_moves_stops_and_changes_scale(
    login: Login, session: Session, agent: None, nurse: User, complaints: list[str], tmp_path: Path
) -> None:
    page = login(nurse.username)
    before = opened(page, session)
    expect(page.locator("[data-age]")).to_have_text(re.compile(r"^\d+\.\d s ago$"))
    page.screenshot(path=tmp_path / "running.png", full_page=True)
    after = state(page)
    assert after["drawn"] > before["drawn"]
    assert (
        after["behind"] < 2000
    )  # how far a quiet machine stays below one second is measured by benchmarks/wall.py
    stop = page.get_by_role("button", name="Stop the picture")
    stop.press("Enter")
    picture, drawn = page.evaluate(PICTURE), state(page)
    page.wait_for_timeout(1500)
    assert page.evaluate(PICTURE) == picture
    assert state(page)["newest"] > drawn["newest"]
    expect(page.locator("[data-age]")).to_have_text(
        re.compile("Picture stopped .* s ago, the data goes on · .* s ago")
    )
    stop.press("Enter")
    page.wait_for_function(
        f"() => document.querySelector('[data-sweep]').sweep.drawn > {drawn['drawn']} + 1000"
    )
    page.get_by_role("button", name="50").press("Enter")
    assert state(page)["windowMs"] == pytest.approx(drawn["windowMs"] / 2, abs=1)
    page.get_by_role("button", name="×2").click()
    expect(page.locator("[data-lane=ecg]")).to_have_text("ECG, mV · 20 mm/mV · 50 mm/s")
    for width in (1437, 1024, 768, 600):  # a window that is no round number of milliseconds wide
        page.set_viewport_size({"width": width, "height": 900})
    moved = state(page)["drawn"]
    page.wait_for_function(f"() => document.querySelector('[data-sweep]').sweep.drawn > {moved}")
    expect(page.get_by_text("It is not an alarm system").first).to_be_visible()
    assert complaints == []


def test_seconds_that_never_came_stay_empty_and_silence_is_said(
    login: Login,
    live_server: LiveServer,
    session: Session,
    nurse: User,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    with Bedside(live_server.url, session.device) as bedside:
        page = login(nurse.username)
        opened(page, session)
        bedside.mute = True
        page.wait_for_timeout(200)
        gap_from = state(page)["newest"]
        page.wait_for_timeout(1700)
        bedside.mute = False
        page.wait_for_function(
            f"() => document.querySelector('[data-sweep]').sweep.drawn > {gap_from} + 3500", timeout=20_000
        )
        drawn = page.evaluate(COLUMNS, [gap_from - 1500, gap_from + 3400])
        page.screenshot(path=tmp_path / "gap.png")
        bedside.mute = True
        expect(page.locator("[data-age]")).to_have_text(re.compile(r"^No signal for \d+ s$"), timeout=15_000)
        expect(page.locator("[data-sweep]")).to_have_class(re.compile("is-stale"))
    longest = max(len(run) for run in re.findall("0+", "".join("1" if n else "0" for n in drawn)))
    assert longest >= 8, drawn
    assert drawn[0], drawn
    assert drawn[-1], drawn
    assert complaints == []


def test_reader_who_wants_little_motion_sees_it_jump_once_a_second(
    login: Login, live_server: LiveServer, session: Session, nurse: User
) -> None:
    with Bedside(live_server.url, session.device):
        page = login(nurse.username)
        page.emulate_media(reduced_motion="reduce")
        opened(page, session)
        places = set()
        for _ in range(20):
            places.add(state(page)["drawn"])
            page.wait_for_timeout(100)
    assert 2 <= len(places) <= 5


def test_wall_shows_two_devices_over_one_stream_and_opens_a_session(
    login: Login,
    live_server: LiveServer,
    session: Session,
    nurse: User,
    physician: User,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    clinic = session.course.clinic
    other = factories.make_device(clinic, "Device 2")
    factories.make_device(clinic, "Device 3")
    patient = factories.make_patient(clinic, family_name="Other", given_name="Tilda")
    hour = scenes.make_hour(nurse, physician, timezone.now(), patient=patient, device=other)
    second = services.open_session(appointment=hour, actor=nurse, now=timezone.now())
    second = services.start_session(
        session=scenes.prepare(second, nurse, timezone.now()), actor=nurse, now=timezone.now()
    )
    with Bedside(live_server.url, session.device) as one, Bedside(live_server.url, other):
        page = login(nurse.username)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/wall/")
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-sweep]')].filter((f) => f.sweep?.drawn > 0).length === 2",
            timeout=60_000,
        )
        Recording.objects.filter(pk=one.uuid).update(
            live={"grade": "C", "ds_peak": 1.31, "pressure_mmhg": 251, "hr_bpm": 66}, live_at=timezone.now()
        )
        expect(page.get_by_text("Gating C, look")).to_be_visible()
        expect(page.get_by_text("No session runs.")).to_be_visible()
        expect(page.get_by_role("link", name="T.O.")).to_be_visible()
        assert "OTHER" not in page.content()
        page.screenshot(path=tmp_path / "wall.png", full_page=True)
        assert len([url for url in asked if "/stream?" in url]) <= 2
        page.get_by_role("link", name="T.O.").click()
        page.wait_for_url(f"**{second.get_absolute_url()}")
    assert complaints == []
