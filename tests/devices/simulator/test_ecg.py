"""Synthetic and lengthened ECG."""

import numpy as np
import pytest

from devices.simulator.ecg import KnownEcg, Rhythm, longer, synthetic_ecg
from devices.simulator.heart import r_times


def test_rate_and_spread_are_as_asked() -> None:
    rr = np.diff(synthetic_ecg(600, 100, Rhythm(rate_bpm=80, rr_sd_s=0.03), seed=1).r_s)
    assert rr.mean() == pytest.approx(0.75, abs=0.005)
    assert rr.std() == pytest.approx(0.03, abs=0.005)


def test_fibrillation_is_irregular() -> None:
    rr = np.diff(synthetic_ecg(600, 100, Rhythm(kind="fibrillation"), seed=1).r_s)
    assert 0.18 < rr.std() / rr.mean() < 0.26


def test_premature_beats_come_early_and_are_made_up_for() -> None:
    rr = np.diff(synthetic_ecg(600, 100, Rhythm(rr_sd_s=0, pvc_share=0.1), seed=1).r_s)
    early = np.flatnonzero(rr < 0.8 * 60 / 72)
    assert 0.05 < early.size / rr.size < 0.12
    inside = early[early + 1 < rr.size]
    assert np.allclose(rr[inside] + rr[inside + 1], 2 * 60 / 72)


def test_same_seed_gives_the_same_ecg() -> None:
    one, two, other = (synthetic_ecg(20, 250, Rhythm(), seed) for seed in (5, 5, 6))
    assert one.ecg.samples.tobytes() == two.ecg.samples.tobytes() != other.ecg.samples.tobytes()


@pytest.mark.parametrize("duration_s", [17.0, 60.0, 61.3, 200.0])
def test_lengthened_ecg_has_the_length_and_no_false_beat(duration_s: float) -> None:
    known = synthetic_ecg(60, 250, Rhythm(), seed=2)
    long = longer(known, duration_s)
    assert long.ecg.samples.size == round(duration_s * 250)
    found = r_times(long.ecg)
    claimed = long.r_s[long.r_s < long.ecg.duration_s - 0.1]
    assert np.abs(found[: claimed.size] - claimed).max() < 0.006
    rr = np.diff(long.r_s)
    assert np.diff(known.r_s).min() - 0.1 < rr.min() < rr.max() < np.diff(known.r_s).max() + 0.1


def test_lengthened_ecg_does_not_jump_at_the_seam() -> None:
    known = synthetic_ecg(30, 250, Rhythm(), seed=2)
    steps = np.abs(np.diff(longer(known, 300).ecg.samples))
    assert steps.max() <= np.abs(np.diff(known.ecg.samples)).max() * 1.05


def test_too_few_beats_cannot_be_lengthened() -> None:
    known = synthetic_ecg(2, 250, Rhythm(), seed=2)
    with pytest.raises(ValueError, match="too few beats"):
        longer(KnownEcg(known.ecg, known.r_s[:1]), 60)


@pytest.mark.parametrize("wrong", [{"rate_bpm": 300.0}, {"pvc_share": 0.9}, {"rr_sd_s": -1.0}])
def test_rhythm_that_no_heart_has_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"simulated|must lie within"):
        Rhythm(**wrong)  # type: ignore[arg-type]
