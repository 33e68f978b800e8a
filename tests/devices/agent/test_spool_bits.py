"""Any one bit of the spool flips while the agent is down: it starts, sends no wrong byte, and loses at most a page."""

import random
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from devices.agent.spool import Spool
from devices.chunks import block_of, encode_chunk
from devices.protocol import Chunk, Envelope
from devices.waveform import ChannelName
from tests.devices.agent.test_spool import ONE, TWO, WRITTEN
from tests.devices.test_protocol import MANIFEST

CHUNKS = 60
MOST_LOST = 16  # as many as stand on one page


def chunk(seq: int) -> Envelope:
    counts = np.random.default_rng(seq).integers(-2000, 2000, 50, dtype=np.int16)
    return encode_chunk(Chunk(seq, (block_of(ChannelName.ECG, 50 * seq, counts),), ()))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a spool with two recordings, a few chunks of which are acknowledged."""
    folder = tmp_path_factory.mktemp("sound")
    spool = Spool(folder, now_ms=1)
    for uuid in (ONE, TWO):
        spool.begin(uuid, MANIFEST, run=f"run-{uuid.int}")
        for seq in range(CHUNKS):
            spool.add(uuid, [chunk(seq)], WRITTEN)
    spool.acknowledge(ONE, range(5))
    spool.close()
    return (folder / "spool.sqlite3").read_bytes()


def offered(spool: Spool) -> Mapping[UUID, list[Envelope]]:
    return {r.uuid: spool.unsent(r.uuid, most=1000, most_bytes=10**9) for r in spool.pending()}


def start_with(tmp_path: Path, data: bytes) -> Spool:
    (tmp_path / "spool.sqlite3").write_bytes(data)
    return Spool(tmp_path, now_ms=77)


@pytest.mark.parametrize("seed", range(60))
def test_whichever_bit_is_flipped_no_wrong_byte_is_offered(tmp_path: Path, sound: bytes, seed: int) -> None:
    spoiled = bytearray(sound)
    bit = random.Random(seed).randrange(8 * len(spoiled))  # noqa: S311 (it must be repeatable)
    spoiled[bit // 8] ^= 1 << bit % 8
    spool = start_with(tmp_path, bytes(spoiled))
    found = offered(spool)
    assert set(found) == {ONE, TWO}
    for uuid, envelopes in found.items():
        recording = spool.find(uuid)
        assert recording is not None
        assert recording.manifest == MANIFEST
        assert recording.last_seq in range(CHUNKS - MOST_LOST, CHUNKS)
        for envelope in envelopes:
            assert envelope == chunk(envelope.seq)
    assert sum(map(len, found.values())) >= 2 * CHUNKS - 5 - MOST_LOST
    spool.add(ONE, [chunk(CHUNKS)], WRITTEN)  # and it goes on
    spool.close()


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("manifest", "CAST(replace(manifest, '1788940800000', '1788940800001') AS BLOB)"),
        ("last_seq", "last_seq - 16"),
        ("captured_to_ms", "captured_to_ms - 4096"),
        ("next_samples", "CAST(replace(next_samples, '1000', '3000') AS BLOB)"),
        ("device_offset_ms", "device_offset_ms + 65536"),
        ("ended", "2"),
    ],
)
def test_flipped_bit_in_the_row_of_a_recording_is_put_right(
    tmp_path: Path, sound: bytes, column: str, wrong: str
) -> None:
    spool = start_with(tmp_path, sound)
    before = spool.find(ONE)
    spool._db.execute(f"UPDATE recording SET {column} = {wrong}")  # noqa: S608
    assert spool.find(ONE) != before or column == "device_offset_ms"
    spool.close()
    again = Spool(tmp_path, now_ms=77)
    assert again.find(ONE) == before
    assert again.device_offset_ms(ONE) == 0
    assert again.set_aside is None
    again.close()


def test_row_that_cannot_be_put_right_is_salvaged_and_stops_no_start(tmp_path: Path, sound: bytes) -> None:
    spool = start_with(tmp_path, sound)
    spool._db.execute("UPDATE recording SET last_seq = 3, captured_to_ms = 7 WHERE uuid = ?", (str(ONE),))
    spool.close()
    again = Spool(tmp_path, now_ms=77)
    assert again.set_aside is not None
    recording = again.find(ONE)
    assert recording is not None
    assert recording.last_seq == CHUNKS - 1
    again.close()


def test_spool_of_the_version_before_is_sealed_at_its_first_start(tmp_path: Path, sound: bytes) -> None:
    spool = start_with(tmp_path, sound)
    spool._db.executescript("ALTER TABLE recording DROP COLUMN sealed; PRAGMA user_version = 2;")
    spool.close()
    again = Spool(tmp_path, now_ms=77)
    assert again.set_aside is None
    assert again._value("SELECT min(length(sealed)) FROM recording") == 32
    again.close()
