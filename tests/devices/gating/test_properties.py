"""What must hold for any session, with no reference needed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.report import GatingReport
from devices.waveform import ChannelName, Waveform
from tests.devices.gating.synthetic import Floats, Session, draw

FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def scaled(waveform: Waveform, factors: dict[ChannelName, float]) -> Waveform:
    return Waveform(
        tuple(replace(c, samples=c.samples * factors.get(c.name, 1.0)) for c in waveform.channels),
        waveform.events,
    )


@FEW
@given(ecg=st.sampled_from([-3.0, -1.0, 0.5, 3.0]), pleth=st.floats(0.1, 50))
def test_scale_and_polarity_move_nothing(
    ecg: float, pleth: float, good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    report = analyse(scaled(good_waveform, {ChannelName.ECG: ecg, ChannelName.PLETH: pleth}), config)
    assert report.beats.n == good.beats.n
    np.testing.assert_allclose(report.beats.r_s, good.beats.r_s, atol=0.002)
    np.testing.assert_allclose(report.beats.off_inf_ms, good.beats.off_inf_ms, atol=2)
    assert report.grade == good.grade


@FEW
@given(seconds=st.integers(1, 20))
def test_a_later_start_moves_nothing_but_time(
    seconds: int, good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    def later(samples: Floats, rate: float) -> Floats:
        return np.concatenate((np.full(round(seconds * rate), np.nan), samples))

    moved = Waveform(
        tuple(replace(c, samples=later(c.samples, c.rate_hz)) for c in good_waveform.channels),
        tuple(replace(e, t_s=e.t_s + seconds) for e in good_waveform.events),
    )
    report = analyse(moved, config)
    same = slice(3, -3)  # filters settle within the first beats
    np.testing.assert_allclose(
        report.beats.r_s[-300:][same] - seconds, good.beats.r_s[-300:][same], atol=0.002
    )
    assert report.inflation.off_inf_ms.value == pytest.approx(good.inflation.off_inf_ms.value, abs=1)
    assert report.triggers.sensitivity.value == good.triggers.sensitivity.value


def test_removing_one_minute_changes_that_minute_and_the_totals_only(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    def cut(samples: Floats, rate: float) -> Floats:
        samples = samples.copy()
        samples[round(120 * rate) : round(180 * rate)] = np.nan
        return samples

    report = analyse(
        Waveform(
            tuple(replace(c, samples=cut(c.samples, c.rate_hz)) for c in good_waveform.channels),
            tuple(e for e in good_waveform.events if not 120 <= e.t_s < 180),
        ),
        config,
    )
    assert report.minutes[2].n_beats == 0
    assert report.minutes[2].effective is False
    for minute in (0, 1, 3):
        before, after = good.minutes[minute], report.minutes[minute]
        assert (after.effective, after.grade) == (before.effective, before.grade)
        assert after.n_beats == pytest.approx(before.n_beats, abs=1)
        assert after.ds_peak == pytest.approx(before.ds_peak, abs=0.02)


@FEW
@given(beat=st.integers(45, 210), fault=st.sampled_from(["late", "early", "missed"]))
def test_grade_and_minutes_never_improve_when_a_beat_is_made_worse(
    beat: int, fault: str, config: GatingConfig
) -> None:
    some = set(range(50, 220, 9))
    base = Session(late_beats=set(some), early_beats=set(some))
    worse = Session(late_beats=set(some), early_beats=set(some))
    {"late": worse.late_beats, "early": worse.early_beats, "missed": worse.missed}[fault].add(beat)
    before, after = (analyse(draw(session), config) for session in (base, worse))
    assert after.grade.rank >= before.grade.rank
    assert (after.dose.effective_minutes.value or 0) <= (before.dose.effective_minutes.value or 0)
