"""The live screen while the broker is stopped: it goes on by asking, and says that it is delayed."""

import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from courses.models import Session
from devices.chunks import pack_envelopes
from devices.protocol import CHUNKS_CONTENT_TYPE, MAX_CHUNKS_A_BODY
from eecp_clinic.embedded import valkey
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.devices.wire import chunk, manifest
from tests.journeys.conftest import Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker(settings: Settings, tmp_path: Path) -> Iterator[int]:
    """A broker of this test's own, which it may stop; its process id."""
    settings.REDIS_URL, pid = valkey.Broker(tmp_path / "valkey").start()
    yield pid
    valkey.stop(pid)


#: Until when the picture is drawn, server's clock in ms; and whether the last second of it shows a line.
DRAWN = "() => document.querySelector('[data-sweep]')?.sweep?.drawn ?? 0"
SHOWN = """() => {
  const { canvas: view, drawn } = document.querySelector('[data-sweep]').sweep;
  const [from, to] = [view.x(drawn - 1000), view.x(drawn)].map((x) => Math.floor(x * view.ratio));
  const { data } = view.context.getImageData(Math.min(from, to - 4), 0, 4, Math.floor((view.height * view.ratio) / 3));
  return data.some((value, place) => place % 4 === 1 && value > 150);
}"""


class Bedside:
    """An agent on the wire that sends each second of signal when it is over, as long as it is asked to."""

    def __init__(self, server: str, session: Session) -> None:
        self._secret = factories.make_key(session.device)[1]
        self._address = f"{server}/api/v1/recordings/{uuid4()}"
        self._seq = 0
        self._began_s = time.monotonic()
        self._send("", msgspec.json.encode(manifest(timezone.now())), "PUT")

    def _send(self, what: str, body: bytes, method: str = "POST") -> None:
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": CHUNKS_CONTENT_TYPE}
        request = urllib.request.Request(self._address + what, body, headers, method=method)  # noqa: S310  # our own server
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # the same
            assert answer.status < 300

    def goes_on(self, page: Page, words: str, beyond: float = 0) -> None:
        """Sends second by second until the trace says these words and is drawn so far, for a minute at most."""
        age = page.locator("[data-age]")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            over = int(time.monotonic() - self._began_s)
            if over > self._seq:
                until_now = range(self._seq, min(over, self._seq + MAX_CHUNKS_A_BODY))
                self._send("/chunks", pack_envelopes([chunk(seq) for seq in until_now]))
                self._seq = until_now.stop
            page.wait_for_timeout(200)
            if re.search(words, age.inner_text()) and page.evaluate(DRAWN) > beyond:
                return
        expect(age).to_have_text(re.compile(words))
        assert page.evaluate(DRAWN) > beyond


def test_screen_goes_on_by_asking_and_says_so_when_the_broker_is_gone(
    login: Login,
    live_server: LiveServer,
    broker: int,
    nurse: User,
    physician: User,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    session = scenes.make_running(nurse, physician, timezone.now())
    bedside = Bedside(live_server.url, session)
    page = login(nurse.username)
    page.goto(session.get_absolute_url())
    bedside.goes_on(page, r"^\d+\.\d s ago$")
    valkey.stop(broker)
    bedside.goes_on(page, r"^\d+\.\d s ago, delayed")
    bedside.goes_on(page, "delayed", beyond=page.evaluate(DRAWN) + 3000)
    page.screenshot(path=tmp_path / "delayed.png")
    page.wait_for_function(SHOWN)
    expect(page.locator("[data-sweep]")).not_to_have_class(re.compile("is-stale"))
    assert complaints == []
