"""Whatever comes in, a report comes out that says what could not be seen; it never raises and never invents."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.live import last_minute
from devices.gating.report import Basis, GatingReport, Grade
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform
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


@pytest.mark.parametrize(
    ("name", "rate_hz"),
    [
        (ChannelName.ECG, 64.0),
        (ChannelName.PLETH, 10.0),
        (ChannelName.CUFF_THIGH, 2.0),
        (ChannelName.ECG, 1.0),
    ],
)
def test_a_signal_sampled_too_slowly_is_left_out_and_named(
    name: ChannelName, rate_hz: float, good_waveform: Waveform, config: GatingConfig
) -> None:
    slow = Waveform(
        tuple(at_rate(c, rate_hz if c.name == name else c.rate_hz) for c in good_waveform.channels)
    )
    report = analyse(slow, config)
    key = {ChannelName.ECG: "ecg", ChannelName.PLETH: "pleth"}.get(name)
    if key is not None:
        assert list(report.quality.reasons_s[key]) == ["too_slow"]
        assert report.grade is Grade.NOT_ASSESSABLE


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 250.0])
def test_any_fair_pulse_rate_times_inflation_alike(
    rate_hz: float, good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    channels = tuple(
        at_rate(c, rate_hz if c.name is ChannelName.PLETH else c.rate_hz) for c in good_waveform.channels
    )
    report = analyse(Waveform(channels, good_waveform.events), config)
    assert report.inflation.off_inf_ms.value == pytest.approx(good.inflation.off_inf_ms.value, abs=10)


def at_rate(channel: Channel, rate_hz: float) -> Channel:
    time = np.arange(int(channel.duration_s * rate_hz)) / rate_hz
    known = np.arange(channel.samples.size) / channel.rate_hz
    return Channel(channel.name, rate_hz, np.interp(time, known, channel.samples))


@pytest.mark.parametrize(("factor", "unit"), [(1 / 7.50062, "kPa"), (1 / 7500.62, "MPa")])
def test_pressure_in_another_unit_is_refused_and_not_converted(
    factor: float, unit: str, good_waveform: Waveform, config: GatingConfig
) -> None:
    report = analyse(changed(good_waveform, lambda x, _: x * factor, *CUFFS), config)
    assert report.pressure.plateau_mmhg.value is None
    assert report.pressure.attained_share.value is None
    said = next(f for f in report.findings if f.code == "pressure_unit_doubtful")
    assert unit in said.sentence
    assert report.deflation.lead_ej_ms.basis is Basis.ESTIMATED


def test_events_in_milliseconds_are_left_out_and_named(good_waveform: Waveform, config: GatingConfig) -> None:
    events = tuple(replace(e, t_s=1000 * e.t_s) for e in good_waveform.events)
    report = analyse(Waveform(good_waveform.channels, events), config)
    assert "events_unit_doubtful" in {finding.code for finding in report.findings}
    assert report.grade is Grade.NOT_ASSESSABLE


def test_an_ecg_in_microvolts_is_read_and_named(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    report = analyse(changed(good_waveform, lambda x, _: x * 1000, ChannelName.ECG), config)
    assert "ecg_unit_doubtful" in {finding.code for finding in report.findings}
    assert report.beats.n == good.beats.n


def test_without_a_prescribed_duration_the_dose_is_not_judged(good_waveform: Waveform) -> None:
    config = GatingConfig(prescribed_pressure_mmhg=260, prescribed_minutes=None)
    report = analyse(good_waveform, config)
    assert report.dose.prescribed_minutes is None
    assert report.dose.effective_minutes.value is not None
    assert "dose_low_unknown" in {finding.code for finding in report.findings}


def test_nine_hours_are_reported_like_one(config: GatingConfig) -> None:
    hour = draw(Session(minutes=10))
    channels = tuple(replace(c, samples=np.tile(c.samples, 54)) for c in hour.channels)
    events = [replace(e, t_s=e.t_s + 600 * k) for k in range(54) for e in hour.events]
    report = analyse(Waveform(channels, tuple(sorted(events))), config)
    assert len(report.minutes) == 540
    assert report.triggers.sensitivity.value == pytest.approx(1, abs=0.01)


EVENTS = st.lists(
    st.builds(
        Event,
        t_s=st.floats(-5, 200) | st.sampled_from([0.0, 30.0, 30.0, 180.0]),
        kind=st.sampled_from(EventKind),
        cuff=st.sampled_from(Cuff),
    ),
    max_size=40,
)
NASTY = st.sampled_from([np.nan, 0.0, 1e9, -1e9, np.inf, 300.0])


@lru_cache(maxsize=1)
def sound() -> Waveform:
    # Not a fixture: hypothesis would print it whole.
    return draw(Session(minutes=3))


@settings(max_examples=25, deadline=None)
@given(
    events=EVENTS,
    values=st.lists(NASTY, min_size=5, max_size=5),
    stretch=st.tuples(st.integers(0, 179), st.integers(1, 180)),
    rate_hz=st.sampled_from([1.0, 10.0, 33.3, 125.0, 999.0]),
)
def test_nothing_that_comes_in_raises(
    events: list[Event],
    values: list[float],
    stretch: tuple[int, int],
    rate_hz: float,
) -> None:
    (start, length), good_waveform = stretch, sound()
    channels = tuple(
        replace(c, samples=between(start, start + length, value)(c.samples.copy(), c.rate_hz))
        for c, value in zip(good_waveform.channels, values, strict=True)
    )
    channels = (replace(channels[0], rate_hz=rate_hz), *channels[1:])
    report = analyse(Waveform(channels, tuple(sorted(events))), GatingConfig(prescribed_pressure_mmhg=260))
    json.dumps(report.to_dict(), allow_nan=False)
