"""The live tile reads the last minute with the same functions as the whole."""

import json

import pytest

from devices.gating.config import GatingConfig
from devices.gating.live import ALL_WELL, LAST_S, MARGIN_S, last_minute, learn_calibration
from devices.gating.report import Basis, GatingReport, Grade
from devices.waveform import Waveform
from tests.devices.gating.synthetic import Session, draw


def test_the_tile_says_that_all_is_well(good_waveform: Waveform, config: GatingConfig) -> None:
    live = last_minute(good_waveform, config)
    assert live.grade is Grade.A
    assert live.sentence == ALL_WELL
    assert live.duration_s == pytest.approx(LAST_S + MARGIN_S)
    assert live.hr_bpm == pytest.approx(75, abs=1)
    assert live.pressure_mmhg == pytest.approx(260, abs=2)
    json.dumps(live.to_dict(), allow_nan=False)


def test_the_tile_agrees_with_the_whole(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    known = learn_calibration(good_waveform, config)
    assert known is not None
    live = last_minute(good_waveform, config, known)
    assert live.inflation_basis is Basis.MEASURED
    assert live.inflation_median_ms == pytest.approx(good.inflation.off_inf_ms.value, abs=5)
    assert live.ds_peak == pytest.approx(good.augmentation.ds_peak.value, abs=0.03)


def test_the_tile_names_the_worst_fault_first(config: GatingConfig) -> None:
    live = last_minute(draw(Session(minutes=2, inflation_ms=-120)), config)
    assert live.grade is Grade.D
    assert "Move inflation later" in live.sentence


def test_nothing_is_learnt_where_no_beat_is_unassisted(config: GatingConfig) -> None:
    assert learn_calibration(draw(Session(minutes=1, calm_s=0)), config) is None


def test_without_calibration_the_tile_says_model(good_waveform: Waveform, config: GatingConfig) -> None:
    assert last_minute(good_waveform, config).inflation_basis is Basis.MODEL
