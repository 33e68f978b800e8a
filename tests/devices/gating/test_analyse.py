"""Sessions whose answers are known because they were drawn that way."""

from dataclasses import replace

import numpy as np
import pytest

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.report import Basis, Figure, GatingReport, Grade
from devices.waveform import Waveform
from tests.devices.gating.synthetic import EJECTION_S, TRIGGER_DELAY_S, Session, draw


def report_of(session: Session, config: GatingConfig) -> GatingReport:
    return analyse(draw(session), config)


def value(figure: Figure) -> float:
    assert figure.value is not None, figure.reason
    return figure.value


def codes(report: GatingReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_well_gated_session_is_graded_a(good: GatingReport) -> None:
    assert good.grade is Grade.A
    assert value(good.triggers.sensitivity) == 1.0
    assert value(good.triggers.ppv) == 1.0
    assert value(good.triggers.latency_ms) == pytest.approx(TRIGGER_DELAY_S * 1000, abs=2)
    assert value(good.pressure.plateau_mmhg) == pytest.approx(260, abs=2)
    assert value(good.rhythm.hr_bpm) == pytest.approx(75, abs=0.5)


def test_ejection_time_is_learnt_from_the_beats_before_inflation(good: GatingReport) -> None:
    assert good.inflation.ejection_ms.basis is Basis.MEASURED
    assert value(good.inflation.ejection_ms) == pytest.approx(EJECTION_S * 1000, abs=5)


@pytest.mark.parametrize("shift_ms", [-120, -60, -30, 30, 60, 120])
def test_a_shifted_inflation_moves_the_offset_by_as_much(shift_ms: float, config: GatingConfig) -> None:
    still, moved = (report_of(Session(inflation_ms=ms), config) for ms in (0.0, shift_ms))
    difference = value(moved.inflation.off_inf_ms) - value(still.inflation.off_inf_ms)
    assert difference == pytest.approx(shift_ms, abs=5)


def test_early_inflation_is_graded_d_although_it_raises_augmentation(
    config: GatingConfig, good: GatingReport
) -> None:
    early = report_of(Session(inflation_ms=-120), config)
    assert value(early.augmentation.ds_peak) > value(good.augmentation.ds_peak)
    assert early.augmentation.ds_peak_credited.value == 0
    assert early.grade is Grade.D
    assert "inflation_early" in codes(early)


def test_an_inflation_far_into_systole_is_still_measured(config: GatingConfig) -> None:
    early = report_of(Session(inflation_ms=-210, augmentation=0.5), config)
    assert value(early.inflation.off_inf_ms) == pytest.approx(-210, abs=15)
    assert early.inflation.hidden_early == 0
    assert early.grade is Grade.D


@pytest.mark.parametrize("rise_s", [0.06, 0.09, 0.12])
def test_however_fast_the_wave_rises_its_start_is_found_within_20_ms(
    rise_s: float, config: GatingConfig
) -> None:
    report = report_of(Session(inflation_ms=0, rise_s=rise_s), config)
    assert value(report.inflation.off_inf_ms) == pytest.approx(0, abs=20)


def test_an_inflation_hidden_in_systole_is_early_by_its_valve(config: GatingConfig) -> None:
    hidden = report_of(Session(inflation_ms=-275, augmentation=0.5), config)
    assert hidden.inflation.hidden_early > 100
    assert value(hidden.inflation.early_share) > 0.9
    assert hidden.grade is Grade.D


def test_without_unassisted_beats_a_model_stands_in_and_is_named(config: GatingConfig) -> None:
    report = report_of(Session(calm_s=0), config)
    assert report.inflation.off_inf_ms.basis is Basis.MODEL
    assert "ejection_from_model" in codes(report)


def test_late_deflations_are_counted_one_by_one(config: GatingConfig) -> None:
    report = report_of(Session(late_beats=set(range(50, 220, 10))), config)
    assert value(report.deflation.late_share) == pytest.approx(17 / report.deflation.late_share.n)
    assert "deflation_late" in codes(report)


@pytest.mark.parametrize(("lead_r_ms", "expected_ms"), [(100, 99), (150, 149), (250, 249)])
def test_lead_is_counted_from_empty_cuffs_to_ejection(
    lead_r_ms: float, expected_ms: float, config: GatingConfig
) -> None:
    # Emptying to 20 % takes 56 ms by construction, ejection begins 55 ms after R.
    report = report_of(Session(lead_r_ms=lead_r_ms), config)
    assert value(report.deflation.lead_r_ms) == pytest.approx(lead_r_ms, abs=2)
    assert value(report.deflation.lead_ej_ms) == pytest.approx(expected_ms, abs=4)


def test_missed_and_extra_triggers_give_sensitivity_and_predictive_value(config: GatingConfig) -> None:
    missed, extra = set(range(60, 220, 10)), tuple(np.arange(60.37, 170, 9.6))
    report = report_of(Session(missed=missed, extra_s=extra), config)
    assert report.triggers.missed == len(missed)
    assert value(report.triggers.sensitivity) == pytest.approx(1 - len(missed) / report.beats.n)
    assert report.triggers.extra == pytest.approx(len(extra), abs=2)
    low, high = report.triggers.sensitivity.low, report.triggers.sensitivity.high
    assert low is not None and high is not None
    assert low < value(report.triggers.sensitivity) < high
    assert {"triggers_missed", "triggers_extra"} <= codes(report)


def test_low_pressure_treats_no_beat(config: GatingConfig) -> None:
    report = report_of(Session(pressure_mmhg=180), config)
    assert value(report.pressure.attained_share) == pytest.approx(180 / 260, abs=0.01)
    assert value(report.dose.effective_minutes) == 0
    assert report.grade is Grade.D


def test_minutes_add_up_to_the_session(good: GatingReport) -> None:
    assert sum(row.n_beats for row in good.minutes) == good.beats.n
    assert sum(row.duration_s for row in good.minutes) == pytest.approx(good.duration_s)
    assert value(good.dose.effective_minutes) == sum(bool(row.effective) for row in good.minutes) == 3


def test_atrial_fibrillation_is_named_and_caps_nothing(config: GatingConfig) -> None:
    rng = np.random.default_rng(5)
    rr = np.clip(rng.lognormal(np.log(0.8), 0.2, 300), 0.45, 1.5)
    report = report_of(Session(rr_s=rr), config)
    assert report.rhythm.af_flag is True
    assert next(f for f in report.findings if f.code == "rhythm_irregular").cap is None


def test_a_regular_rhythm_is_not_called_fibrillation(good: GatingReport) -> None:
    assert good.rhythm.af_flag is False


def test_wide_early_beats_are_ectopic(config: GatingConfig) -> None:
    rr = np.full(220, 0.8)
    ectopic = set(range(20, 210, 10))
    for beat in ectopic:
        rr[beat - 1], rr[beat] = 0.5, 1.1
    report = report_of(Session(rr_s=rr, ectopic=ectopic), config)
    assert np.nansum(report.beats.ectopic) == pytest.approx(len(ectopic), abs=1)


def test_drift_of_the_event_clock_is_measured_and_taken_off(config: GatingConfig) -> None:
    waveform = draw(Session(minutes=12))
    drifted = Waveform(
        waveform.channels, tuple(replace(e, t_s=e.t_s * (1 + 40e-6)) for e in waveform.events if e.t_s < 719)
    )
    report = analyse(drifted, config)
    assert value(report.telemetry.drift_ppm) == pytest.approx(40, abs=5)
    assert report.telemetry.events_corrected
    assert value(report.triggers.jitter_ms) < 6


def test_without_a_prescription_attainment_and_dose_are_not_known(good_waveform: Waveform) -> None:
    report = analyse(good_waveform, GatingConfig(prescribed_pressure_mmhg=None))
    assert report.pressure.plateau_mmhg.value == pytest.approx(260, abs=2)
    for figure in (report.pressure.attained_share, report.pressure.ramp_s, report.dose.effective_minutes):
        assert figure.value is None
        assert figure.reason is not None
        assert figure.reason.code == "not_prescribed"
    assert report.grade is Grade.C
    assert "No pressure is prescribed" in " ".join(finding.sentence for finding in report.findings)
