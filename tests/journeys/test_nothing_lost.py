"""Nothing typed is lost: the network is cut, the server killed, the login gone, the page left, and two write at once."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session as Login
from django.db import connection
from django.utils import timezone
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Route, expect
from pytest_django import DjangoDbBlocker

from courses.models import Session, VitalSigns
from courses.treatment import services
from eecp_clinic.models import Draft, User
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.treatment import scenes
from tests.faults.waiting import until
from tests.journeys.server_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Enter = Callable[[User], Page]
BANNER = "[data-link-banner]"


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server") / "web.log")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def browsers(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """A browser of somebody's own; what each saw last is left in the test's folder."""
    opened: list[BrowserContext] = []
    server.thaw()

    def make() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server.url)
        context.set_default_timeout(20_000)
        opened.append(context)
        return context

    yield make
    for number, context in enumerate(opened):
        for page in context.pages[:1]:
            page.screenshot(path=tmp_path / f"last-{number}.png", full_page=True)
        context.close()
    until(lambda: is_frozen(server), "the server to finish what the closed pages still sent")


def is_frozen(server: ServerProcess) -> bool:
    """The server stands still with nothing half done. To see it idle is not enough: what a page sent as it was closed may
    come while the database is emptied, and that deadlock left this test's people to the next one's setup."""
    server.freeze()
    if is_quiet():
        return True
    server.thaw()
    return False


def is_quiet() -> bool:
    """Nobody else works in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return bool(cursor.fetchone() == (0,))


def sign_in(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("User name or e-mail").fill(user.username)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


@pytest.fixture
def enter(browsers: Callable[[], BrowserContext]) -> Enter:
    def inner(user: User) -> Page:
        page = browsers().new_page()
        sign_in(page, user)
        return page

    return inner


@pytest.fixture
def second_nurse(nurse: User) -> User:
    clinic = nurse.memberships.get().clinic
    return factories.make_user(clinic, Role.NURSE, "rita", "Rita", "Relief-Example", "RN")


@pytest.fixture
def session(nurse: User, physician: User) -> Session:
    """An hour that is being prepared."""
    now = timezone.now()
    return services.open_session(appointment=scenes.make_hour(nurse, physician, now), actor=nurse, now=now)


@pytest.fixture
def running(nurse: User, physician: User) -> Session:
    return scenes.make_running(nurse, physician, timezone.now())


def type_in(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}]").fill(value)


def on_server(page: Page, form: str = "before") -> None:
    """The line beneath the form says that all of it is kept."""
    page.locator(f"form[data-draft$=' {form}']").evaluate("form => document.activeElement.blur()")
    line = page.locator(f"form[data-draft$=' {form}'] .draft-line [data-words]")
    expect(line).to_have_text(re.compile(r"^Draft saved \d\d:\d\d:\d\d$"))


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save and check").click()


def vitals(session: Session) -> VitalSigns:
    return session.vital_signs.get(phase="before")


