"""What must hold after every fault: each sample that the console produced stands in the stored file exactly once, or in a
gap that the file itself reports; and the hashes agree from the agent's disk to the file store.

The truth is the console's alone (``console.count_of`` says every sample); of the project only the reader of the stored
file is used, since that is what the clinic reads with.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from devices.edf import channel_gaps_in, read_edf_file
from devices.protocol import Manifest
from tests.devices.agent.console import RATES, count_of
from tests.faults.clinic import Clinic

Hashes = dict[int, bytes]
OnDisk = dict[int, set[bytes]]
Held = NDArray[np.bool_]


def spool_hashes(spool: Path, aside: Path, *, is_spoiled: bool = False) -> dict[str, Hashes]:
    """For each recording the SHA-256, counted anew, of every chunk in an agent's spool; a copy of it is read, so the
    agent finds what it left.
    """
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for ending in ("", "-wal"):
        if (part := spool / f"spool.sqlite3{ending}").exists():
            shutil.copy(part, aside)
    found: dict[str, Hashes] = {}
    with closing(sqlite3.connect(aside / "spool.sqlite3")) as db:
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'chunk'").fetchone():
            return {}  # killed before it made its tables
        for uuid, seq, sha256, data in db.execute("SELECT uuid, seq, sha256, data FROM chunk"):
            counted = hashlib.sha256(data).digest()
            if is_spoiled and counted != sha256:
                continue  # the bit stood in it; it stays there, refused
            assert counted == sha256, f"chunk {seq} in the spool is not what was written"
            found.setdefault(uuid, {})[seq] = counted
    return found


@dataclass(frozen=True)
class Whole:
    """What was found: which samples of each channel the files of the run hold."""

    held: Mapping[str, Held]

    @property
    def missing_seconds(self) -> float:
        """Of the ECG."""
        return float((~self.held["ECG"]).sum()) / RATES["ECG"]

    @property
    def is_complete(self) -> bool:
        return all(bool(held.all()) for held in self.held.values())


def assert_whole(
    clinic: Clinic, accounts: Sequence[Mapping[str, Any]], seconds: int, on_disk: Mapping[str, OnDisk]
) -> Whole:
    """``accounts`` are of all recordings of one run, of which the console produced the seconds from 0 up to ``seconds``;
    ``on_disk`` is what was ever seen in the agent's spool.
    """
    held = {name: np.zeros(seconds * rate, dtype=np.bool_) for name, rate in RATES.items()}
    for account in accounts:
        for name, own in _held_in_file(account).items():
            assert own.size <= held[name].size, f"{name}: the file holds more than was produced"
            assert not (own & held[name][: own.size]).any(), f"{name}: samples stand in two recordings"
            held[name][: own.size] |= own
        _assert_chunks(clinic, account, on_disk.get(account["uuid"], {}))
    return Whole(held)


def _held_in_file(account: Mapping[str, Any]) -> dict[str, Held]:
    """Which samples the file holds, once all were found right, the rest is reported, and the hash is that of the bytes."""
    assert account["stored"], f"not stored: {account['failure']}"
    assert account["damages"] == []
    data = Path(account["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == account["file_sha256"]
    manifest = msgspec.convert(account["manifest"], Manifest)
    waveform = read_edf_file(data, manifest)
    gaps = channel_gaps_in(data)
    found = {}
    for channel in waveform.channels:
        reported = np.zeros(channel.samples.size, dtype=np.bool_)
        for gap in gaps:
            if gap.channel == channel.name:
                reported[round(gap.from_s * channel.rate_hz) : round(gap.to_s * channel.rate_hz)] = True
        truth = count_of(channel.name, np.arange(channel.samples.size))
        counts = np.rint(channel.samples * manifest.format_of(channel.name).counts_per_unit)  # type: ignore[union-attr]
        right = counts == truth  # what is not there is NaN, which equals nothing
        assert (right ^ reported).all(), (
            f"{channel.name}: {int((~right & ~reported).sum())} samples are wrong or missing without a word, "
            f"{int((right & reported).sum())} are there and called a gap"
        )
        found[channel.name.value] = right
    _assert_gap_seconds(account, found)
    _assert_events([event.t_s for event in waveform.events], found["ECG"])
    return found


def _assert_gap_seconds(account: Mapping[str, Any], found: Mapping[str, Held]) -> None:
    """The account says for how long at least one channel has a gap: in steps of 20 ms, which suit both rates."""
    steps = max((held.size * 50) // RATES[name] for name, held in found.items())
    gap = np.zeros(steps, dtype=np.bool_)
    for name, held in found.items():
        each = RATES[name] // 50
        gap[: held.size // each] |= ~held.reshape(-1, each).all(axis=1)
    assert account["gap_seconds"] == round(float(gap.sum()) / 50, 6)


def _assert_events(found_s: Sequence[float], held: Held) -> None:
    """One trigger a second, half way; none twice, none invented, and each there where nothing at all is missing."""
    assert len(found_s) == len(set(found_s)), "a trigger stands twice"
    produced = {second + 0.5 for second in range(held.size // RATES["ECG"] + 1)}
    assert set(found_s) <= produced, "a trigger that the console did not tell"
    if held.all():
        assert len(found_s) >= held.size // RATES["ECG"], "triggers are missing"


def _assert_chunks(clinic: Clinic, account: Mapping[str, Any], on_disk: OnDisk) -> None:
    """The server's chunks are those of the agent's disk, byte for byte; no sample stands in two; one hash over all."""
    taken = {name: set[int]() for name in RATES}
    hashes: Hashes = {}
    for seq, sha256, data in clinic.chunks(account["uuid"]):
        assert hashlib.sha256(data).digest() == sha256
        assert seq in on_disk, f"chunk {seq} was never on the agent's disk"
        assert sha256 in on_disk[seq], f"chunk {seq} is not the one on the agent's disk"
        hashes[seq] = sha256
        for block in msgspec.msgpack.decode(zstandard.decompress(data))["blocks"]:
            numbers = set(range(block["first_sample"], block["first_sample"] + block["count"]))
            assert not numbers & taken[block["channel"]], f"chunk {seq} repeats samples"
            taken[block["channel"]] |= numbers
    assert sorted(hashes) == numbers_in(account["received"])
    assert account["conflicts"] == 0
    in_order = b"".join(hashes[seq] for seq in sorted(hashes))
    assert hashlib.sha256(in_order).hexdigest() == account["chunks_sha256"]


def numbers_in(ranges: Iterable[Sequence[int]]) -> list[int]:
    return [number for first, last in ranges for number in range(first, last + 1)]
