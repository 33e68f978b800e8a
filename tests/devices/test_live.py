"""The trace shows the last seconds by the server's clock, and gaps as gaps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from devices.live import tail, trace
from devices.live_figures import FIGURES_S
from devices.models import Recording
from devices.recordings import to_ms
from devices.waveform import ChannelName
from tests.devices.wire import Sender, chunk
from tests.factories import MONDAY_NINE


@pytest.fixture
def recording(agent: Sender) -> Recording:
    """Thirty seconds whose 25th never arrived; the device's clock is two seconds ahead of the server's."""
    agent.open()
    agent.send([chunk(seq) for seq in range(30) if seq != 24])
    Recording.objects.update(clock_offset_ms=2000, last_chunk_at=MONDAY_NINE + timedelta(seconds=28))
    return Recording.objects.get()


NOW = MONDAY_NINE + timedelta(seconds=29)


def test_trace_holds_the_last_ten_seconds(recording: Recording) -> None:
    answer = trace(recording, now=NOW)
    ecg = answer["channels"][0]
    assert [c["name"] for c in answer["channels"]] == ["ecg", "pleth", "cuff"]
    assert (ecg["rate_hz"], len(ecg["samples"])) == (250, 2500)
    assert ecg["t0_ms"] == to_ms(MONDAY_NINE) + 20_000 - 2000
    assert ecg["samples"][1000:1250] == [None] * 250  # the second that never arrived
    assert None not in ecg["samples"][1250:]
    assert answer["age_ms"] == 1000


def test_events_are_on_the_same_clock(recording: Recording) -> None:
    events = trace(recording, now=NOW)["events"]
    assert len(events) == 18
    assert events[0] == {"t_ms": to_ms(MONDAY_NINE) + 18_123, "kind": "trigger", "cuff": ""}


def test_what_the_caller_has_is_left_out(recording: Recording) -> None:
    after_ms = to_ms(MONDAY_NINE) + 27_000
    answer = trace(recording, now=NOW, after_ms=after_ms)
    ecg = answer["channels"][0]
    assert (ecg["t0_ms"], len(ecg["samples"])) == (after_ms, 250)
    assert all(event["t_ms"] > after_ms for event in answer["events"])


def test_only_the_chunks_that_are_needed_are_read(
    recording: Recording, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1) as captured:
        trace(recording, now=NOW)
    assert "LIMIT 24" in captured.captured_queries[0]["sql"]


def test_recording_without_samples_has_an_empty_trace(agent: Sender) -> None:
    agent.open()
    answer = trace(Recording.objects.get(), now=NOW)
    assert (answer["channels"], answer["age_ms"]) == ([], None)


def test_tail_of_a_short_recording_is_the_whole(recording: Recording) -> None:
    found = tail(recording, FIGURES_S)
    assert found is not None
    assert (found.from_s, found.until_s) == (0, 30)
    ecg = found.waveform.channel(ChannelName.ECG)
    assert ecg is not None
    assert ecg.samples.size == 30 * 250


def test_long_chunks_are_enough_as_short_ones_are(agent: Sender) -> None:
    agent.open()
    for first in range(0, 128, 64):
        agent.send([chunk(seq) for seq in range(first, first + 64)])
    found = tail(Recording.objects.get(), FIGURES_S)
    assert found is not None
    assert (found.from_s, found.until_s) == (66, 128)
    assert found.waveform.duration_s == 62


def test_age_grows_when_nothing_arrives(recording: Recording) -> None:
    later = NOW + timedelta(seconds=40)
    assert trace(recording, now=later)["age_ms"] == 41_000


def test_trace_is_given_as_json(recording: Recording, nurse_client: Client) -> None:
    Recording.objects.update(last_chunk_at=timezone.now())
    answer = nurse_client.get(reverse("devices:live", args=[recording.pk]), {"after_ms": "nonsense"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    assert len(answer.json()["channels"]) == 3


def test_trace_of_another_clinic_is_not_there(recording: Recording, outsider_client: Client) -> None:
    assert outsider_client.get(reverse("devices:live", args=[recording.pk])).status_code == 404
