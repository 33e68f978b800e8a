"""Where in a beat inflation should lift the pulse wave and the cuffs be empty; nothing where it was not measured."""

import pytest

from devices.gating.config import GatingConfig
from devices.gating.live import judge_tail, learn_calibration
from devices.gating.report import Basis
from devices.live_expected import expected_of
from tests.devices.gating.synthetic import Session, draw

CONFIG = GatingConfig(prescribed_pressure_mmhg=260)


@pytest.mark.parametrize("inflation_ms", [-70, 0, 60])
def test_window_stands_around_closure_however_inflation_is_set(inflation_ms: int) -> None:
    waveform = draw(Session(minutes=2, inflation_ms=inflation_ms))
    judged = judge_tail(waveform, CONFIG, learn_calibration(waveform, CONFIG))
    expected = expected_of(judged.beats, CONFIG, Basis.MEASURED)
    assert expected is not None
    assert expected.rise_to_ms - expected.rise_from_ms == pytest.approx(60)
    assert expected.empty_to_ms - expected.empty_from_ms == pytest.approx(100)
    assert 200 < expected.rise_from_ms < 700
    assert abs(expected.empty_to_ms) < CONFIG.pre_ejection_ms + 60


def test_nothing_is_expected_where_a_formula_stood_in_for_the_calibration() -> None:
    judged = judge_tail(draw(Session(minutes=2)), CONFIG, None)
    assert expected_of(judged.beats, CONFIG, Basis.MODEL) is None


def test_nothing_is_expected_from_a_handful_of_beats() -> None:
    waveform = draw(Session(minutes=0.1))
    assert expected_of(judge_tail(waveform, CONFIG).beats, CONFIG, Basis.MEASURED) is None
