"""Every refusal of the agent protocol: its status, its code, and that nothing was stored."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from devices.api import urls
from devices.chunks import pack_envelopes
from devices.models import AgentKey, Chunk, Device, Recording
from devices.protocol import CHUNKS_CONTENT_TYPE, MAX_BODY_BYTES, PROBLEM_CONTENT_TYPE, Envelope
from tests import factories
from tests.devices.wire import Sender, chunk, manifest, outcomes
from tests.factories import MONDAY_NINE

NUL = json.dumps(manifest(source="a\0b")).encode()


def problem(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == PROBLEM_CONTENT_TYPE
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"].endswith(".")
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    "name", [f"api:{pattern.name}" for pattern in urls.urlpatterns if pattern.name != "enrol"]
)
@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer unknown", "Basic abc", "Bearer " + "x" * 5000])
def test_no_address_answers_without_a_good_key(db: None, name: str, header: str) -> None:
    args = [] if name in {"api:schema", "api:heartbeat", "api:key"} else [str(uuid.uuid4())]
    method = {"api:schema": "get", "api:state": "get", "api:recording": "put"}.get(name, "post")
    answer = getattr(Client(), method)(reverse(name, args=args), headers={"Authorization": header})
    assert problem(answer) == (401, "unknown_key")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_revoked_key_is_refused(agent: Sender) -> None:
    AgentKey.objects.update(revoked_at=MONDAY_NINE)
    assert problem(agent.open()) == (401, "unknown_key")
    assert not Recording.objects.exists()


def test_logged_in_person_is_no_agent(nurse_client: Client, agent: Sender) -> None:
    agent.open()
    assert problem(nurse_client.get(f"{agent.address}/state")) == (401, "unknown_key")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        NUL,
        json.dumps(manifest(channels=[])).encode(),
        json.dumps(manifest(started_at_ms=1788940800)).encode(),
        json.dumps(manifest(trigger_source="magic")).encode(),
        json.dumps(manifest(source="\ud800")).encode(),
        json.dumps(
            manifest(channels=[{"name": "ECG", "unit": "V", "rate_hz": 1, "counts_per_unit": 1}])
        ).encode(),
        json.dumps(
            manifest(channels=[{"name": "ECG", "unit": "mV", "rate_hz": 249.973, "counts_per_unit": 1000}])
        ).encode(),
        json.dumps(
            manifest(channels=[{"name": "ECG", "unit": "mV", "rate_hz": 250, "counts_per_unit": 1e-7}])
        ).encode(),
    ],
)
def test_malformed_manifest_is_refused(agent: Sender, body: bytes) -> None:
    assert problem(agent.put_raw(body)) == (422, "malformed")
    assert not Recording.objects.exists()


def test_another_manifest_under_the_same_uuid_is_refused(agent: Sender) -> None:
    agent.open()
    assert problem(agent.open(source="something else")) == (409, "manifest_conflict")


@pytest.fixture
def stranger(agent: Sender) -> Sender:
    """The agent of another device, which uses the same UUID."""
    agent.open()
    other = factories.make_device(Device.objects.get().clinic, "Device 2")
    _, secret = factories.make_key(other)
    return Sender(secret, agent.uuid, Client())


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda s: s.open(), (409, "manifest_conflict")),
        (lambda s: s.send([chunk(0)]), (404, "unknown_recording")),
        (lambda s: s.close(0), (404, "unknown_recording")),
        (lambda s: s.state(), (404, "unknown_recording")),
    ],
    ids=["open", "chunks", "close", "state"],
)
def test_recording_of_another_device_looks_like_none(
    stranger: Sender, ask: Callable[[Sender], Any], expected: tuple[int, str]
) -> None:
    theirs = ask(stranger)
    assert problem(theirs) == expected
    if expected[0] == 404:
        stranger.uuid = uuid.uuid4()
        assert ask(stranger).content == theirs.content
    assert not Chunk.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"\xc1",
        b"\x90",
        b"{}",
        msgspec.msgpack.encode([[0, b"short", b"x"]]),
        msgspec.msgpack.encode([[-1, b"x" * 32, b"x"]]),
        msgspec.msgpack.encode([["0", b"x" * 32, b"x"]]),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5000,
    ],
)
def test_body_that_is_no_array_of_envelopes_is_refused(agent: Sender, body: bytes) -> None:
    agent.open()
    assert problem(agent.send_raw(body)) == (422, "malformed")


def test_damaged_chunk_is_refused_and_the_good_ones_are_stored(agent: Sender) -> None:
    agent.open()
    good, other = chunk(0), chunk(1)
    flipped = bytes([other.data[0] ^ 1]) + other.data[1:]
    answer = agent.send([Envelope(1, other.sha256, flipped), good])
    assert answer.status_code == 422
    assert outcomes(answer) == ["bad_hash", "stored"]
    assert list(Chunk.objects.values_list("seq", flat=True)) == [0]


def test_chunk_that_calls_itself_otherwise_is_malformed(agent: Sender) -> None:
    agent.open()
    inside = chunk(1)
    answer = agent.send([Envelope(7, inside.sha256, inside.data)])
    assert (answer.status_code, outcomes(answer)) == (422, ["malformed"])
    assert not Chunk.objects.exists()


def test_too_many_chunks_are_refused_as_a_whole(agent: Sender) -> None:
    agent.open()
    assert problem(agent.send([chunk(seq) for seq in range(65)])) == (413, "too_large")
    assert not Chunk.objects.exists()


def test_body_that_says_it_is_too_long_is_not_read(agent: Sender) -> None:
    agent.open()
    assert problem(agent.send_raw(b"x" * (MAX_BODY_BYTES + 1))) == (413, "too_large")
    assert problem(agent.put_raw(b" " * 100_000)) == (413, "too_large")


def test_another_content_type_is_another_version(agent: Sender) -> None:
    agent.open()
    answer = agent.send_raw(pack_envelopes([chunk(0)]), content_type="application/octet-stream")
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["nothing", "recordings/not-a-uuid", "recordings/not-a-uuid/chunks"])
def test_address_that_is_not_there_is_refused_as_a_problem(agent: Sender, path: str) -> None:
    answer = agent.client.put(f"/api/v1/{path}", b"{}", "application/json", headers=agent.headers)
    assert problem(answer) == (404, "not_found")


def test_method_that_is_not_there_is_refused_as_a_problem(agent: Sender) -> None:
    answer = agent.client.delete(agent.address, headers=agent.headers)
    assert problem(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "PUT, OPTIONS"


@pytest.mark.parametrize(
    "changes",
    [
        {"spool_unsent": -1},
        {"spool_unsent": 2**40},
        {"disk_free_bytes": 2**70},
        {"source_state": "sleepy"},
        {"agent_version": "\0"},
        {"clock_ms": 2**54},
    ],
)
def test_impossible_heartbeat_is_refused(agent: Sender, changes: dict[str, Any]) -> None:
    assert problem(agent.beat(**changes)) == (422, "malformed")


def test_close_of_a_recording_that_was_never_opened_is_refused(agent: Sender) -> None:
    assert problem(agent.close(0, MONDAY_NINE + timedelta(hours=1))) == (404, "unknown_recording")


def test_runaway_agent_is_told_to_wait(agent: Sender, settings: Settings) -> None:
    agent.open()
    settings.AGENT_REQUESTS_A_SECOND = 0
    for answer in (agent.beat(), agent.send([chunk(0)])):
        assert problem(answer) == (429, "too_many_requests")
        assert answer["Retry-After"] == "1"
    assert not Chunk.objects.exists()


def test_another_content_type_is_told_which_is_taken(agent: Sender) -> None:
    agent.open()
    later = agent.send_raw(pack_envelopes([chunk(0)]), "application/vnd.eecp.chunks.v2+msgpack")
    assert problem(later) == (415, "unsupported_media_type")
    assert later["Accept-Post"] == CHUNKS_CONTENT_TYPE


def test_revoked_key_stores_nothing_though_its_recording_is_known(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    AgentKey.objects.update(revoked_at=MONDAY_NINE)
    assert problem(agent.send([chunk(1)])) == (401, "unknown_key")
    assert Chunk.objects.count() == 1


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30])
def test_length_that_is_no_number_is_refused(agent: Sender, length: str) -> None:
    agent.open()
    answer = agent.client.generic(
        "POST",
        f"{agent.address}/chunks",
        b"x",
        content_type=CHUNKS_CONTENT_TYPE,
        headers=agent.headers,
        CONTENT_LENGTH=length,
    )
    assert problem(answer) == (422, "malformed")


def test_host_that_is_not_ours_is_refused(agent: Sender) -> None:
    agent.open()
    headers = agent.headers | {"Host": "elsewhere.example"}
    address = f"{agent.address}/chunks"
    answer = agent.client.post(address, b"x", content_type=CHUNKS_CONTENT_TYPE, headers=headers)
    assert problem(answer) == (400, "unknown_host")


def test_address_with_a_line_break_is_refused_by_the_api_and_not_by_a_page(client: Client) -> None:
    answer = client.post("/api/v1/recordings/%C3%8F%0A/close", data=b"{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
