"""The spool: what is in it stays in it, until the server has it and the space is needed."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.agent.spool import Spool
from devices.agent.spool_file import SpoolBusy
from devices.agent.spooled import SpoolFull, Written
from devices.protocol import Envelope, encode_json
from devices.waveform import ChannelName
from tests.devices.test_protocol import MANIFEST

ONE, TWO = UUID(int=1), UUID(int=2)
WRITTEN = Written(MANIFEST.started_at_ms + 2000, MANIFEST.clock_ms + 2000, {ChannelName.ECG: 1000})
ROW = 150  # what a chunk counts for beside its data


def envelope(seq: int, size: int = 100) -> Envelope:
    data = seq.to_bytes(2, "big") * (size // 2)
    return Envelope(seq, hashlib.sha256(data).digest(), data)


def seqs(spool: Spool, uuid: UUID = ONE) -> list[int]:
    return [e.seq for e in spool.unsent(uuid, most=1000, most_bytes=10**9)]


FIRST_FORMAT = """
CREATE TABLE recording (uuid TEXT PRIMARY KEY, position INTEGER NOT NULL, manifest BLOB NOT NULL,
    last_seq INTEGER NOT NULL, captured_to_ms INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open', detail TEXT NOT NULL DEFAULT '');
CREATE TABLE chunk (uuid TEXT NOT NULL REFERENCES recording, seq INTEGER NOT NULL, sha256 BLOB NOT NULL,
    data BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'unsent', detail TEXT NOT NULL DEFAULT '', PRIMARY KEY (uuid, seq));
CREATE INDEX chunk_unsent ON chunk (uuid, seq) WHERE state = 'unsent';
PRAGMA user_version = 1;
"""


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path, now_ms=1, max_bytes=10 * (100 + ROW))
    spool.begin(ONE, MANIFEST)
    yield spool
    spool.close()


def test_what_was_written_is_there_after_a_new_start(tmp_path: Path, spool: Spool) -> None:
    spool.add(ONE, [envelope(0), envelope(1)], WRITTEN)
    spool.acknowledge(ONE, [0])
    spool.close()
    again = Spool(tmp_path, now_ms=2)
    [recording] = again.pending()
    assert (recording.manifest, recording.last_seq, recording.ended) == (MANIFEST, 1, False)
    assert recording.next_samples == {ChannelName.ECG: 1000}
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
    spool.add(ONE, [envelope(n) for n in range(10)], WRITTEN)
    spool.acknowledge(ONE, range(4))
    spool.add(ONE, [envelope(10), envelope(11)], WRITTEN)
    assert spool.bytes_held == 10 * (100 + ROW)
    assert seqs(spool) == list(range(4, 12))
    spool.agree(ONE, received_to=-1)
    assert seqs(spool) == list(range(2, 12))  # the oldest two went


def test_unsent_chunks_are_never_given_up_for_room(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(10)], WRITTEN)
    spool.acknowledge(ONE, [0])
    with pytest.raises(SpoolFull, match="does not have yet"):
        spool.add(ONE, [envelope(10), envelope(11)], WRITTEN)
    assert spool.bytes_held == 10 * (100 + ROW)  # a write that fails leaves all as it was
    assert seqs(spool) == list(range(1, 10))
    spool.add(ONE, [envelope(10)], WRITTEN)


def test_refused_chunk_is_kept_but_not_offered_again(spool: Spool) -> None:
    spool.add(ONE, [envelope(0), envelope(1)], WRITTEN)
    spool.refuse(ONE, 0, "conflict")
    assert seqs(spool) == [1]
    assert (spool.count_refused(), spool.count_unsent()) == (1, 1)
    spool.offer_refused_again()
    assert seqs(spool) == [0, 1]


def test_server_that_has_less_than_it_acknowledged_is_offered_it_again(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(5)], WRITTEN)
    spool.acknowledge(ONE, range(5))
    spool.agree(ONE, received_to=1)
    assert seqs(spool) == [2, 3, 4]
    spool.agree(ONE, received_to=3)
    assert seqs(spool) == [4]


def test_server_that_says_what_it_lacks_is_offered_that_alone(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(8)], WRITTEN)
    spool.agree(ONE, received_to=6, missing=[(1, 2), (4, 4)])
    assert seqs(spool) == [1, 2, 4, 7]


def test_newest_chunks_go_with_the_oldest_when_many_wait(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(10)], WRITTEN)

    def batch(most: int, newest: int) -> list[int]:
        return [e.seq for e in spool.unsent(ONE, most=most, most_bytes=10**6, newest=newest)]

    assert batch(5, 2) == [0, 1, 2, 8, 9]
    assert batch(9, 4) == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    assert batch(10, 4) == batch(20, 4) == list(range(10))


def test_run_is_found_again_by_its_name(tmp_path: Path, spool: Spool) -> None:
    spool.begin(TWO, MANIFEST, run="7f3a@1", device_offset_ms=-1500)
    found = spool.of_run("7f3a@1")
    assert found is not None
    assert (found.uuid, found.ended, found.is_over) == (TWO, False, False)
    spool.end(TWO, is_over=False)
    spool.close()
    again = Spool(tmp_path, now_ms=2)
    found = again.of_run("7f3a@1")
    assert found is not None
    assert (found.ended, found.is_over) == (True, False)
    assert again.of_run("other") is None
    assert again.device_offset_ms(TWO) == -1500
    again.close()


def test_refused_data_are_forgotten_only_when_asked(spool: Spool) -> None:
    spool.begin(TWO, MANIFEST)
    spool.add(ONE, [envelope(0), envelope(1)], WRITTEN)
    spool.add(TWO, [envelope(0)], WRITTEN)
    spool.refuse(ONE, 0, "conflict")
    spool.settle(TWO, "refused", "another manifest")
    assert (spool.count_refused(), spool.count_unsent()) == (2, 1)
    assert spool.forget_refused() == 2
    assert (spool.count_refused(), spool.count_unsent()) == (0, 1)
    assert spool.bytes_held == 100 + ROW
    assert spool.find(TWO) is None


def test_batch_keeps_to_its_bytes_but_holds_at_least_one(spool: Spool) -> None:
    spool.add(ONE, [envelope(n) for n in range(5)], WRITTEN)
    assert len(spool.unsent(ONE, most=100, most_bytes=350)) == 2
    assert len(spool.unsent(ONE, most=100, most_bytes=1)) == 1
    assert len(spool.unsent(ONE, most=3, most_bytes=10**6)) == 3


def test_same_number_cannot_be_written_twice(spool: Spool) -> None:
    spool.add(ONE, [envelope(0)], WRITTEN)
    with pytest.raises(sqlite3.IntegrityError):
        spool.add(ONE, [envelope(0)], WRITTEN)


def test_folder_is_held_by_one_agent(tmp_path: Path, spool: Spool) -> None:
    with pytest.raises(SpoolBusy, match="Another agent"):
        Spool(tmp_path, now_ms=2)
    spool.close()
    Spool(tmp_path, now_ms=3).close()


def damaged_spool(tmp_path: Path, pages: Sequence[int], chunks: int = 50) -> bytes:
    """A spool of five acknowledged and other unsent chunks of 5000 bytes, with these pages overwritten."""
    spool = Spool(tmp_path, now_ms=1)
    spool.begin(ONE, MANIFEST, run="7f3a@1")
    spool.add(ONE, [envelope(n, 5000) for n in range(chunks)], WRITTEN)
    spool.acknowledge(ONE, range(5))
    spool.close()
    path = tmp_path / "spool.sqlite3"
    damaged = bytearray(path.read_bytes())
    for page in pages:
        damaged[4096 * page : 4096 * (page + 1)] = b"\xff" * 4096
    path.write_bytes(damaged)
    return bytes(damaged)


def test_damaged_file_is_set_aside_and_the_good_part_is_kept(tmp_path: Path) -> None:
    damaged = damaged_spool(tmp_path, [40])
    again = Spool(tmp_path, now_ms=77)
    assert again.set_aside == tmp_path / "spool.damaged-77.sqlite3"
    assert again.set_aside.read_bytes() == damaged
    assert again.salvaged is not None
    assert again.salvaged.recordings == 1
    assert 40 <= again.salvaged.chunks < 50
    assert again.salvaged.chunks + again.salvaged.lost == 50
    [recording] = again.pending()
    assert (recording.last_seq, recording.run) == (49, "7f3a@1")
    assert len(seqs(again)) + 5 >= again.salvaged.chunks
    again.add(ONE, [envelope(50)], WRITTEN)
    again.close()
    assert sorted(path.name for path in tmp_path.glob("repair-*")) == []


def test_file_without_its_first_page_is_read_with_a_new_one(tmp_path: Path) -> None:
    damaged_spool(tmp_path, [0])
    again = Spool(tmp_path, now_ms=77)
    assert again.salvaged is not None
    assert (again.salvaged.recordings, again.salvaged.chunks, again.salvaged.lost) == (1, 50, 0)
    assert seqs(again) == list(range(5, 50))
    again.close()


@pytest.mark.parametrize("word", [b"manifest BLOB", b"seq INTEGER", b"TABLE clock", b"next_samples"])
def test_file_whose_columns_lost_their_names_is_read_with_the_right_ones(tmp_path: Path, word: bytes) -> None:
    """One flipped bit, which SQLite's own check does not see, and which would end the agent at every start."""
    damaged_spool(tmp_path, ())
    path = tmp_path / "spool.sqlite3"
    whole = path.read_bytes()
    assert word in whole[:8192]
    spoiled = word[:-1] + bytes([word[-1] ^ 1])
    path.write_bytes(whole.replace(word, spoiled, 1))
    again = Spool(tmp_path, now_ms=77)
    assert again.set_aside is not None
    assert seqs(again) == list(range(5, 50))
    again.close()


def test_spool_that_holds_nothing_readable_never_blocks_a_start(tmp_path: Path) -> None:
    (tmp_path / "spool.sqlite3").write_bytes(b"this is no database" * 1000)
    again = Spool(tmp_path, now_ms=77)
    assert again.salvaged is not None
    assert (again.salvaged.recordings, again.salvaged.chunks) == (0, 0)
    again.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_page_is_damaged_the_start_succeeds_and_no_wrong_byte_survives(
    tmp_path: Path, data: st.DataObject
) -> None:
    folder = Path(mkdtemp(dir=tmp_path))
    pages = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=3))
    damaged_spool(folder, pages, chunks=20)
    again = Spool(folder, now_ms=77)
    for kept in again.unsent(ONE, most=1000, most_bytes=10**9):
        assert kept == envelope(kept.seq, 5000)
    again.close()


