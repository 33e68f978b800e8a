"""What the line of a device says, from the last heartbeat and the last chunk."""

from datetime import datetime, timedelta

import pytest

from devices.ages import in_words
from devices.health import signal_line, warnings_of
from devices.models import AgentStatus, Device
from devices.protocol import SourceState
from tests import factories


def beat(device: Device, at: datetime, **fields: object) -> AgentStatus:
    values = {"agent_version": "0.1.0", "source_state": "ok", "disk_free_bytes": 10**10, "clock_offset_ms": 0}
    return AgentStatus.objects.create(device=device, at=at, **values | fields)


@pytest.mark.parametrize(
    ("seconds", "state", "sentence"),
    [(1, "run", "Running"), (20, "look", "No signal for 20 s"), (190, "stop", "No signal for 3 min")],
)
def test_running_recording_says_how_old_its_last_chunk_is(
    device: Device, now: datetime, seconds: int, state: str, sentence: str
) -> None:
    last = now - timedelta(seconds=seconds)
    factories.make_recording(device, closed_at=None, ended_at=None, stored_at=None, last_chunk_at=last)
    assert signal_line(device, now) == (state, sentence)


def test_device_without_an_agent_says_so(device: Device, now: datetime) -> None:
    assert signal_line(device, now).state == "idle"


def test_device_out_of_use_says_only_that(device: Device, now: datetime) -> None:
    device.is_active = False
    assert signal_line(device, now) == ("idle", "Not in use")


def test_silent_agent_is_named_with_its_silence(device: Device, now: datetime) -> None:
    beat(device, now - timedelta(hours=5))
    assert signal_line(device, now) == ("look", "Agent silent for 5 h")


@pytest.mark.parametrize("source", list(SourceState))
def test_every_state_of_the_source_has_a_sentence(device: Device, now: datetime, source: SourceState) -> None:
    beat(device, now, source_state=source.value)
    assert "does not know" not in signal_line(device, now).sentence


def test_state_of_a_newer_agent_is_said_to_be_unknown(device: Device, now: datetime) -> None:
    beat(device, now, source_state="dreaming")
    assert "does not know" in signal_line(device, now).sentence


def test_wrong_clock_and_full_disk_are_told(device: Device, now: datetime) -> None:
    status = beat(device, now, clock_offset_ms=-3_700_000, disk_free_bytes=40 * 2**20)
    clock, disk = warnings_of(status)
    assert "1 h behind the server's" in clock
    assert "40 MB" in disk
    assert warnings_of(None) == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (3 * 86400, "3 days")]
)
def test_ages_are_told_in_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
