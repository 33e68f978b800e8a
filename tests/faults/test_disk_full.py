"""No room on the agent's disk: that delays, and loses nothing that the console's line can hold meanwhile."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bed import Bed
from tests.faults.clinic import Clinic
from tests.faults.test_servers_killed import speak_at_random
from tests.faults.waiting import until

pytestmark = pytest.mark.faults_full
STOPPED = "Capturing has stopped"


class SmallDisk:
    """A file system of eight megabytes below the spool (its journal alone grows to four), and a file that takes all room that is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    continue

    def empty(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "spool"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def bed(clinic: Clinic, tmp_path: Path, disk: SmallDisk) -> Iterator[Bed]:
    with Bed(clinic, tmp_path) as bed:
        bed.wait_for_agent()
        yield bed


def test_disk_of_the_agent_is_full_while_the_link_is_cut(
    bed: Bed, disk: SmallDisk, chance: random.Random, again: int
) -> None:
    speak_at_random(bed, chance, 20)
    until(lambda: bed.seconds_in_spool() >= 19, "the spool")
    bed.link.cut()
    disk.fill()
    speak_at_random(bed, chance, 60)
    until(lambda: STOPPED in bed.agent.said, "the agent to say that its disk is full")
    disk.empty()
    bed.link.mend()
    until(lambda: bed.seconds_in_spool() >= 79, "the spool")
    bed.end(complete=True)


def test_disk_of_the_agent_is_full_while_it_sends(
    bed: Bed, disk: SmallDisk, chance: random.Random, again: int
) -> None:
    """It cannot even note that chunks were acknowledged."""
    speak_at_random(bed, chance, 20)
    until(lambda: bed.seconds_in_spool() >= 19, "the spool")
    bed.link.cut()
    speak_at_random(bed, chance, 30)
    until(lambda: bed.seconds_in_spool() >= 49, "the spool")
    disk.fill()
    bed.link.mend()
    speak_at_random(bed, chance, 30)
    until(lambda: STOPPED in bed.agent.said, "the agent to say that its disk is full")
    until(lambda: "acknowledged_and_not_noted" in bed.agent.said, "the agent to fail to note something")
    disk.empty()
    bed.end(complete=True)


def test_disk_of_the_agent_is_full_when_the_run_begins(
    bed: Bed, disk: SmallDisk, chance: random.Random, again: int
) -> None:
    until(lambda: (bed.spool / "status.json").exists(), "the agent's status")
    disk.fill()
    speak_at_random(bed, chance, 30)
    until(lambda: "full" in bed.agent.said, "the agent to say that its disk is full")
    disk.empty()
    bed.end(complete=True)
