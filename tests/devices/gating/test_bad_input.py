"""Whatever comes in, a report comes out that says what could not be seen; it never raises and never invents."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.live import last_minute
from devices.gating.report import Basis, GatingReport, Grade
from devices.waveform import Channel, ChannelName, Waveform
from tests.devices.gating.synthetic import Floats, Session, draw

CUFFS = (ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP)


def changed(waveform: Waveform, change: Callable[[Floats, float], Floats], *names: ChannelName) -> Waveform:
    return Waveform(
        tuple(
            replace(c, samples=change(c.samples.copy(), c.rate_hz)) if c.name in names else c
            for c in waveform.channels
        ),
        waveform.events,
    )


def without(waveform: Waveform, *names: ChannelName) -> Waveform:
    return Waveform(tuple(c for c in waveform.channels if c.name not in names), waveform.events)


def between(from_s: float, to_s: float, fill: float) -> Callable[[Floats, float], Floats]:
    def change(samples: Floats, rate: float) -> Floats:
        samples[int(from_s * rate) : int(to_s * rate)] = fill
        return samples

    return change


def nothing(samples: Floats, rate: float) -> Floats:
    return np.full(samples.size, np.nan)


def flat(samples: Floats, rate: float) -> Floats:
    return np.zeros(samples.size)


@pytest.mark.parametrize(
    "waveform",
    [
        Waveform(()),
        Waveform((Channel(ChannelName.ECG, 500.0, np.empty(0)),)),
        Waveform((Channel(ChannelName.ECG, 500.0, np.ones(1)),)),
        Waveform((Channel(ChannelName.ECG, 250.0, np.full(2500, np.nan)),)),
        Waveform((Channel(ChannelName.PLETH, 125.0, np.sin(np.arange(1250.0))),)),
    ],
    ids=["empty", "no samples", "one sample", "all missing", "pulse only"],
)
def test_hardly_any_signal_is_not_assessable(waveform: Waveform, config: GatingConfig) -> None:
    report = analyse(waveform, config)
    assert report.grade is Grade.NOT_ASSESSABLE
    assert report.triggers.sensitivity.value is None
    assert report.triggers.sensitivity.reason is not None
    json.dumps(report.to_dict(), allow_nan=False)
    assert last_minute(waveform, config).grade is Grade.NOT_ASSESSABLE


@pytest.mark.parametrize("change", [nothing, flat])
@pytest.mark.parametrize("name", [ChannelName.ECG, ChannelName.PLETH])
def test_a_dead_signal_is_not_assessable_and_named(
    change: Callable[[Floats, float], Floats],
    name: ChannelName,
    good_waveform: Waveform,
    config: GatingConfig,
) -> None:
    report = analyse(changed(good_waveform, change, name), config)
    assert report.grade is Grade.NOT_ASSESSABLE
    assert report.findings[0].code == f"{name.value.lower()}_unreadable"
    assert report.quality.longest_unreadable_s[name.value.lower()] == pytest.approx(240)


def test_ten_seconds_are_too_few_beats(config: GatingConfig) -> None:
    report = analyse(draw(Session(minutes=1 / 6, calm_s=0)), config)
    assert report.grade is Grade.NOT_ASSESSABLE
    assert "too_few_beats" in {finding.code for finding in report.findings}


def test_without_pressure_the_dose_is_not_known_and_the_lead_is_estimated(
    good_waveform: Waveform, config: GatingConfig
) -> None:
    report = analyse(without(good_waveform, *CUFFS), config)
    assert report.dose.effective_minutes.value is None
    assert report.pressure.plateau_mmhg.reason is not None
    assert report.deflation.lead_ej_ms.basis is Basis.ESTIMATED
    assert report.grade is Grade.C


def test_without_events_nothing_is_said_of_valves(good_waveform: Waveform, config: GatingConfig) -> None:
    report = analyse(Waveform(good_waveform.channels), config)
    assert report.grade is Grade.NOT_ASSESSABLE
    assert report.telemetry.events_missing_s > 150
    assert report.deflation.lead_r_ms.value is None


def test_a_gap_is_counted_and_never_joined(good_waveform: Waveform, config: GatingConfig) -> None:
    gapped = changed(good_waveform, between(100, 130, np.nan), *ChannelName)
    gapped = Waveform(gapped.channels, tuple(e for e in gapped.events if not 100 <= e.t_s < 130))
    report = analyse(gapped, config)
    assert report.telemetry.gap_s == pytest.approx(30, abs=0.1)
    assert not ((report.beats.r_s > 100) & (report.beats.r_s < 130)).any()
    across = report.beats.rr_ms[np.searchsorted(report.beats.r_s, 100) - 1]
    assert np.isnan(across)
    assert report.triggers.missed == 0


def test_a_probe_that_came_off_lowers_coverage_not_timing(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    report = analyse(changed(good_waveform, between(100, 200, 0.1), ChannelName.PLETH), config)
    assert report.quality.reasons_s["pleth"] == {"flat": 100.0}
    assert report.inflation.off_inf_ms.n < good.inflation.off_inf_ms.n - 100
    assert report.inflation.off_inf_ms.value == pytest.approx(good.inflation.off_inf_ms.value, abs=2)
    assert "pleth_partly_unreadable" in {finding.code for finding in report.findings}


def test_noise_lowers_coverage_before_grade(good_waveform: Waveform, config: GatingConfig) -> None:
    def noisy(samples: Floats, rate: float) -> Floats:
        part = slice(int(100 * rate), int(140 * rate))
        samples[part] += 1.5 * np.random.default_rng(2).standard_normal(part.stop - part.start)
        return samples

    report = analyse(changed(good_waveform, noisy, ChannelName.ECG), config)
    assert report.quality.ecg_readable.value == pytest.approx(200 / 240, abs=0.05)
    assert report.triggers.sensitivity.value is not None
    assert report.triggers.sensitivity.value > 0.99


def test_repeated_events_change_nothing(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    report = analyse(Waveform(good_waveform.channels, tuple(sorted(good_waveform.events * 2))), config)
    assert report.telemetry.duplicate_events == len(good_waveform.events)
    assert report.beats.to_dict() == good.beats.to_dict()
