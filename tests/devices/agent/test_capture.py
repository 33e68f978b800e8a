"""What the capture makes of a source's story, told step by step."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from devices.agent.capture import Capture
from devices.agent.health import Health, SourceState
from devices.agent.sources.source import Began, Ended, Piece, Saw, Step
from devices.agent.spool import Spool
from devices.chunks import block_of, decode_chunk
from devices.protocol import ChannelFormat, Chunk
from devices.waveform import ChannelName

START_MS = 1_788_940_800_000
FORMATS = (ChannelFormat(ChannelName.ECG, "mV", 100.0, 1000.0),)


@dataclass
class Told:
    """A live source that tells what a test wrote down, and then ends as if the agent were stopped."""

    told: list[Step] = field(default_factory=list)
    label: str = "serial"
    is_live: bool = True
    can_wait: bool = False

    def steps(self, stop: threading.Event) -> Iterator[Step]:
        yield from self.told

    def look(self) -> str:
        return "Told."


class Bedside:
    """A spool, and agents that are started beside it one after the other."""

    def __init__(self, folder: Path) -> None:
        self.spool = Spool(folder, now_ms=START_MS)
        self.now_ms = START_MS
        self.said: list[str] = []

    def hears(self, *told: Step) -> Capture:
        capture = Capture(
            source=Told(list(told)),
            spool=self.spool,
            health=Health(SourceState.NO_SIGNAL),
            stop=threading.Event(),
            clock_ms=lambda: self.now_ms,
            captured=lambda: None,
            say=self.said.append,
            agent_version="0",
        )
        capture.run()
        return capture

    def chunks(self, uuid: UUID) -> list[Chunk]:
        recording = self.spool.find(uuid)
        assert recording is not None
        envelopes = self.spool.unsent(uuid, most=1000, most_bytes=10**9)
        return [decode_chunk(envelope, recording.manifest) for envelope in envelopes]

    def recordings(self) -> list[UUID]:
        return [recording.uuid for recording in reversed(self.spool.pending())]


@pytest.fixture
def bedside(tmp_path: Path) -> Iterator[Bedside]:
    bedside = Bedside(tmp_path)
    yield bedside
    bedside.spool.close()


def began(run: str = "one", clock_ms: int | None = None) -> Began:
    return Began(run, START_MS, FORMATS, clock_ms=clock_ms)


def piece(*seconds: int) -> Piece:
    return Piece(
        tuple(block_of(ChannelName.ECG, 100 * s, np.full(100, s, dtype=np.int16)) for s in seconds), ()
    )


def seconds(chunks: list[Chunk]) -> list[int]:
    return [block.first_sample // 100 for chunk in chunks for block in chunk.blocks]


def test_same_run_after_a_new_start_is_the_same_recording(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0), piece(1))
    bedside.now_ms += 4 * 3_600_000  # however long it was away: the console says that it is the same run
    bedside.hears(began(), piece(7))
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == [0, 1, 7]
    assert [chunk.seq for chunk in bedside.chunks(uuid)] == [0, 1, 2]
    assert "goes on after chunk 1" in bedside.said[-1]


def test_other_run_is_another_recording_and_ends_the_first(bedside: Bedside) -> None:
    bedside.hears(began("one"), piece(0))
    bedside.hears(began("two"), piece(0))
    one, two = bedside.recordings()
    assert [r.ended for u in (one, two) if (r := bedside.spool.find(u))] == [True, False]


def test_what_was_captured_before_is_not_captured_twice(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0), piece(1))
    capture = bedside.hears(began(), piece(0), piece(1), piece(1, 2))
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == [0, 1, 2]
    assert capture.dropped == 300


def test_run_that_is_over_is_not_captured_again(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0), Ended())
    bedside.hears(began(), piece(0), piece(1), Ended())
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == [0]


def test_run_that_was_closed_by_hand_and_goes_on_loses_nothing(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0))
    [uuid] = bedside.recordings()
    bedside.spool.end(uuid, is_over=False)  # 'eecp-agent send'
    bedside.hears(began(), piece(3))
    old, new = bedside.recordings()
    assert (seconds(bedside.chunks(old)), seconds(bedside.chunks(new))) == ([0], [3])


def test_idle_console_ends_what_was_open(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0))
    bedside.hears(Saw(SourceState.IDLE, patient_connected=False))
    assert bedside.spool.unended() == []


def test_lead_that_is_off_ends_nothing(bedside: Bedside) -> None:
    capture = bedside.hears(
        began(), piece(0), Saw(SourceState.LEAD_OFF), Saw(SourceState.UNPLUGGED), piece(1)
    )
    assert capture.health.state is SourceState.UNPLUGGED
    assert len(bedside.spool.unended()) == 1


def test_clock_that_jumps_back_loses_and_reorders_nothing(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0))
    bedside.now_ms -= 30 * 24 * 3_600_000
    bedside.hears(began(), piece(1))
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == [0, 1]


def test_offset_of_the_devices_clock_is_measured_and_kept(bedside: Bedside) -> None:
    capture = bedside.hears(began(clock_ms=START_MS - 90_000), piece(0))
    assert capture.device_offset_ms == -90_000
    [uuid] = bedside.recordings()
    assert bedside.spool.device_offset_ms(uuid) == -90_000


def test_other_channels_under_the_same_run_are_another_recording(bedside: Bedside) -> None:
    bedside.hears(began(), piece(0))
    other = (ChannelFormat(ChannelName.ECG, "mV", 200.0, 1000.0),)
    bedside.hears(Began("one", START_MS, other), piece(3))
    assert len(bedside.recordings()) == 2