def test_file_that_cannot_be_opened_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "spool.sqlite3").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        Spool(tmp_path, now_ms=2)
    assert list(tmp_path.glob("spool.damaged*")) == []


def test_file_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "spool.sqlite3")
    db.executescript(FIRST_FORMAT)
    db.execute(
        "INSERT INTO recording VALUES (?, 1, ?, 0, 7, 0, 'open', '')", (str(ONE), encode_json(MANIFEST))
    )
    one = envelope(0)
    db.execute("INSERT INTO chunk VALUES (?, 0, ?, ?, 'unsent', '')", (str(ONE), one.sha256, one.data))
    db.commit()
    db.close()
    spool = Spool(tmp_path, now_ms=1)
    assert spool.set_aside is None
    assert seqs(spool) == [0]
    [recording] = spool.pending()
    assert (recording.run, recording.next_samples) == ("", {})
    spool.close()


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


def test_measurements_of_the_clocks_are_told_evenly_when_there_are_many(spool: Spool) -> None:
    for minute in range(300):
        spool.note_clock(
            ONE, at_ms=minute * 60_000, device_offset_ms=None, server_offset_ms=minute, round_trip_ms=8
        )
    notes = spool.clock_notes(ONE, 120)
    assert [note.at_ms // 60_000 for note in notes] == list(range(0, 300, 3))
    assert notes[1].server_offset_ms == 3
    assert spool.clock_notes(TWO, 120) == []
