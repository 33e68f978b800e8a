"""Enrolment and rotation over HTTP: what is answered, what is refused, and from when on."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from devices import keys
from devices.api.throttling import ATTEMPTS_A_MINUTE, Attempts, TooManyRequests
from devices.api.views import EnrolView
from devices.models import AgentKey, AgentStatus, Chunk, Device
from eecp_clinic.models import User
from tests.devices.api.test_refusals import problem
from tests.devices.wire import Sender, chunk

ENROL, KEY = "/api/v1/enrol", "/api/v1/key"


@pytest.fixture(autouse=True)
def _no_attempts_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EnrolView, "attempts", Attempts())


def enrol(code: object, **headers: str) -> object:
    return Client().post(ENROL, {"code": code}, content_type="application/json", **headers)  # type: ignore[arg-type]


def rotated(agent: Sender) -> Sender:
    answer = agent.client.post(KEY, headers=agent.headers)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    return Sender(answer.json()["key"], agent.uuid, Client())


def test_code_is_exchanged_for_a_key_that_works(device: Device, administrator: User) -> None:
    code = keys.in_groups(keys.make_code(device=device, actor=administrator, now=timezone.now()))
    answer = enrol(code)
    assert answer.status_code == 201  # type: ignore[attr-defined]
    told = answer.json()  # type: ignore[attr-defined]
    assert told["device"] == device.name
    assert Sender(told["key"], uuid.uuid4(), Client()).beat().status_code == 204
    assert problem(enrol(code)) == (403, "code_used")


def test_code_that_is_wrong_or_too_old_is_refused(device: Device, administrator: User) -> None:
    assert problem(enrol("bcdfg-hjkmn")) == (403, "code_unknown")
    old = timezone.now() - timedelta(minutes=16)
    code = keys.make_code(device=device, actor=administrator, now=old)
    assert problem(enrol(code)) == (403, "code_expired")
    assert not AgentKey.objects.exists()


@pytest.mark.parametrize("code", ["", None, 7, "x" * 41, ["b"]])
def test_what_is_no_code_is_malformed(db: None, code: object) -> None:
    assert problem(enrol(code)) == (422, "malformed")


def test_body_without_end_is_not_read(db: None) -> None:
    answer = Client().generic("POST", ENROL, b"x" * 70_000, content_type="application/json")
    assert problem(answer) == (413, "too_large")


def test_guessing_is_stopped_and_no_other_address_with_it(device: Device, administrator: User) -> None:
    code = keys.make_code(device=device, actor=administrator, now=timezone.now())
    for _ in range(ATTEMPTS_A_MINUTE):
        assert problem(enrol("bcdfg-hjkmn", REMOTE_ADDR="192.0.2.1"))[0] == 403
    answer = enrol(code, REMOTE_ADDR="192.0.2.1")
    assert problem(answer) == (429, "too_many_requests")
    assert answer["Retry-After"] == "60"  # type: ignore[index]
    assert enrol(code, REMOTE_ADDR="192.0.2.2").status_code == 201  # type: ignore[attr-defined]


def test_address_that_a_client_claims_counts_only_where_our_proxy_added_it(
    db: None, settings: Settings
) -> None:
    def guess(claimed: str) -> int:
        return problem(enrol("bcdfg-hjkmn", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=claimed))[0]

    assert [guess(f"198.51.100.{n}") for n in range(ATTEMPTS_A_MINUTE + 1)][-1] == 429
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert guess("203.0.113.1") == 403
    assert [guess(f"{n}, 203.0.113.1") for n in range(ATTEMPTS_A_MINUTE)][-1] == 429


def test_rotation_leaves_no_gap(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    new = rotated(agent)
    assert agent.send([chunk(1)]).status_code == 200, "the old key is good until the new one is used"
    assert new.send([chunk(2)]).status_code == 200
    assert problem(agent.send([chunk(3)])) == (401, "unknown_key")
    assert problem(agent.beat()) == (401, "unknown_key")
    assert new.beat().status_code == 204
    assert Chunk.objects.count() == 3


def test_key_that_was_given_and_lost_does_no_harm(agent: Sender) -> None:
    lost, new = rotated(agent), rotated(agent)
    assert problem(lost.beat()) == (401, "unknown_key")
    assert new.beat().status_code == 204


def test_replaced_key_ends_after_a_day_for_chunks_too(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    rotated(agent)
    AgentKey.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now())
    assert problem(agent.send([chunk(1)])) == (401, "unknown_key")
    assert problem(agent.client.post(KEY, headers=agent.headers)) == (401, "unknown_key")
    assert Chunk.objects.count() == 1


def test_revoked_key_is_refused_by_the_next_request_whatever_was_remembered(
    agent: Sender, administrator: User
) -> None:
    agent.open()
    agent.send([chunk(0)])  # its manifest and its use are remembered now
    agent.beat()
    AgentStatus.objects.all().delete()
    keys.revoke_key(key=AgentKey.objects.get(), actor=administrator, now=timezone.now())
    answers = [
        agent.send([chunk(1)]),
        agent.send([chunk(0)]),
        agent.beat(),
        agent.state(),
        agent.open(),
        agent.client.post(KEY, headers=agent.headers),
    ]
    assert {problem(answer) for answer in answers} == {(401, "unknown_key")}
    assert (Chunk.objects.count(), AgentStatus.objects.count(), AgentKey.objects.count()) == (1, 0, 1)


def test_processes_count_attempts_together() -> None:
    for _ in range(ATTEMPTS_A_MINUTE):
        Attempts().count("192.0.2.1")
    with pytest.raises(TooManyRequests):
        Attempts().count("192.0.2.1")
    Attempts().count("192.0.2.2")


def test_without_the_cache_a_process_counts_for_itself() -> None:
    gone = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    attempts = Attempts()
    with override_settings(CACHES={"default": gone}):
        for _ in range(ATTEMPTS_A_MINUTE):
            attempts.count("192.0.2.1")
        with pytest.raises(TooManyRequests):
            attempts.count("192.0.2.1")
