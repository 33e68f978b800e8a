"""What the capture makes of a source's story, told step by step."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
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


class Killed(Exception):
    """The end of an agent that had no time to end."""


@dataclass
class Told:
    """A source that tells what a test wrote down; a live one then ends as if the agent were stopped, a replay
    that ``breaks_off`` as if it were killed.
    """

    told: list[Step] = field(default_factory=list)
    breaks_off: bool = False
    label: str = "serial"
    is_live: bool = True
    can_wait: bool = False

    def steps(self, stop: threading.Event) -> Iterator[Step]:
        yield from self.told
        if self.breaks_off:
            raise Killed

    def look(self) -> str:
        return "Told."


class Bedside:
    """A spool, and agents that are started beside it one after the other."""

    def __init__(self, folder: Path) -> None:
        self.spool = Spool(folder, now_ms=START_MS)
        self.now_ms = START_MS
        self.said: list[str] = []

    def hears(self, *told: Step) -> Capture:
        return self.captures(Told(list(told)))

    def replays(self, *told: Step, speed: float | None, is_killed: bool = False) -> None:
        source = Told(list(told), is_killed, label="sample", is_live=False, can_wait=True)
        with pytest.raises(Killed) if is_killed else nullcontext():
            self.captures(source, speed)

    def captures(self, source: Told, speed: float | None = None) -> Capture:
        capture = Capture(
            source=source,
            spool=self.spool,
            health=Health(SourceState.NO_SIGNAL),
            stop=threading.Event(),
            clock_ms=lambda: self.now_ms,
            captured=lambda: None,
            say=self.said.append,
            agent_version="0",
            speed=speed,
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


def test_device_that_a_paced_replay_stands_for_ran_on_while_the_agent_was_away(bedside: Bedside) -> None:
    bedside.replays(began(), *(piece(s) for s in range(3)), speed=1000, is_killed=True)
    bedside.now_ms += 10  # ten seconds of device time
    bedside.replays(began(), *(piece(s) for s in range(20)), Ended(), speed=1000)
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == [0, 1, 2, *range(13, 20)]


def test_file_that_is_replayed_at_full_speed_waited(bedside: Bedside) -> None:
    bedside.replays(began(), *(piece(s) for s in range(40)), speed=None, is_killed=True)
    bedside.now_ms += 10_000
    bedside.replays(began(), *(piece(s) for s in range(50)), Ended(), speed=None)
    [uuid] = bedside.recordings()
    assert seconds(bedside.chunks(uuid)) == list(range(50))


def test_replay_that_broke_off_long_ago_begins_anew(bedside: Bedside) -> None:
    bedside.replays(began(), piece(0), speed=1000, is_killed=True)
    bedside.now_ms += 11 * 60_000
    bedside.replays(began(), piece(0), Ended(), speed=1000)
    assert len(bedside.recordings()) == 2
