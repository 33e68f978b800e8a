"""kill -9 of the agent: whatever was on its disk arrives, and the rest is a gap that the file reports."""

import random
import threading

import pytest

from tests.faults.bed import Bed

KILLS = 5
SEEDS = [pytest.param(seed, marks=[pytest.mark.faults_full] if seed else []) for seed in range(10)]


@pytest.mark.parametrize("seed", SEEDS)
def test_agent_killed_at_five_random_instants(bed: Bed, chance: random.Random, seed: int) -> None:
    """Ten seeds make fifty instants: while it starts, writes, sends, or waits."""
    pause = threading.Event()
    for _ in range(KILLS):
        is_still_starting = chance.random() < 0.2
        if not is_still_starting:
            bed.wait_for_agent()
        for _ in range(chance.randrange(1, 6)):
            bed.speak(chance.randrange(1, 10))
            pause.wait(chance.uniform(0, 0.15))
        bed.kill_agent()
        bed.start_agent()
    bed.end(complete=False)


def test_run_without_any_fault_is_complete(bed: Bed, again: int) -> None:
    bed.speak(60)
    bed.end(complete=True)
