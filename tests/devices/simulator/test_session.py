"""Whole sessions: what is set is what comes out, and the truth says so."""

from dataclasses import replace

import numpy as np
import pytest

from devices.simulator.ecg import Rhythm, longer, synthetic_ecg
from devices.simulator.session import Simulation, simulate
from devices.simulator.settings import Settings
from devices.waveform import ChannelName, Cuff, EventKind

KNOWN = synthetic_ecg(150, 250, Rhythm(), seed=3)
SETTINGS = Settings(ramp_s=20)


def run(seed: int = 1, **changes: float) -> Simulation:
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    return simulate(KNOWN.ecg, settings, seed, r_s=KNOWN.r_s)


def ratios(
    simulation: Simulation, from_s: float, to_s: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Diastolic to systolic height above the line through the feet, as the literature has it."""
    truth, pleth = simulation.truth, simulation.waveform.channel(ChannelName.PLETH)
    assert pleth is not None
    foot, samples, clock = truth.finger.foot_s, pleth.samples, np.arange(pleth.samples.size) / pleth.rate_hz
    diastolic = np.where(
        np.isnan(truth.finger.shown.diastolic_peak_s),
        truth.finger.notch_s,
        truth.finger.shown.diastolic_peak_s,
    )
    within = np.flatnonzero((foot[:-1] > from_s) & (foot[1:] < to_s))

    def height(
        at_s: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        base = np.interp(at_s[within], foot, np.interp(foot, clock, samples))
        return np.asarray(np.interp(at_s[within], clock, samples) - base)

    return np.asarray(height(diastolic) / height(truth.finger.shown.systolic_peak_s))


def test_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, two, other = run(7), run(7), run(8)
    for a, b, c in zip(
        one.waveform.channels[1:], two.waveform.channels[1:], other.waveform.channels[1:], strict=True
    ):
        assert a.samples.tobytes() == b.samples.tobytes() != c.samples.tobytes()
    assert one.waveform.events == two.waveform.events


def test_channels_cover_the_whole_time_and_the_ecg_is_passed_on_unchanged() -> None:
    waveform = run().waveform
    assert waveform.channel(ChannelName.ECG) is KNOWN.ecg
    assert {channel.name: (channel.rate_hz, channel.samples.size) for channel in waveform.channels} == {
        ChannelName.ECG: (250, 37500),
        ChannelName.PLETH: (125, 18750),
        ChannelName.CUFF_CALF: (50, 7500),
        ChannelName.CUFF_THIGH: (50, 7500),
        ChannelName.CUFF_HIP: (50, 7500),
    }


@pytest.mark.parametrize("shift_ms", [-120, -60, 60, 120])
def test_shifted_inflation_moves_the_true_onset_by_as_much(shift_ms: float) -> None:
    moved = run(inflation_shift_ms=shift_ms).truth.finger.onset_s - run().truth.finger.onset_s
    known = ~np.isnan(moved)
    assert known.sum() > 100
    np.testing.assert_allclose(moved[known], shift_ms / 1000, atol=1e-9)


@pytest.mark.parametrize("shift_ms", [-120, 60])
def test_shifted_release_moves_every_release_by_as_much(shift_ms: float) -> None:
    on_time, moved = run().waveform, run(deflation_shift_ms=shift_ms).waveform
    releases = [w.event_times_s(EventKind.DEFLATE, Cuff.HIP)[:100] for w in (on_time, moved)]
    np.testing.assert_allclose(releases[1] - releases[0], shift_ms / 1000, atol=1e-9)


def test_default_settings_augment_at_valve_closure() -> None:
    truth = run().truth
    off = truth.finger.onset_s - truth.finger.notch_s
    assert -0.04 < np.nanmedian(off) < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_ratio_is_in_the_published_range(seed: int) -> None:
    simulation = run(seed)
    assert 0.5 < np.median(ratios(simulation, 3, 29)) < 0.8  # 0.56 before treatment
    assert 1.25 < np.median(ratios(simulation, 60, 150)) < 1.55  # 1.3 to 1.5 at 260 mmHg


def test_less_pressure_augments_less() -> None:
    medians = [float(np.median(ratios(run(pressure_mmhg=p), 60, 150))) for p in (100, 180, 260)]
    assert medians == sorted(medians)
    assert medians[-1] - medians[1] < medians[1] - medians[0]  # little is gained beyond 200 mmHg


def test_pleth_foot_follows_the_true_foot() -> None:
    simulation = run()
    pleth = simulation.waveform.channel(ChannelName.PLETH)
    assert pleth is not None
    truth = simulation.truth
    for foot in truth.finger.foot_s[3:30]:
        start = int((foot - 0.15) * 125)
        lowest = (start + int(np.argmin(pleth.samples[start : start + 38]))) / 125
        assert abs(lowest - foot) < 0.06


def test_cuff_channel_reaches_the_target_and_empties_before_the_next_beat() -> None:
    simulation = run()
    hip = simulation.waveform.channel(ChannelName.CUFF_HIP)
    assert hip is not None
    late = hip.samples[60 * 50 :]
    assert np.percentile(late, 95) == pytest.approx(260, abs=3)
    at_opening = hip.samples[(simulation.truth.beats.opening_s[100:140] * 50).astype(int)]
    assert np.median(at_opening) < 20


def test_nothing_is_augmented_in_the_unassisted_time() -> None:
    truth = run().truth
    assert np.isnan(truth.finger.onset_s[truth.beats.opening_s < 30]).all()


def test_hour_is_made_in_one_piece_and_in_order() -> None:
    hour = longer(KNOWN, 3600)
    simulation = simulate(hour.ecg, Settings(), 1, r_s=hour.r_s)
    assert simulation.waveform.duration_s == 3600
    assert np.isfinite(simulation.waveform.channels[1].samples).all()
    assert len(simulation.truth.strokes) > 4000
    assert simulation.waveform.events[-1].t_s < 3600


def test_r_times_are_found_where_none_are_given() -> None:
    assert simulate(KNOWN.ecg, SETTINGS, 1).truth.beats.r_s.size == pytest.approx(KNOWN.r_s.size, abs=1)


def test_ecg_without_beats_is_refused() -> None:
    flat = replace(KNOWN.ecg, samples=np.zeros(5000))
    with pytest.raises(ValueError, match="At least three R times"):
        simulate(flat, SETTINGS, 1)


def test_recording_that_ends_before_the_first_inflation_has_beats_and_no_strokes() -> None:
    known = synthetic_ecg(12.0, 250.0, Rhythm(), seed=1)
    simulation = simulate(known.ecg, Settings(), seed=1, r_s=known.r_s)
    assert simulation.truth.strokes == ()
    assert simulation.truth.beats.r_s.size > 10
