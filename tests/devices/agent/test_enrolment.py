"""A real agent enrols with, and rotates its key at, the real server; and every way in which that is cut off."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import structlog
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from devices import keys
from devices.agent.cli import main
from devices.agent.enrolment import ROTATE_EVERY_S, Rotation, enrol, rotate
from devices.agent.key import Key, room_for, store
from devices.agent.server import CannotSend, Server, ServerAway
from devices.api.throttling import Attempts
from devices.api.views import EnrolView
from devices.models import AgentKey, Device
from eecp_clinic.roles import Role
from tests import factories

URL = httpx.URL("https://clinic.example")


@pytest.fixture(autouse=True)
def _no_attempts_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EnrolView, "attempts", Attempts())
    monkeypatch.delenv("EECP_AGENT_KEY", raising=False)
    structlog.reset_defaults()  # an earlier test's agent logs to that test's own standard error


@pytest.fixture
def device(transactional_db: None) -> Device:
    return factories.make_device(factories.make_clinic())


@pytest.fixture
def code(device: Device) -> str:
    admin = factories.make_user(device.clinic, Role.ADMINISTRATOR, "ada", "Ada", "Admin-Example", "")
    return keys.in_groups(keys.make_code(device=device, actor=admin, now=timezone.now()))


@pytest.fixture
def agent(live_server: LiveServer, tmp_path: Path) -> Callable[..., int]:
    def run(command: str, *arguments: str) -> int:
        return main([command, "--server", live_server.url, "--spool", str(tmp_path), *arguments])

    return run


def test_agent_that_was_enrolled_can_send_at_once(
    agent: Callable[..., int], code: str, device: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agent("enrol", "--code", code) == 0
    assert f"sends for the device {device.name}" in capsys.readouterr().out
    path = tmp_path / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert agent("send", "--wait", "1") == 0
    assert AgentKey.objects.get().last_used_at is not None


def test_code_is_asked_for(
    agent: Callable[..., int], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: f"{code.upper()} ")
    assert agent("enrol", "--key-file", str(tmp_path / "kept" / "here")) == 0
    assert (tmp_path / "kept" / "here").read_text().startswith("eecp_")


def test_code_that_is_refused_says_why_and_leaves_the_old_key(
    agent: Callable[..., int], device: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(tmp_path / "key", "old")
    assert agent("enrol", "--code", "bcdfg-hjkmn") == 2
    assert "not known" in capsys.readouterr().err
    assert (tmp_path / "key").read_text().strip() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_code_is_not_spent_where_no_key_can_be_written(
    agent: Callable[..., int], code: str, tmp_path: Path
) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    assert agent("enrol", "--code", code, "--key-file", str(tmp_path / "closed" / "key")) == 2
    assert agent("enrol", "--code", code) == 0


def test_code_is_not_spent_where_the_place_of_the_key_is_taken(
    agent: Callable[..., int], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert agent("enrol", "--code", code, "--key-file", str(tmp_path / "taken" / "key")) == 2
    assert "No key can be written" in capsys.readouterr().err
    assert agent("enrol", "--code", code) == 0


def test_rotation_ends_the_old_key_and_keeps_the_new(
    agent: Callable[..., int], code: str, tmp_path: Path
) -> None:
    agent("enrol", "--code", code)
    old = (tmp_path / "key").read_text().strip()
    assert agent("rotate-key") == 0
    assert (tmp_path / "key").read_text().strip() != old
    assert agent("send", "--wait", "1") == 0
    assert agent("send", "--wait", "1", "--key", old) == 0, "nothing to send asks nobody"
    assert AgentKey.objects.filter(revoked_at=None).count() == 1


def test_agent_that_dies_before_it_stored_the_new_key_goes_on_with_the_old(
    live_server: LiveServer, agent: Callable[..., int], code: str, tmp_path: Path
) -> None:
    agent("enrol", "--code", code)
    path = tmp_path / "key"
    old = path.read_text()
    with Server(httpx.URL(live_server.url), Key(path=path)) as server:
        with room_for(path):
            server.new_key()  # received, and never stored
        assert path.read_text() == old
        server.look()
        rotate(server, path)
        assert path.read_text() != old
        server.look()
    assert AgentKey.objects.filter(revoked_at=None).count() == 1


def answering(handle: Callable[[httpx.Request], httpx.Response], key: Callable[[], str]) -> Server:
    return Server(URL, key, transport=httpx.MockTransport(handle))


def test_request_that_travelled_while_the_key_was_replaced_is_sent_again() -> None:
    names = iter(["old", "new"])
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(204 if "new" in asked[-1] else 401)

    with answering(handle, lambda: next(names)) as server:
        server.heartbeat(b"{}")
    assert asked == ["Bearer old", "Bearer new"]


def test_request_with_a_key_that_was_revoked_is_not_repeated() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(401)

    with (
        answering(handle, lambda: "same") as server,
        pytest.raises(CannotSend, match="does not know this key"),
    ):
        server.heartbeat(b"{}")
    assert len(asked) == 1


def given(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, json={"key": "fresh", "device": "Device 1"})


def test_key_is_replaced_when_it_is_ninety_days_old_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "key"
    store(path, "first")
    now = [time.time() + ROTATE_EVERY_S - 3600]
    said: list[str] = []
    with answering(given, Key(path=path)) as server:
        rotation = Rotation(path, server, said.append, clock_s=lambda: now[0])
        rotation.when_due()
        assert (path.read_text().strip(), said) == ("first", [])
        now[0] += 7200
        rotation.when_due()
    assert path.read_text().strip() == "fresh"
    assert "replaced" in said[0]


def test_rotation_that_fails_is_tried_again_after_an_hour_and_the_key_stays(tmp_path: Path) -> None:
    path = tmp_path / "key"
    store(path, "first")
    now = [time.time() + ROTATE_EVERY_S + 1]
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    with answering(handle, Key(path=path)) as server:
        rotation = Rotation(path, server, print, clock_s=lambda: now[0])
        for seconds in (0, 60, 3601):
            now[0] += seconds
            rotation.when_due()
    assert asked == ["/api/v1/key"] * 2
    assert path.read_text().strip() == "first"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(502), ServerAway),
        (httpx.Response(200, text="<html>a printer</html>"), CannotSend),
        (httpx.Response(404, text="nothing"), CannotSend),
    ],
)
def test_what_is_no_clinic_gives_no_key(
    answer: httpx.Response, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        enrol(URL, "code", tmp_path / "key", transport=httpx.MockTransport(lambda _: answer))
    assert not list(tmp_path.iterdir())
