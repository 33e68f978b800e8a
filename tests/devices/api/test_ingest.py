"""What agents send is taken exactly once, in any order, and nothing is overwritten."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from devices import signals
from devices.health import warnings_of
from devices.models import AgentKey, AgentStatus, Chunk, ChunkConflict, Device, Recording
from devices.protocol import Account
from devices.recordings import to_ms
from eecp_clinic.models import AuditEvent
from tests.devices.wire import Sender, chunk, outcomes
from tests.factories import MONDAY_NINE


def test_recording_is_opened_once_and_found_again(agent: Sender, device: Device) -> None:
    assert agent.open().status_code == 201
    again = agent.open(clock_ms=to_ms(MONDAY_NINE) + 5000)
    assert again.status_code == 200
    assert again.json()["highest_contiguous_seq"] == -1
    recording = Recording.objects.get()
    assert (recording.device, recording.started_at) == (device, MONDAY_NINE)
    assert AuditEvent.objects.get(action="recording.opened").subject == f"recording:{agent.uuid}"


def test_clock_offset_is_device_minus_server(agent: Sender) -> None:
    agent.open()
    recording = Recording.objects.get()
    assert recording.clock_offset_ms == to_ms(MONDAY_NINE) - to_ms(recording.opened_at)


def test_chunks_are_stored_byte_for_byte(agent: Sender) -> None:
    agent.open()
    sent = [chunk(0), chunk(1)]
    answer = agent.send(sent)
    assert answer.status_code == 200
    assert outcomes(answer) == ["stored", "stored"]
    assert answer.json()["highest_contiguous_seq"] == 1
    assert [bytes(row.data) for row in Chunk.objects.order_by("seq")] == [e.data for e in sent]


def test_same_bytes_again_are_a_success_and_change_nothing(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), chunk(1)])
    answer = agent.send([chunk(1), chunk(2), chunk(2)])
    assert answer.status_code == 200
    assert outcomes(answer) == ["duplicate", "stored", "duplicate"]
    assert Chunk.objects.count() == 3


def test_other_bytes_under_a_number_are_kept_aside_and_said(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    for _ in range(2):
        answer = agent.send([chunk(0, shift=1), chunk(1)])
        assert answer.status_code == 409
        assert outcomes(answer)[0] == "conflict"
    assert bytes(Chunk.objects.get(seq=0).data) == chunk(0).data
    assert bytes(ChunkConflict.objects.get().data) == chunk(0, shift=1).data
    assert Chunk.objects.count() == 2


def test_two_contents_in_one_batch_conflict_with_each_other(agent: Sender) -> None:
    agent.open()
    assert outcomes(agent.send([chunk(0), chunk(0, shift=1)])) == ["stored", "conflict"]


def test_any_order_gives_the_same_account(agent: Sender) -> None:
    agent.open()
    for seq in (7, 0, 11, 3, 2, 9, 10, 1, 4, 8, 6, 5):
        assert agent.send([chunk(seq)]).status_code == 200
    state = agent.state().json()
    assert (state["highest_contiguous_seq"], state["missing"], state["received"]) == (11, [], 12)


def test_what_is_missing_is_named(agent: Sender) -> None:
    agent.open()
    answer = agent.send([chunk(0), chunk(3), chunk(4)]).json()
    assert answer["highest_contiguous_seq"] == 0
    assert answer["missing"] == [[1, 2]]
    agent.close(6)
    assert agent.state().json()["missing"] == [[1, 2], [5, 6]]


def test_chunks_are_taken_after_the_close_and_not_beyond_it(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(1)])
    agent.close(1)
    assert outcomes(agent.send([chunk(0)])) == ["stored"]
    beyond = agent.send([chunk(2)])
    assert beyond.status_code == 422
    assert outcomes(beyond) == ["malformed"]


def test_same_close_again_is_a_success_and_another_is_refused(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), chunk(1)])
    assert agent.close(1).json()["closed"] is True
    assert agent.close(1).status_code == 200
    other = agent.close(2)
    assert (other.status_code, other.json()["code"]) == (409, "close_conflict")
    assert AuditEvent.objects.filter(action="recording.closed").count() == 1


def test_recording_without_chunks_can_be_closed(agent: Sender) -> None:
    agent.open()
    assert agent.close(-1).json()["last_seq"] == -1


@pytest.mark.parametrize(
    ("last_seq", "seconds"), [(0, 10), (5, -10)], ids=["below what came", "before it began"]
)
def test_close_that_contradicts_what_came_is_refused(agent: Sender, last_seq: int, seconds: int) -> None:
    agent.open()
    agent.send([chunk(3)])
    answer = agent.close(last_seq, MONDAY_NINE + timedelta(seconds=seconds))
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert Recording.objects.get().closed_at is None


def test_close_announces_and_asks_for_the_file_after_commit(
    agent: Sender, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard = []

    def listen(recording: Recording, **kwargs: object) -> None:
        heard.append(recording.pk)

    signals.recording_opened.connect(listen)
    signals.recording_closed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        agent.open()
    with django_capture_on_commit_callbacks() as callbacks:
        agent.close(-1)
    callbacks[0]()
    assert heard == [agent.uuid, agent.uuid]
    assert len(callbacks) == 2


def test_late_chunk_makes_a_stored_recording_due_again(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    agent.close(1)
    Recording.objects.update(stored_at=MONDAY_NINE, verified_at=MONDAY_NINE, file_sha256="ab" * 32)
    agent.send([chunk(1)])
    assert list(Recording.objects.to_store()) == [Recording.objects.get()]
    assert Recording.objects.get().is_verified  # the file that there is stays what it was
    assert AuditEvent.objects.filter(action="recording.late_chunks").exists()


def test_recording_closed_for_silence_is_resumed_by_its_agent(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    Recording.objects.update(closed_at=MONDAY_NINE, ended_at=MONDAY_NINE)
    assert agent.state().json()["closed"] is False
    agent.send([chunk(1)])
    assert Recording.objects.get().is_open
    assert agent.close(1).json()["closed"] is True


def test_heartbeat_is_remembered(agent: Sender, device: Device) -> None:
    assert agent.beat().status_code == 204
    assert agent.beat(source_state="lead_off", spool_unsent=0).status_code == 204
    status = AgentStatus.objects.get()
    assert (status.device, status.source_state, status.spool_unsent) == (device, "lead_off", 0)
    assert (status.source_since, status.spool_bytes, status.patient_connected) == (None, None, None)


@pytest.mark.parametrize(
    "state", ["ok", "ended", "idle", "no_signal", "unplugged", "lead_off", "spool_full", "cable_unplugged"]
)
def test_heartbeat_tells_what_the_agent_sees_and_since_when(agent: Sender, state: str) -> None:
    news = {"source_since_s": 180, "spool_bytes": 4096, "patient_connected": True, "of_a_later_version": [1]}
    assert agent.beat(source_state=state, **news).status_code == 204
    status = AgentStatus.objects.get()
    assert (status.source_state, status.spool_bytes, status.patient_connected) == (state, 4096, True)
    assert status.source_since == status.at - timedelta(minutes=3)


@pytest.mark.parametrize("clock_ms", [0, -1, 12_000, 4_200_000_000_000])
def test_agent_whose_clock_is_lost_is_heard_and_its_clock_is_told(agent: Sender, clock_ms: int) -> None:
    """It sends what it has all the same; somebody must learn that its computer lives in 1970."""
    assert agent.beat(clock_ms=clock_ms).status_code == 204
    status = AgentStatus.objects.get()
    assert status.clock_offset_ms == clock_ms - to_ms(status.at)
    [warning] = [sentence for sentence in warnings_of(status) if "clock" in sentence]
    assert re.search(r"\d+ days (behind|ahead of) the server's", warning)


def test_use_of_a_key_is_told_to_the_minute(
    agent: Sender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    agent.beat()
    first = AgentKey.objects.get().last_used_at
    assert first is not None
    agent.beat()
    assert AgentKey.objects.get().last_used_at == first
    AgentKey.objects.update(last_used_at=first - timedelta(minutes=2))
    agent.beat()
    assert AgentKey.objects.get().last_used_at >= first  # type: ignore[operator]


def test_batch_with_duplicates_takes_as_many_queries_as_one_chunk(
    agent: Sender, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agent.open()
    agent.send([chunk(3)])
    with django_assert_max_num_queries(10):
        agent.send([chunk(seq) for seq in range(64)])


def test_ordinary_batch_is_one_statement(
    agent: Sender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    agent.open()
    agent.send([chunk(0)])
    with django_assert_num_queries(
        0
    ):  # but for the one that is counted below, which goes past Django's cursor
        agent.send([chunk(seq) for seq in range(1, 65)])
    assert Recording.objects.get().received == ((0, 64),)
    assert Chunk.objects.count() == 65


@given(order=st.permutations(range(12)), batch=st.integers(1, 5), twice=st.sets(st.integers(0, 11)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_account_is_exact_whatever_comes_in_whatever_order(
    agent: Sender, order: list[int], batch: int, twice: set[int]
) -> None:
    agent.uuid = uuid.uuid4()
    agent.open()
    come = [seq for seq in order for _ in range(1 + (seq in twice))]
    seen: set[int] = set()
    for first in range(0, len(come), batch):
        answer = agent.send([chunk(seq) for seq in come[first : first + batch]])
        assert answer.status_code == 200
        seen |= set(come[first : first + batch])
        expected = Account.of(seen)
        assert answer.json()["highest_contiguous_seq"] == expected.highest_contiguous_seq
        assert answer.json()["missing"] == [list(gap) for gap in expected.missing]
    stored = Chunk.objects.filter(recording=agent.uuid).values_list("seq", flat=True)
    assert sorted(stored) == list(range(12))


def test_use_of_a_key_is_told_by_its_chunks(agent: Sender) -> None:
    agent.open()
    AgentKey.objects.update(last_used_at=None)
    agent.send([chunk(0)])
    assert AgentKey.objects.get().last_used_at is not None


def test_schema_is_told_to_agents(agent: Sender) -> None:
    answer = Client().get("/api/v1/schema", headers=agent.headers)
    assert answer.status_code == 200
    for path in ("recordings/{uuid}", "recordings/{uuid}/chunks", "heartbeat"):
        assert f"/api/v1/{path}" in answer.content.decode()


@pytest.mark.parametrize("clock_ms", [0, -5, 86_400_000, 2**53])
def test_heartbeat_of_a_computer_that_lost_its_clock_is_heard(
    agent: Sender, device: Device, clock_ms: int
) -> None:
    assert agent.beat(clock_ms=clock_ms).status_code == 204
    status = AgentStatus.objects.get(device=device)
    assert status.clock_offset_ms == clock_ms - to_ms(status.at)
    assert any("bedside computer's clock" in warning for warning in warnings_of(status))


def test_offsets_that_the_agent_measured_count_more_than_the_time_of_arrival(
    agent: Sender, device: Device
) -> None:
    agent.beat(server_offset_ms=95_012, round_trip_ms=8, device_offset_ms=-400)
    status = AgentStatus.objects.get(device=device)
    measured = (status.clock_offset_ms, status.clock_round_trip_ms, status.device_offset_ms)
    assert measured == (-95_012, 8, -400)


def test_measurements_of_the_clocks_are_kept_with_the_recording(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    clocks = [[0, None, 95_012, 8], [60_000, 12, None, None]]
    close = {"last_seq": 0, "ended_at_ms": to_ms(MONDAY_NINE) + 1000}
    assert agent.post("close", close | {"clocks": clocks}).status_code == 200
    assert Recording.objects.get().clocks == clocks
    assert agent.post("close", close).status_code == 200  # as an agent of before would say it again
    assert Recording.objects.get().clocks == clocks


def test_more_measurements_than_a_recording_keeps_are_refused(agent: Sender) -> None:
    agent.open()
    close = {"last_seq": -1, "ended_at_ms": to_ms(MONDAY_NINE), "clocks": [[0, None, 1, 8]] * 121}
    assert agent.post("close", close).status_code == 422
