"""Clocks that are set while a run is on: device time orders the samples, so no jump moves or loses one."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import jumping_clock
from tests.faults.bed import Bed
from tests.faults.clinic import Clinic
from tests.faults.test_servers_killed import speak_at_random

DAY_S = 24 * 3600
SEEDS = [pytest.param(seed, marks=[pytest.mark.faults_full] if seed else []) for seed in range(5)]


class Clock:
    """The clock of the day of one agent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.set(0)

    def set(self, offset_s: int) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(str(offset_s))
        beside.replace(self._path)

    @property
    def environment(self) -> dict[str, str]:
        return {jumping_clock.VARIABLE: str(self._path)}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def bed(clinic: Clinic, tmp_path: Path, clock: Clock) -> Iterator[Bed]:
    with Bed(clinic, tmp_path, environment=clock.environment) as bed:
        bed.wait_for_agent()
        yield bed


@pytest.mark.parametrize("seed", SEEDS)
def test_clock_of_the_agent_jumps(bed: Bed, clock: Clock, chance: random.Random, seed: int) -> None:
    for _ in range(8):
        speak_at_random(bed, chance, 10)
        clock.set(chance.choice([-1, 1]) * chance.choice([2, 3600, DAY_S, 400 * DAY_S]))
    bed.end(complete=True)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
def test_clock_of_the_agent_jumps_while_it_is_dead(
    bed: Bed, clock: Clock, chance: random.Random, seed: int
) -> None:
    for _ in range(3):
        bed.wait_for_agent()
        speak_at_random(bed, chance, 10)
        bed.kill_agent()
        clock.set(chance.choice([-1, 1]) * chance.choice([2, 3600, DAY_S, 400 * DAY_S]))
        bed.start_agent()
    bed.end(complete=False)
    assert len(bed.recordings()) == 1


@pytest.mark.faults_full
def test_battery_of_the_clock_is_empty_and_the_agent_wakes_up_in_1970(
    bed: Bed, clock: Clock, chance: random.Random, again: int
) -> None:
    speak_at_random(bed, chance, 20)
    bed.kill_agent()
    clock.set(-int(time.time()) + 60)
    bed.start_agent()
    bed.wait_for_agent()
    speak_at_random(bed, chance, 20)
    bed.end(complete=False)
    assert len(bed.recordings()) == 1
    query = "SELECT clock_offset_ms FROM devices_agentstatus WHERE device_id = %s"
    [(offset_ms,)] = bed.clinic.postgres.rows(query, bed.device)
    assert offset_ms < -50 * 365 * DAY_S * 1000, "nobody was told that the agent's clock is lost"


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(3))
def test_clock_of_the_console_jumps(bed: Bed, chance: random.Random, seed: int) -> None:
    for _ in range(8):
        speak_at_random(bed, chance, 10)
        jump_s = chance.choice([-1, 1]) * chance.choice([2, 3600, DAY_S, 400 * DAY_S])
        bed.console_clock_ms = bed.run.started_at_ms + 1000 * (bed.produced + jump_s)
    bed.console_clock_ms = 60_000  # its battery is empty
    speak_at_random(bed, chance, 10)
    bed.end(complete=True)
