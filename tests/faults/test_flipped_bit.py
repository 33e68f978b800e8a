"""One bit of the agent's disk is flipped: what it destroys is a gap that is reported, and nothing wrong is ever sent."""

import random
from pathlib import Path

import pytest

from tests.faults.bed import Bed
from tests.faults.test_servers_killed import speak_at_random
from tests.faults.waiting import until

SEEDS = [pytest.param(seed, marks=[pytest.mark.faults_full] if seed else []) for seed in range(10)]


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    bit = chance.randrange(8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def spoil(bed: Bed, chance: random.Random, ending: str) -> None:
    """Of 60 s that only the agent has, beside 20 s that the clinic has, one bit is flipped."""
    speak_at_random(bed, chance, 20)
    until(lambda: bed.acknowledged() >= 19, "the clinic")
    bed.link.cut()
    speak_at_random(bed, chance, 60)
    until(lambda: bed.seconds_in_spool() >= bed.produced - 1, "the spool")
    if ending:
        bed.kill_agent()
    else:
        bed.agent.stop()
        bed.note_spool()
    flip(bed.spool / f"spool.sqlite3{ending}", chance)
    bed.link.mend()
    bed.start_agent()
    bed.wait_for_agent()
    speak_at_random(bed, chance, 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_bit_of_the_spool_file_is_flipped(bed: Bed, chance: random.Random, seed: int) -> None:
    spoil(bed, chance, "")
    whole = bed.end_spoiled()
    assert whole.missing_seconds <= 70


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(10))
def test_bit_of_the_spools_journal_is_flipped(bed: Bed, chance: random.Random, seed: int) -> None:
    spoil(bed, chance, "-wal")
    whole = bed.end_spoiled()
    assert whole.missing_seconds <= 70
