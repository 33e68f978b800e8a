"""A physician looks through the waves of a session: by address, worst minute, keys, drag and places. In a real browser."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from courses.models import Session
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.treatment.replayed import make_replayed
from tests.journeys.conftest import Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(transactional_db: None) -> Session:
    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    return make_replayed(nurse, physician)


def opened(page: Page, session: Session, query: str = "") -> None:
    page.goto(f"/sessions/{session.code}/replay/{query}")
    page.locator("[data-replay][data-ready]").wait_for()


def window(page: Page) -> str:
    return page.locator("[data-window]").inner_text()


def test_waves_are_looked_through(login: Login, session: Session, complaints: list[str]) -> None:
    page = login("petra")
    opened(page, session)
    assert window(page).startswith("0:00 to 4:00, whole recording")
    waves = page.locator("[data-waves]")
    waves.focus()
    for _press in range(3):
        page.keyboard.press("+")
    expect(page.locator("[data-window]")).to_contain_text("30 s")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-window]")).to_contain_text("0:06.0 to 0:36.0")
    page.keyboard.press("End")
    expect(page.locator("[data-window]")).to_contain_text("3:30.0 to 4:00.0")
    page.wait_for_url(re.compile(r"t=210\.0&w=30"))
    page.reload()
    page.locator("[data-replay][data-ready]").wait_for()
    assert window(page).startswith("3:30.0 to 4:00.0")
    assert complaints == []


def test_one_comes_to_a_second_a_place_and_the_next_flagged_beat(
    login: Login, session: Session, complaints: list[str]
) -> None:
    page = login("petra")
    opened(page, session, "?t=123.4")
    assert window(page).startswith("2:01.4 to 2:21.4")
    page.get_by_role("link", name="Gap of 12.0 s").click()
    expect(page.locator("[data-window]")).to_contain_text("1:08.0 to 1:33.0")
    page.wait_for_url(re.compile(r"t=68\.0&w=25"))
    page.get_by_role("button", name="Next flagged beat").click()
    expect(page.locator("[data-readout]")).to_contain_text(
        re.compile("ectopic|not triggered|deflation|inflation")
    )
    box = page.locator("[data-waves]").bounding_box()
    assert box is not None
    before = window(page)
    page.mouse.move(box["x"] + 600, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    page.mouse.up()
    assert window(page) != before
    page.get_by_role("button", name="Whole hour").click()
    expect(page.locator("[data-window]")).to_contain_text("whole recording")
    assert complaints == []


def test_session_page_leads_to_the_waves_of_its_worst_minute(
    login: Login, session: Session, complaints: list[str]
) -> None:
    page = login("petra")
    page.goto(session.get_absolute_url())
    page.get_by_role("link", name="Open the waves").click()
    page.locator("[data-replay][data-ready]").wait_for()
    page.get_by_role("link", name=re.compile("Worst: ")).click()
    expect(page.locator("[data-window]")).to_contain_text("60 s")
    assert complaints == []


def test_places_work_without_scripts(login: Login, session: Session) -> None:
    page = login("petra")
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    bare = context.new_page()
    bare.goto(urljoin(page.url, f"/sessions/{session.code}/replay/"))
    expect(bare.get_by_text("Sensor moved")).to_be_visible()
    expect(bare.get_by_role("link", name="Gap of 12.0 s")).to_be_visible()
    expect(bare.locator("[data-replay]")).to_be_hidden()
    context.close()
