"""A real browser, a real server, a real worker, and a real agent: what a journey needs."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from devices import live_views
from devices.stream import Hub
from eecp_clinic.celery import app
from tests.factories import PASSWORD

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
BIN = Path(sys.executable).parent

Login = Callable[[str], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one a worker."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: run make install, or apt-get install chromium")
    # Playwright's own event loop runs in this thread; the tests beside it use the database as any others.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def is_complaint(message: ConsoleMessage) -> bool:
    """An error of a page; Chromium also calls a refused form (422) an error, which here is an answer."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process serves few streams, and that of a closed page ends some seconds later: each journey has its own."""
    monkeypatch.setattr(live_views, "hub", Hub())


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of; a journey ends with none."""
    return []


@pytest.fixture
def login(
    browser: Browser, live_server: LiveServer, complaints: list[str], tmp_path: Path
) -> Iterator[Login]:
    """Log in as somebody, in a browser of their own; what each saw last is left in the test's folder."""
    contexts = []

    def enter(username: str) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.set_default_navigation_timeout(30_000)  # the first page of all loads the whole application
        page.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/account/login/")
        page.get_by_label("User name or e-mail").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "login" not in url)
        return page

    yield enter
    for number, context in enumerate(contexts):
        context.pages[0].screenshot(path=tmp_path / f"last-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def worker(live_server: LiveServer, tmp_path: Path) -> Iterator[None]:
    """A Celery worker on this test's database, with a queue and a file store of its own."""
    from django.db import connection

    given = connection.settings_dict
    queue = f"journey-{uuid.uuid4().hex[:8]}"
    database = (
        f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": database,
        "MEDIA_ROOT": str(tmp_path / "media"),
        "CELERY_QUEUE": queue,
    }
    before = app.conf.task_default_queue
    app.conf.task_default_queue = queue
    app.amqp.queues.clear()
    command = [str(BIN / "celery"), "-A", "eecp_clinic.celery", "worker", "-Q", queue, "--concurrency", "1"]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
            app.conf.task_default_queue = before
            app.amqp.queues.clear()
