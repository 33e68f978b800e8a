"""The file store is full, or cannot be written: the recording stays in the database until it can be filed."""

import random

import pytest

from tests.faults.bed import Bed
from tests.faults.test_servers_killed import speak_at_random

pytestmark = pytest.mark.faults_full


@pytest.mark.parametrize("most_bytes", [0, 1000, 20_000])
def test_disk_of_the_file_store_is_full(bed: Bed, chance: random.Random, most_bytes: int, again: int) -> None:
    """What was written of the file is damaged; the next try makes it whole, and it is the only version."""
    speak_at_random(bed, chance, 200)
    bed.end_run()
    [uuid] = bed.recordings()
    desk = bed.clinic.desk
    desk.ask("limit_files", most_bytes)
    try:
        assert "OSError" in desk.try_to("finish", uuid)["error"]
        assert "OSError" in desk.try_to("finish", uuid)["error"]
    finally:
        desk.ask("limit_files", None)
    assert not desk.ask("account", uuid)["stored"]
    bed.end_proven(complete=True, filed_by="finish")
    assert desk.ask("account", uuid)["versions"] == 1


def test_file_store_cannot_be_written(bed: Bed, chance: random.Random, again: int) -> None:
    """Its folder is a file."""
    speak_at_random(bed, chance, 30)
    bed.end_run()
    [uuid] = bed.recordings()
    aside = bed.clinic.media.with_name("aside")
    bed.clinic.media.rename(aside)
    bed.clinic.media.touch()
    try:
        assert "error" in bed.clinic.desk.try_to("file_away", uuid)
    finally:
        bed.clinic.media.unlink()
        aside.rename(bed.clinic.media)
    bed.end_proven(complete=True)