def test_closed_tab_is_opened_anew_with_all_that_was_typed(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    type_in(page, "before-skin", "intact, dry")
    page.locator("[name=before-identity_checked]").check()
    on_server(page)
    assert Draft.objects.get().fields["before-skin"]["v"] == ["intact, dry"]
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(session.get_absolute_url())
    expect(page.locator("[name=before-systolic_mmhg]")).to_have_value("131")
    expect(page.locator("[name=before-identity_checked]")).to_be_checked()
    expect(page.get_by_text("Typed before and not saved, put back: Identity").first).to_be_visible()
    type_in(page, "before-diastolic_mmhg", "77")
    save(page)
    assert (vitals(session).systolic_mmhg, vitals(session).diastolic_mmhg) == (131, 77)
    page.goto(session.get_absolute_url())
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Typed before and not saved")).to_have_count(0)
    assert Draft.objects.get().fields == {}
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft|'))") == []


def test_draft_comes_back_on_another_computer_of_the_same_nurse(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-heart_rate_bpm", "71")
    on_server(page)
    other = enter(nurse)
    other.goto(session.get_absolute_url())
    expect(other.locator("[name=before-heart_rate_bpm]")).to_have_value("71")


def test_discarding_what_was_put_back_leaves_the_record_as_it_is(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    page.reload()
    page.get_by_role("button", name="Discard what was put back").click()
    expect(page.locator("[name=before-systolic_mmhg]")).to_have_value("")
    expect(page.get_by_text("Discarded.").first).to_be_visible()
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[name=before-systolic_mmhg]")).to_have_value("")
    assert Draft.objects.get().fields == {}


def test_cut_network_is_said_and_what_is_typed_goes_when_it_is_back(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    page.context.set_offline(True)
    expect(page.locator(BANNER)).to_contain_text("No connection since")
    type_in(page, "before-diastolic_mmhg", "77")
    expect(page.locator("form[data-draft$=' before'] .draft-line")).to_contain_text("Kept in this browser")
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("form[data-draft$=' before'] .draft-line")).to_contain_text("Not sent.")
    assert not session.vital_signs.exists()
    page.context.set_offline(False)
    expect(page.locator(BANNER)).to_contain_text("Connected again")
    on_server(page)
    assert Draft.objects.get().fields["before-diastolic_mmhg"]["v"] == ["77"]
    save(page)
    assert vitals(session).diastolic_mmhg == 77


def test_killed_server_loses_nothing_even_when_the_tab_is_closed_meanwhile(
    enter: Enter, server: ServerProcess, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    server.kill()
    try:
        type_in(page, "before-diastolic_mmhg", "77")
        page.get_by_role("button", name="Save and check").click()
        expect(page.locator(BANNER)).to_contain_text("No connection since")
        expect(page.locator("form[data-draft$=' before'] .draft-line")).to_contain_text("Not sent.")
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "draft|" in kept
        assert '"77"' not in kept  # locked
        context = page.context
        page.close()
    finally:
        server.start()
    page = context.new_page()
    page.goto(session.get_absolute_url())
    expect(page.locator("[name=before-diastolic_mmhg]")).to_have_value("77")
    expect(page.get_by_text("Typed before and not saved, put back").first).to_be_visible()
    on_server(page)
    save(page)
    assert (vitals(session).systolic_mmhg, vitals(session).diastolic_mmhg) == (131, 77)


def test_expired_login_opens_over_the_page_and_the_save_goes_on(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    Login.objects.all().delete()
    type_in(page, "before-diastolic_mmhg", "77")
    page.get_by_role("button", name="Save and check").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Sign in again as Nora Nurse-Example, RN")
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not correct")
    dialog.get_by_label("Password").fill(factories.PASSWORD)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Saved and checked against the limits.")).to_be_visible()
    assert (vitals(session).systolic_mmhg, vitals(session).diastolic_mmhg) == (131, 77)


def test_sign_in_that_an_older_answer_undid_is_made_again(
    enter: Enter, nurse: User, session: Session
) -> None:
    """An answer to the expired login takes the cookie of the new one away when it arrives after it."""
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)  # nothing is under way that would find the door shut first
    Login.objects.all().delete()
    undone: list[str] = []

    def undo_once(route: Route) -> None:
        if route.request.method != "POST" or undone:
            return route.fallback()
        answer = route.fetch()
        undone.append(route.request.url)
        page.context.clear_cookies(name="sessionid")
        kept = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        return route.fulfill(response=answer, headers=kept)

    page.route("**/account/login/", undo_once)
    page.get_by_role("button", name="Save and check").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(factories.PASSWORD)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Saved and checked against the limits.")).to_be_visible()
    assert undone
    assert vitals(session).systolic_mmhg == 131


def test_answer_from_before_the_login_expired_does_not_send_the_form_to_the_door(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held:
            return route.fallback()
        return held.append((route, route.fetch()))  # the server has answered, the page has not heard it

    page.goto(session.get_absolute_url())
    page.wait_for_load_state("networkidle")
    page.route("**/drafts/*/here/", hold)
    with page.expect_request("**/drafts/*/here/"):
        type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    Login.objects.all().delete()
    page.get_by_role("button", name="Save and check").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    route, answer = held[0]
    with page.expect_response("**/drafts/*/here/"):
        route.fulfill(response=answer)
    dialog.get_by_label("Password").fill(factories.PASSWORD)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Saved and checked against the limits.")).to_be_visible()
    assert vitals(session).systolic_mmhg == 131


def test_reading_goes_on_after_an_expired_login(enter: Enter, nurse: User, running: Session) -> None:
    page = enter(nurse)
    page.goto(running.get_absolute_url())
    type_in(page, "reading-pressure_mmhg", "262")
    on_server(page, "reading")
    Login.objects.all().delete()
    page.get_by_role("button", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(factories.PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.locator("#flowsheet .saved")).to_be_visible()
    assert running.readings.get().pressure_mmhg == 262


def test_back_button_brings_what_was_typed(enter: Enter, nurse: User, session: Session) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    page.get_by_role("link", name="Today", exact=True).click()  # all of it is on the server: nothing warns
    page.wait_for_url("**/today/**")
    page.go_back()
    expect(page.locator("[name=before-systolic_mmhg]")).to_have_value("131")
    save(page)
    page.go_back()
    page.wait_for_load_state("networkidle")
    save(page)
    assert vitals(session).systolic_mmhg == 131


def test_leaving_warns_only_while_something_is_not_on_the_server(
    enter: Enter, nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    type_in(page, "before-systolic_mmhg", "131")
    on_server(page)
    page.reload()
    assert asked == []
    page.context.set_offline(True)
    page.locator("[name=before-diastolic_mmhg]").press_sequentially("77")
    page.get_by_role("link", name="Today", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(0)
    expect(page.locator("[name=before-diastolic_mmhg]")).to_have_value("77")
    assert asked == ["beforeunload"]
    page.context.set_offline(False)


def test_two_windows_of_one_nurse_do_not_write_over_each_other(
    enter: Enter, nurse: User, session: Session
) -> None:
    first = enter(nurse)
    first.goto(session.get_absolute_url())
    second = first.context.new_page()
    second.goto(session.get_absolute_url())
    type_in(first, "before-systolic_mmhg", "131")
    type_in(first, "before-diastolic_mmhg", "77")
    save(first)
    type_in(second, "before-heart_rate_bpm", "66")
    save(second)
    row = vitals(session)
    assert (row.systolic_mmhg, row.diastolic_mmhg, row.heart_rate_bpm) == (131, 77, 66)
    expect(second.get_by_text(re.compile("was saved meanwhile by Nora .* and is kept: 131"))).to_be_visible()


def test_two_nurses_see_each_other_and_choose_where_both_wrote(
    enter: Enter, nurse: User, second_nurse: User, session: Session
) -> None:
    nora, rita = enter(nurse), enter(second_nurse)
    nora.goto(session.get_absolute_url())
    rita.goto(session.get_absolute_url())
    type_in(nora, "before-systolic_mmhg", "131")
    type_in(nora, "before-diastolic_mmhg", "77")
    expect(rita.locator(".presence")).to_have_text(
        re.compile(r"Nora Nurse-Example, RN is writing here since"), timeout=30_000
    )
    assert rita.locator("[name=before-systolic_mmhg]").input_value() == ""  # a draft is its writer's alone
    type_in(rita, "before-systolic_mmhg", "128")
    type_in(rita, "before-heart_rate_bpm", "66")
    save(nora)
    save(rita)
    expect(rita.get_by_text("Changed meanwhile by Nora Nurse-Example, RN")).to_be_visible()
    assert vitals(session).systolic_mmhg == 131  # nothing was overwritten
    expect(rita.locator("[name=before-diastolic_mmhg]")).to_have_value("77")
    save(rita)
    expect(rita.get_by_text("Changed meanwhile")).to_be_visible()  # it must be chosen
    rita.get_by_role("radio", name="Yours: 128 mmHg").check()
    save(rita)
    row = vitals(session)
    assert (row.systolic_mmhg, row.diastolic_mmhg, row.heart_rate_bpm) == (128, 77, 66)


def test_row_whose_answer_was_lost_is_not_written_twice(enter: Enter, nurse: User, running: Session) -> None:
    page = enter(nurse)
    page.goto(running.get_absolute_url())
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    page.route("**/readings/", lose)
    type_in(page, "reading-pressure_mmhg", "262")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Not saved: the server cannot be reached")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("This row was saved already: it stands above.")).to_be_visible()
    assert running.readings.count() == 1


def test_what_was_typed_for_a_step_that_is_over_is_shown(
    enter: Enter, nurse: User, second_nurse: User, running: Session
) -> None:
    page = enter(nurse)
    page.goto(running.get_absolute_url())
    page.get_by_text("Pause", exact=True).click()
    type_in(page, "pause-reason", "Cramp in the left calf")
    on_server(page, "pause")
    services.end_session(
        session=running,
        stop_reason="patient_wish",
        actor=second_nurse,
        now=timezone.now() + timedelta(minutes=9),
    )
    # The page loads itself anew when the session has moved on.
    expect(page.locator(".left-over")).to_contain_text("Cramp in the left calf")
    page.locator(".left-over").get_by_role("button", name="Discard").click()
    expect(page.locator(".left-over")).to_be_hidden()


def test_next_person_at_the_same_tablet_sees_nothing_and_the_password_is_never_kept(
    enter: Enter, nurse: User, second_nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    type_in(page, "before-skin", "a word of Nora's")
    on_server(page)
    page.goto("/account/logout/")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").last.click()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft|'))") == []
    sign_in(page, second_nurse)
    page.goto(session.get_absolute_url())
    page.wait_for_load_state("networkidle")
    expect(page.locator("[name=before-skin]")).to_have_value("")


def test_page_of_one_nurse_never_saves_as_another_who_signed_in_since(
    enter: Enter, nurse: User, second_nurse: User, session: Session
) -> None:
    page = enter(nurse)
    page.goto(session.get_absolute_url())
    other = page.context.new_page()
    Login.objects.all().delete()
    sign_in(other, second_nurse)
    type_in(page, "before-systolic_mmhg", "131")
    # Pressed by script: the draft may be refused first, and then a dialog lies over the page.
    page.get_by_role("button", name="Save and check").evaluate("button => button.click()")
    expect(page.locator(BANNER)).to_contain_text("Somebody else is signed in on this computer now")
    assert not session.vital_signs.exists()
    assert not Draft.objects.exists()
