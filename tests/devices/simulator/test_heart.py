"""True R times: found to the sample in what we made, and well in what experts marked."""

import os
from pathlib import Path

import numpy as np
import pytest

from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.heart import beats_of, r_times
from devices.waveform import Channel, ChannelName

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[3] / "../shared"))
KNOWN = synthetic_ecg(120, 360, Rhythm(), seed=4)


def test_r_times_of_a_synthetic_ecg_are_found_to_the_sample() -> None:
    found = r_times(KNOWN.ecg)
    assert found.size == KNOWN.r_s.size
    assert np.abs(found - KNOWN.r_s).max() < 1.5 / 360


@pytest.mark.parametrize("factor", [3.0, 0.2, -1.0])
def test_gain_and_polarity_change_nothing(factor: float) -> None:
    other = Channel(ChannelName.ECG, 360, factor * KNOWN.ecg.samples)
    assert np.abs(r_times(other) - r_times(KNOWN.ecg)).max() <= 0.0028


def test_unmeasured_stretch_holds_no_beat() -> None:
    samples = KNOWN.ecg.samples.copy()
    samples[360 * 30 : 360 * 40] = np.nan
    found = r_times(Channel(ChannelName.ECG, 360, samples))
    assert not np.any((found >= 30) & (found < 40))
    assert np.sum(found < 30) == np.sum(KNOWN.r_s < 30)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the reader, not ours
@pytest.mark.parametrize("record", ["100", "114", "119"])
def test_beats_that_experts_marked_are_found(record: str) -> None:
    wfdb = pytest.importorskip("wfdb")
    path = SHARED / "data/ecg/mitdb" / record
    if not path.with_suffix(".dat").exists():
        pytest.skip(f"the reference record {path} is not here; set EECP_SHARED to the folder that holds it")
    marks = wfdb.rdann(str(path), "atr")
    signal = wfdb.rdrecord(str(path), channels=[0])
    expert = marks.sample[~np.isin(marks.symbol, ["+", "~", "|"])] / signal.fs
    found = r_times(Channel(ChannelName.ECG, signal.fs, signal.p_signal[:, 0]))
    error = np.abs(expert[:, None] - found[None, :])
    assert np.mean(error.min(axis=1) < 0.15) > 0.998
    assert np.mean(error.min(axis=0) < 0.15) > 0.998


def test_ecg_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 s"):
        r_times(Channel(ChannelName.ECG, 360, np.zeros(360)))


def test_flat_line_holds_no_beat() -> None:
    assert r_times(Channel(ChannelName.ECG, 360, np.zeros(3600))).size == 0


def test_heart_without_beats_is_refused() -> None:
    with pytest.raises(ValueError, match="At least three R times"):
        beats_of(np.array([1.0, 2.0]), np.random.default_rng(1))


def test_early_beat_fills_less_and_valves_keep_their_order() -> None:
    r_s = np.array([1.0, 2.0, 3.0, 3.45, 4.9, 5.9, 6.9])
    beats = beats_of(r_s, np.random.default_rng(1))
    assert beats.filling[3] < 0.75 < beats.filling[2]
    assert np.all(r_s < beats.opening_s)
    assert np.all(beats.opening_s < beats.closing_s)
    assert np.all(beats.closing_s[:-1] < beats.opening_s[1:])
