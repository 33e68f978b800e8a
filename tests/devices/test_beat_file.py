"""The file of the beats: table and averages come back as they were; anything else is refused."""

import json

import numpy as np
import pytest

from devices.beat_file import from_bytes, from_plain, to_bytes, to_plain
from devices.gating.analyse import analyse
from devices.gating.average import averages
from devices.gating.average_beat import BeatAverages
from devices.gating.config import GatingConfig
from devices.gating.report import BeatTable
from devices.npz import NotArrays, pack, unpack
from tests.devices.gating.synthetic import Session, draw


@pytest.fixture(scope="module")
def made() -> tuple[BeatTable, BeatAverages]:
    config, waveform = GatingConfig(prescribed_pressure_mmhg=260), draw(Session(minutes=2))
    beats = analyse(waveform, config).beats
    return beats, averages(waveform, beats)


def test_beats_come_back(made: tuple[BeatTable, BeatAverages]) -> None:
    beats, _ = made
    found = from_bytes(to_bytes(*made))
    np.testing.assert_array_equal(found.column("r_s"), beats.r_s)
    np.testing.assert_allclose(found.column("off_inf_ms"), beats.off_inf_ms, atol=1e-4)


def test_averages_come_back(made: tuple[BeatTable, BeatAverages]) -> None:
    _, given = made
    found = from_bytes(to_bytes(*made)).averages
    assert [minute.n for minute in found.minutes] == [minute.n for minute in given.minutes]
    np.testing.assert_allclose(found.whole.level, given.whole.level, atol=1e-6)
    assert np.isnan(found.unassisted.augmentation_ms)


def test_same_content_gives_same_bytes(made: tuple[BeatTable, BeatAverages]) -> None:
    assert to_bytes(*made) == to_bytes(*made)


def test_column_of_a_later_engine_is_unknown(made: tuple[BeatTable, BeatAverages]) -> None:
    found = from_bytes(to_bytes(*made))
    assert np.isnan(found.column("not_yet_thought_of")).all()


@pytest.mark.parametrize("lost", ["averages/level", "averages/n", "beats/r_s"])
def test_file_that_lacks_something_is_refused(made: tuple[BeatTable, BeatAverages], lost: str) -> None:
    arrays = unpack(to_bytes(*made))
    del arrays[lost]
    with pytest.raises(NotArrays):
        from_bytes(pack(arrays))


def test_average_for_a_running_session_comes_back(made: tuple[BeatTable, BeatAverages]) -> None:
    _, given = made
    kept = json.loads(json.dumps(to_plain(given.unassisted), allow_nan=False))
    found = from_plain(kept)
    assert (found.n, found.of) == (given.unassisted.n, given.unassisted.of)
    assert np.isnan(found.augmentation_ms)
    np.testing.assert_allclose(found.level, given.unassisted.level, atol=1e-3)


@pytest.mark.parametrize("change", [{"level": [0.0]}, {"n": None}, {"level": ["high"]}])
def test_average_of_another_version_is_refused(
    made: tuple[BeatTable, BeatAverages], change: dict[str, object]
) -> None:
    with pytest.raises(NotArrays):
        from_plain(to_plain(made[1].whole) | change)
