"""kill -9 of what stands behind the agent: nothing may be missing, for the agent has it all on its disk."""

import random
import threading

import pytest

from tests.faults.bed import Bed
from tests.faults.clinic import Postgres

SEEDS = [pytest.param(seed, marks=[pytest.mark.faults_full] if seed else []) for seed in range(5)]


def speak_at_random(bed: Bed, chance: random.Random, seconds: int) -> None:
    """So many seconds of signal in pieces, and now and then a moment of real time."""
    pause = threading.Event()
    until_s = bed.produced + seconds
    while bed.produced < until_s:
        bed.speak(min(until_s - bed.produced, chance.randrange(1, 10)))
        pause.wait(chance.uniform(0, 0.1))


@pytest.mark.parametrize("seed", SEEDS)
def test_web_server_killed_while_chunks_come(bed: Bed, chance: random.Random, seed: int) -> None:
    speak_at_random(bed, chance, chance.randrange(1, 60))
    bed.clinic.web.kill()
    bed.speak(20)
    bed.clinic.web.start()
    speak_at_random(bed, chance, 20)
    bed.end(complete=True)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
def test_postgresql_killed_while_chunks_come(bed: Bed, chance: random.Random, seed: int) -> None:
    postgres = bed.clinic.postgres
    assert isinstance(postgres, Postgres)
    for _ in range(2):
        speak_at_random(bed, chance, chance.randrange(1, 40))
        postgres.kill()
        bed.speak(10)
        postgres.start()
        speak_at_random(bed, chance, 10)
    bed.end(complete=True)


def test_valkey_gone_for_good_while_a_run_is_recorded_and_closed(bed: Bed, chance: random.Random) -> None:
    speak_at_random(bed, chance, 10)
    bed.clinic.valkey.kill()
    try:
        speak_at_random(bed, chance, 30)
        bed.end(complete=True)
    finally:
        bed.clinic.valkey.start()


@pytest.mark.faults_full
def test_valkey_killed_and_back_again_and_again(bed: Bed, chance: random.Random, again: int) -> None:
    for _ in range(4):
        speak_at_random(bed, chance, 15)
        bed.clinic.valkey.kill()
        speak_at_random(bed, chance, 15)
        bed.clinic.valkey.start()
    bed.end(complete=True)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
def test_worker_killed_while_it_files_the_recording(bed: Bed, chance: random.Random, seed: int) -> None:
    bed.speak(200)
    bed.end_run()
    [uuid] = bed.recordings()
    desk, pause = bed.clinic.desk, threading.Event()
    for _ in range(5):
        worker = desk.begin("finish", uuid)
        pause.wait(chance.uniform(0, 0.3))
        desk.kill(worker)
    bed.end_proven(complete=True, filed_by="finish")


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(3))
def test_all_killed_in_turn_in_one_run(bed: Bed, chance: random.Random, seed: int) -> None:
    postgres = bed.clinic.postgres
    assert isinstance(postgres, Postgres)
    speak_at_random(bed, chance, 20)
    for victim in chance.sample(["web", "postgres", "valkey", "agent"], 4):
        match victim:
            case "web":
                bed.clinic.web.kill()
                bed.clinic.web.begin()
            case "postgres":
                postgres.kill()
                postgres.start()
            case "valkey":
                bed.clinic.valkey.kill()
                bed.clinic.valkey.start()
            case _:
                bed.kill_agent()
                bed.start_agent()
        speak_at_random(bed, chance, 20)
    bed.end(complete=False)
