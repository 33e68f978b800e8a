"""The spool: what is in it stays in it, until the server has it and the space is needed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from devices.agent.spool import Spool, SpoolFull
from devices.agent.spool_file import SpoolBusy
from devices.protocol import Envelope
from tests.devices.test_protocol import MANIFEST

ONE, TWO = UUID(int=1), UUID(int=2)


def envelope(seq: int, size: int = 100) -> Envelope:
    return Envelope(seq, bytes(32), bytes([seq]) * size)


def seqs(spool: Spool, uuid: UUID = ONE) -> list[int]:
    return [e.seq for e in spool.unsent(uuid, most=1000, most_bytes=10**9)]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path, now_ms=1, max_bytes=1000)
    spool.begin(ONE, MANIFEST)
    yield spool
    spool.close()


def test_what_was_written_is_there_after_a_new_start(tmp_path: Path, spool: Spool) -> None:
    spool.add(ONE, [envelope(0), envelope(1)], captured_to_ms=MANIFEST.started_at_ms + 2000)
    spool.acknowledge(ONE, [0])
    spool.close()
    again = Spool(tmp_path, now_ms=2)
    [recording] = again.pending()
    assert (recording.manifest, recording.last_seq, recording.ended) == (MANIFEST, 1, False)
    assert recording.captured_to_ms == MANIFEST.started_at_ms + 2000
    assert seqs(again) == [1]
    assert again.set_aside is None
    again.close()


def test_newest_recording_comes_first(spool: Spool) -> None:
    spool.begin(TWO, MANIFEST)
    assert [recording.uuid for recording in spool.pending()] == [TWO, ONE]


def test_settled_recordings_are_not_offered(spool: Spool) -> None:
    spool.begin(TWO, MANIFEST)
    spool.settle(ONE, "closed")
    spool.settle(TWO, "refused", "because")
    assert spool.pending() == []


def test_acknowledged_chunks_go_when_room_is_needed_the_oldest_first(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(10)], 0)
    spool.acknowledge(ONE, range(4))
    spool.add(ONE, [envelope(10), envelope(11)], 0)
    assert spool.count("acknowledged") == 2
    assert seqs(spool) == list(range(4, 12))


def test_unsent_chunks_are_never_given_up_for_room(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(10)], 0)
    spool.acknowledge(ONE, [0])
    with pytest.raises(SpoolFull, match="does not have yet"):
        spool.add(ONE, [envelope(10), envelope(11)], 0)
    assert spool.count("acknowledged") == 1  # a write that fails leaves all as it was
    assert seqs(spool) == list(range(1, 10))
    spool.add(ONE, [envelope(10)], 0)


def test_refused_chunk_is_kept_but_not_offered_again(spool: Spool) -> None:
    spool.add(ONE, [envelope(0), envelope(1)], 0)
    spool.refuse(ONE, 0, "conflict")
    assert seqs(spool) == [1]
    assert spool.count("refused") == 1


def test_server_that_has_less_than_it_acknowledged_is_offered_it_again(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(5)], 0)
    spool.acknowledge(ONE, range(5))
    spool.agree(ONE, 1)
    assert seqs(spool) == [2, 3, 4]
    spool.agree(ONE, 3)
    assert seqs(spool) == [4]


def test_batch_keeps_to_its_bytes_but_holds_at_least_one(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(5)], 0)
    assert len(spool.unsent(ONE, most=100, most_bytes=350)) == 2
    assert len(spool.unsent(ONE, most=100, most_bytes=1)) == 1
    assert len(spool.unsent(ONE, most=3, most_bytes=10**6)) == 3


def test_same_number_cannot_be_written_twice(spool: Spool) -> None:
    spool.add(ONE, [envelope(0)], 0)
    with pytest.raises(sqlite3.IntegrityError):
        spool.add(ONE, [envelope(0)], 0)


def test_folder_is_held_by_one_agent(tmp_path: Path, spool: Spool) -> None:
    with pytest.raises(SpoolBusy, match="Another agent"):
        Spool(tmp_path, now_ms=2)
    spool.close()
    Spool(tmp_path, now_ms=3).close()


@pytest.mark.parametrize("where", ["at the start", "in the middle"])
def test_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, where: str) -> None:
    spool = Spool(tmp_path, now_ms=1)
    spool.begin(ONE, MANIFEST)
    spool.add(ONE, [envelope(n, 5000) for n in range(50)], 0)
    spool.close()
    path = tmp_path / "spool.sqlite3"
    damaged = bytearray(path.read_bytes())
    start = 0 if where == "at the start" else 8192
    damaged[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(damaged)
    again = Spool(tmp_path, now_ms=77)
    assert again.set_aside == tmp_path / "spool.damaged-77.sqlite3"
    assert again.set_aside.read_bytes() == damaged
    assert again.pending() == []
    again.close()


def test_file_of_a_later_version_is_set_aside_not_read(tmp_path: Path) -> None:
    Spool(tmp_path, now_ms=1).close()
    db = sqlite3.connect(tmp_path / "spool.sqlite3")
    db.execute("PRAGMA user_version = 9")
    db.close()
    again = Spool(tmp_path, now_ms=2)
    assert again.set_aside is not None
    again.close()


def test_damaged_guard_does_not_block_the_start(tmp_path: Path) -> None:
    (tmp_path / "in-use.sqlite3").write_bytes(b"rubbish" * 1000)
    Spool(tmp_path, now_ms=1).close()
