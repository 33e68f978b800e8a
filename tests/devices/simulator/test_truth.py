"""Figures from the truth: small sessions whose answers can be worked out by hand."""

import numpy as np
import pytest

from devices.simulator.artery import Body
from devices.simulator.beat_truth import Counterpulsation, counterpulsation
from devices.simulator.console import Stroke
from devices.simulator.cuffs import history
from devices.simulator.heart import Beats
from devices.simulator.ratios import ratios
from devices.simulator.session_truth import match, timing

R_S = np.arange(1.0, 11.0)
BEATS = Beats(R_S, R_S + 0.055, R_S + 0.345, np.ones(10))
BODY = Body((0.12, 0.08, 0.05))


def acts(*strokes: Stroke) -> Counterpulsation:
    return counterpulsation(BEATS, strokes, [history(strokes, cuff) for cuff in range(3)], BODY)


def test_first_blood_comes_from_the_cuff_whose_valve_and_way_are_shortest_together() -> None:
    one = acts(Stroke((2.20, 2.24, 2.28), 2.8, 260))
    # calf 2.20 + 0.12, thigh 2.24 + 0.08, hip 2.28 + 0.05, each after 10 ms of dead time
    assert one.arrival_s[1] == pytest.approx(2.33)
    assert timing(BEATS, one).off_inf_ms[1] == pytest.approx(-15)
    assert np.isnan(one.arrival_s[[0, 2]]).all()


def test_cuffs_are_empty_when_the_last_falls_below_a_fifth_of_its_plateau() -> None:
    one = acts(Stroke((2.20, 2.24, 2.28), 2.8, 260))
    assert one.plateau_mmhg[1] == pytest.approx(260, abs=1)
    assert one.empty_s[1] == pytest.approx(2.8 + 0.010 + 0.035 * np.log(5), abs=0.001)
    timed = timing(BEATS, one)
    assert timed.lead_r_ms[1] == pytest.approx(200)
    assert timed.lead_ej_ms[1] == pytest.approx((3.055 - one.empty_s[1]) * 1000)


def test_cuffs_that_are_filled_again_before_they_empty_are_late_by_the_next_inflation() -> None:
    two = acts(Stroke((2.2, 2.24, 2.28), 3.19, 260), Stroke((3.2, 3.24, 3.28), 3.8, 260))
    assert np.isnan(two.empty_s[1])
    assert timing(BEATS, two).lead_ej_ms[1] == pytest.approx((3.055 - 3.2) * 1000)


def test_of_two_strokes_in_a_beat_the_first_inflates_and_the_last_releases() -> None:
    two = acts(Stroke((2.2, 2.24, 2.28), 2.5, 260), Stroke((2.7, 2.74, 2.78), 2.9, 260))
    assert two.inflate_s[1, 0] == 2.2
    assert two.deflate_s[1] == 2.9


def test_cuff_that_never_opened_is_left_out() -> None:
    one = acts(Stroke((2.2, 2.24, np.nan), 2.27, 260))
    assert one.arrival_s[1] == pytest.approx(2.33)
    assert np.isfinite(one.empty_s[1])


def test_nothing_inflated_is_nothing_known() -> None:
    none = acts()
    for values in (none.inflate_s, none.deflate_s, none.empty_s, none.plateau_mmhg, none.arrival_s):
        assert np.isnan(values).all()


def test_triggers_are_matched_one_to_one_around_their_usual_delay() -> None:
    trigger_s = np.sort(np.append(np.delete(R_S, 4) + 0.02, [3.5, 7.03]))
    found = match(trigger_s, R_S, (), 12.0)
    assert np.flatnonzero(np.isnan(found.of_beat_s)).tolist() == [4]
    assert trigger_s[found.of_trigger < 0].tolist() == [3.5, 7.03]


def test_beats_without_an_ecg_or_events_are_not_judged() -> None:
    found = match(R_S[:5] + 0.02, R_S, ((5.5, 10.5),), 12.0)
    assert found.judged_beats.sum() == 5
    assert np.isfinite(found.of_beat_s[found.judged_beats]).all()


def test_no_trigger_matches_nothing() -> None:
    found = match(np.empty(0), R_S, (), 12.0)
    assert not np.isfinite(found.of_beat_s).any()
    assert found.judged_beats.all()


def test_ratio_of_a_drawn_pulse_is_the_one_drawn() -> None:
    time = np.arange(0, 4, 0.004)
    phase = time % 1
    wave = np.exp(-(((phase - 0.2) / 0.05) ** 2)) + 1.3 * np.exp(-(((phase - 0.6) / 0.08) ** 2)) + 0.1 * time
    foot = np.array([0.0, 1.0, 2.0])
    made = ratios(wave, 250, foot, foot + 0.4, foot + 0.42)
    assert made.amplitude[0] == pytest.approx(1.3, abs=0.01)
    assert made.area[0] == pytest.approx(1.3 * 0.08 / 0.05, rel=0.02)
    assert made.systolic_peak_s[1] == pytest.approx(1.2, abs=0.004)
    assert np.isnan(made.amplitude[2])


def test_early_augmentation_is_diastolic_from_its_start_on() -> None:
    time = np.arange(0, 3, 0.004)
    phase = time % 1
    wave = np.exp(-(((phase - 0.15) / 0.04) ** 2)) + 1.5 * np.exp(-(((phase - 0.33) / 0.05) ** 2))
    foot = np.array([0.0, 1.0, 2.0])
    assert ratios(wave, 250, foot, foot + 0.4, foot + 0.22).amplitude[0] == pytest.approx(1.5, abs=0.03)
