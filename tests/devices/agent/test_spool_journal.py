"""One flipped bit in the journal costs at most what it hit; a torn end, which a crash leaves, stays forgotten."""

import hashlib
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from devices.agent.spool import Spool
from devices.agent.spool_journal import mend_journal
from devices.agent.spooled import Written
from devices.protocol import Envelope, Manifest
from tests.devices.test_protocol import MANIFEST

CHUNKS = 25


def spool_of_a_killed_agent(folder: Path, manifest: Manifest = MANIFEST) -> tuple[Path, UUID]:
    """The files as they lie while a spool is open: nothing has gone from the journal into the database."""
    uuid = uuid4()
    with closing(Spool(folder / "alive", now_ms=1)) as spool:
        spool.begin(uuid, manifest)
        for seq in range(CHUNKS):
            data = hashlib.sha256(str(seq).encode()).digest() * 25
            spool.add(uuid, [Envelope(seq, hashlib.sha256(data).digest(), data)], Written(seq, seq, {}))
        shutil.copytree(folder / "alive", folder / "dead")
    return folder / "dead", uuid


def sound_chunks(folder: Path) -> list[int]:
    with closing(Spool(folder, now_ms=2)), closing(sqlite3.connect(folder / "spool.sqlite3")) as db:
        rows = db.execute("SELECT seq, sha256, data FROM chunk ORDER BY seq").fetchall()
    return [seq for seq, sha256, data in rows if hashlib.sha256(data).digest() == sha256]


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bit_costs_what_it_hit_and_nothing_after_it(tmp_path: Path, seed: int) -> None:
    folder, _ = spool_of_a_killed_agent(tmp_path)
    journal = folder / "spool.sqlite3-wal"
    data = bytearray(journal.read_bytes())
    bit = random.Random(seed).randrange(8 * (len(data) - 40_000))  # noqa: S311 (before the last transactions)
    data[bit // 8] ^= 1 << bit % 8
    journal.write_bytes(data)
    held = sound_chunks(folder)
    assert CHUNKS - 1 in held
    assert len(held) >= CHUNKS - 8  # a page holds five chunks


def test_flipped_bit_in_the_header_costs_nothing(tmp_path: Path) -> None:
    folder, _ = spool_of_a_killed_agent(tmp_path)
    journal = folder / "spool.sqlite3-wal"
    whole = journal.read_bytes()
    for byte in range(32):
        data = bytearray(whole)
        data[byte] ^= 0x10
        journal.write_bytes(data)
        assert mend_journal(journal), f"byte {byte}"
    assert sound_chunks(folder) == list(range(CHUNKS))


def test_sound_journal_is_left_alone(tmp_path: Path) -> None:
    folder, _ = spool_of_a_killed_agent(tmp_path)
    journal = folder / "spool.sqlite3-wal"
    whole = journal.read_bytes()
    assert not mend_journal(journal)
    assert journal.read_bytes() == whole
    assert sound_chunks(folder) == list(range(CHUNKS))


def test_torn_last_transaction_is_left_to_sqlite(tmp_path: Path) -> None:
    folder, _ = spool_of_a_killed_agent(tmp_path)
    journal = folder / "spool.sqlite3-wal"
    data = bytearray(journal.read_bytes())
    data[-10] ^= 0x10
    journal.write_bytes(data)
    assert not mend_journal(journal)
    assert sound_chunks(folder) == list(range(CHUNKS - 1))


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"no journal" * 1000])
def test_what_is_no_journal_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spool.sqlite3-wal"
    path.write_bytes(content)
    assert not mend_journal(path)
    assert path.read_bytes() == content
