"""A link that is cut, loses, tears, repeats and mixes up: nothing may be missing, and nothing be there twice."""

import random

import pytest

from tests.faults.bed import Bed
from tests.faults.link import Fault, Request
from tests.faults.test_servers_killed import speak_at_random
from tests.faults.waiting import until

SEEDS = [pytest.param(seed, marks=[pytest.mark.faults_full] if seed else []) for seed in range(5)]
QUICK = (Fault.LOSE_RESPONSE, Fault.BACKWARDS)
FAULTS = [pytest.param(fault, marks=[] if fault in QUICK else [pytest.mark.faults_full]) for fault in Fault]


class Few:
    """Faults befall requests one or two at a time, and then three to six requests go well: an agent's wait doubles with
    every fault in a row, and nobody wants to wait for that here.
    """

    def __init__(self, chance: random.Random, faults: list[Fault]) -> None:
        self._chance = chance
        self._faults = faults
        self._plan: list[Fault | None] = []

    def __call__(self, request: Request) -> Fault | None:
        if not self._plan:
            bad = [self._chance.choice(self._faults) for _ in range(self._chance.randrange(1, 3))]
            self._plan = [*bad, *[None] * self._chance.randrange(3, 7)]
        return self._plan.pop(0)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_that_befalls_one_request_after_the_other(
    bed: Bed, chance: random.Random, fault: Fault
) -> None:
    """Opening, chunks and close alike."""
    bed.link.fault_of = Few(chance, [fault])
    speak_at_random(bed, chance, 60)
    until(lambda: bed.link.befell, "a fault")
    bed.end(complete=True)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(10))
def test_faults_of_all_kinds_in_one_run(bed: Bed, chance: random.Random, seed: int) -> None:
    bed.link.fault_of = Few(chance, list(Fault))
    speak_at_random(bed, chance, 150)
    bed.end(complete=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_link_that_is_cut_and_restored(bed: Bed, chance: random.Random, seed: int) -> None:
    for _ in range(1 if seed == 0 else 3):
        speak_at_random(bed, chance, 20)
        bed.link.cut()
        speak_at_random(bed, chance, 20)
        bed.link.mend()
        speak_at_random(bed, chance, 5)
    bed.end(complete=True)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
def test_bad_link_and_an_agent_that_is_killed(bed: Bed, chance: random.Random, seed: int) -> None:
    bed.link.fault_of = Few(chance, list(Fault))
    for _ in range(3):
        speak_at_random(bed, chance, 20)
        bed.kill_agent()
        bed.start_agent()
        bed.wait_for_agent()
    bed.end(complete=False)


@pytest.mark.faults_full
def test_console_that_is_unplugged_leaves_gaps_of_just_what_it_told_nobody(
    bed: Bed, chance: random.Random, again: int
) -> None:
    told = 0
    for life in range(1, 4):
        bed.console.wait_for_agent(life)
        bed.speak(10)
        told += 10
        until(lambda: bed.seconds_in_spool() >= bed.produced, "the spool")
        bed.console.hang_up()
        bed.speak(7)  # to nobody
    bed.console.wait_for_agent(4)
    whole = bed.end(complete=False)
    assert whole.missing_seconds == 21
    assert told + 21 + 1 == bed.produced
