"""A screen is told of new samples as they come, and that it is delayed while the broker is gone."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from devices import notices, stream
from devices.models import Recording
from devices.stream import Hub
from tests import factories
from tests.devices.wire import Sender, chunk


@pytest.fixture
def recording(agent: Sender) -> Recording:
    agent.open()
    return Recording.objects.get()


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """One of the test's own, which nobody else joins; its thread ends with the process."""
    found = Hub()
    monkeypatch.setattr("devices.live_views.hub", found)
    monkeypatch.setattr(stream, "QUIET_S", 0.2)
    return found


def named(events: Iterator[bytes]) -> Iterator[str]:
    """The names of the events, without what only keeps the line open."""
    return (
        line.removeprefix("event: ")
        for part in events
        for line in part.decode().splitlines()
        if line.startswith("event: ")
    )


def told(client: Client, recording: Recording) -> Iterator[str]:
    answer = client.get(reverse("devices:stream", args=[recording.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    return named(iter(answer.streaming_content))  # type: ignore[attr-defined]


def until(event: str, events: Iterator[str]) -> None:
    assert event in events, f"the stream ended without {event}"


def test_screen_is_told_of_new_samples(
    recording: Recording,
    nurse_client: Client,
    agent: Sender,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    events = told(nurse_client, recording)
    until("on_time", events)
    with django_capture_on_commit_callbacks(execute=True):
        agent.send([chunk(0)])
    until("chunks", events)


def test_notices_of_other_recordings_are_not_told(
    recording: Recording, nurse_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.make_recording(recording.device)
    events = told(nurse_client, recording)
    until("on_time", events)
    monkeypatch.setattr(stream, "LONGEST_S", 0.0)
    notices.publish({other.pk})
    notices.publish({recording.pk})
    assert next(events) == "chunks"


def test_screen_is_told_that_the_broker_is_gone(
    recording: Recording, nurse_client: Client, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert next(told(nurse_client, recording)) == "delayed"


def test_screen_is_told_when_the_broker_comes_back(
    recording: Recording, nurse_client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_AGAIN_S", 0.05)
    good, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    events = told(nurse_client, recording)
    until("delayed", events)
    settings.REDIS_URL = good
    until("on_time", events)


def test_one_screen_too_many_is_refused_and_let_in_when_another_left(
    recording: Recording, nurse_client: Client, settings: Settings, hub: Hub
) -> None:
    settings.LIVE_STREAMS_A_PROCESS = 1
    address = reverse("devices:stream", args=[recording.pk])
    first = hub.join(recording.pk)
    assert nurse_client.get(address).status_code == 429
    first.close()
    assert nurse_client.get(address).status_code == 200


def test_slow_screen_misses_repetitions_and_never_the_state(recording: Recording, hub: Hub) -> None:
    subscription = hub.join(recording.pk)
    for _ in range(20):
        subscription.put_chunks(str(recording.pk))
    subscription.put("delayed")
    body = subscription.events()
    told = [next(body) for _ in range(4)]
    assert told.count(f'event: chunks\ndata: ["{recording.pk}"]\n\n'.encode()) == 1
    assert any(b"delayed" in part or b"on_time" in part for part in told)


def test_one_stream_tells_of_several_recordings_by_name(recording: Recording, hub: Hub) -> None:
    other = factories.make_recording(recording.device)
    subscription = hub.join(recording.pk, other.pk)
    for uuid in (recording.pk, other.pk, uuid4()):
        subscription.put_chunks(str(uuid))
    body = subscription.events()
    chunks = next(part.decode() for part in body if b"event: chunks" in part)
    assert json.loads(chunks.split("data: ")[1]) == sorted([str(recording.pk), str(other.pk)])


def test_stream_of_another_clinic_is_not_there(recording: Recording, outsider_client: Client) -> None:
    assert outsider_client.get(reverse("devices:stream", args=[recording.pk])).status_code == 404
