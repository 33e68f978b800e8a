"""What must hold whatever is simulated."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.rhythm import BeatKind, Rhythm
from devices.simulator.scenario import Scenario, run
from devices.simulator.session import Simulation
from devices.simulator.settings import Finger, Lead, Recorder, Settings, Setup

STEADY = Settings(
    triggers_from="beats", unassisted_s=15, ramp_s=0, inflation_aim_ms=-10, deflation_lead_ms=90
)
PERFECT = Scenario(minutes=1.5, ecg_rate_hz=128, setup=Setup(STEADY))


def changed(
    seed: int = 1, lead: Lead | None = None, finger: Finger | None = None, **device: object
) -> Simulation:
    setup = Setup(
        replace(STEADY, **device),  # type: ignore[arg-type]
        lead or Lead(),
        finger or Finger(),
    )
    return run(replace(PERFECT, setup=setup), seed)


BASE = changed()


@settings(max_examples=20, deadline=None)
@given(st.integers(-150, 150), st.integers(0, 5))
def test_shift_of_the_inflation_moves_its_truth_by_as_much(shift_ms: int, seed: int) -> None:
    still, moved = changed(seed), changed(seed, inflation_shift_ms=shift_ms)
    by = (moved.truth.acts.inflate_s - still.truth.acts.inflate_s) * 1000
    np.testing.assert_allclose(by[np.isfinite(by)], shift_ms, atol=1e-6)
    assert moved.truth.session.off_inf_ms == pytest.approx(
        (still.truth.session.off_inf_ms or 0) + shift_ms, abs=0.5
    )
    assert moved.truth.session.lead_ej_ms == pytest.approx(still.truth.session.lead_ej_ms, abs=3)


@settings(max_examples=20, deadline=None)
@given(st.integers(-150, 60))
def test_shift_of_the_release_moves_its_truth_by_as_much(shift_ms: int) -> None:
    truth = changed(deflation_shift_ms=shift_ms).truth.session
    assert truth.lead_r_ms == pytest.approx((BASE.truth.session.lead_r_ms or 0) - shift_ms, abs=0.01)
    assert truth.lead_ej_ms == pytest.approx((BASE.truth.session.lead_ej_ms or 0) - shift_ms, abs=2)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 20), st.booleans())
def test_gain_and_polarity_of_the_lead_change_its_samples_alone(gain: float, inverted: bool) -> None:
    other = changed(lead=Lead(gain=gain, inverted=inverted))
    factor = -gain if inverted else gain
    np.testing.assert_allclose(other.waveform.channels[0].samples, factor * BASE.waveform.channels[0].samples)
    assert other.waveform.events == BASE.waveform.events
    assert other.truth.session == BASE.truth.session


def test_each_part_draws_for_itself() -> None:
    noisy = changed(
        lead=Lead(noise_snr_db=6, wander_mv=0.2, emg_snr_db=12, mains_mv=0.1, cuff_artefact_mv=0.3),
        finger=Finger(motion_s=((40, 50),)),
    )
    assert noisy.truth.session == BASE.truth.session
    for ours, theirs in zip(noisy.waveform.channels[2:], BASE.waveform.channels[2:], strict=True):
        assert ours.samples.tobytes() == theirs.samples.tobytes()


def test_later_parts_of_a_session_do_not_depend_on_the_sampling_rate() -> None:
    fast = run(replace(PERFECT, ecg_rate_hz=2000), 1)
    np.testing.assert_array_equal(fast.truth.beats.r_s, BASE.truth.beats.r_s)
    assert fast.waveform.events == BASE.waveform.events


@settings(max_examples=40, deadline=None)
@given(
    rhythm=st.builds(
        Rhythm,
        rate_bpm=st.floats(30, 180),
        rr_sd_s=st.floats(0, 0.2),
        lf_hf=st.floats(0, 10),
        kind=st.sampled_from(["sinus", "fibrillation", "paced"]),
        pvc_share=st.floats(0, 0.5),
        pvc_pattern=st.sampled_from(["isolated", "bigeminy", "couplets"]),
        pac_share=st.floats(0, 0.3),
    ),
    device=st.builds(
        Settings,
        triggers_from=st.sampled_from(["ecg", "beats"]),
        unassisted_s=st.sampled_from([0, 10]),
        ramp_s=st.sampled_from([0, 20]),
        inflation_shift_ms=st.integers(-200, 200),
        deflation_shift_ms=st.integers(-200, 200),
        inflation_jitter_ms=st.floats(0, 60),
        deflation_jitter_ms=st.floats(0, 60),
        extra_trigger_share=st.floats(0, 0.5),
        missed_trigger_share=st.floats(0, 0.5),
    ),
    seed=st.integers(0, 2**31),
)
def test_whatever_is_asked_for_is_simulated_and_in_order(rhythm: Rhythm, device: Settings, seed: int) -> None:
    made = run(replace(PERFECT, minutes=0.5, rhythm=rhythm, setup=Setup(device)), seed)
    beats, truth = made.truth.beats, made.truth.session
    assert np.all(np.diff(beats.r_s) > 0.15)
    assert np.all(beats.r_s < beats.opening_s)
    assert np.all(beats.opening_s < beats.closing_s)
    assert all(np.isfinite(channel.samples).all() for channel in made.waveform.channels)
    shares = (truth.inflation_early_share, truth.inflation_good_share, truth.inflation_fair_share)
    if truth.inflation_late_share is not None:
        assert sum(share or 0 for share in shares) + truth.inflation_late_share == pytest.approx(1)


def test_gap_and_lost_events_leave_the_truth_alone() -> None:
    recorder = Recorder(gaps_s=((30, 40),), events_missing_s=((50, 60),), clock_drift_ppm=-200)
    other = run(replace(PERFECT, setup=Setup(STEADY, recorder=recorder)), 1)
    assert other.truth.session.off_inf_ms == BASE.truth.session.off_inf_ms
    assert other.truth.session.drift_ppm == -200
    assert len(other.waveform.events) < len(BASE.waveform.events)


def test_pauses_hold_no_inflation_and_keep_their_triggers() -> None:
    paused = changed(paused_s=((40, 60),))
    opened = np.array([stroke.inflate_s[0] for stroke in paused.truth.strokes])
    assert not np.any((opened > 41) & (opened < 60))
    np.testing.assert_array_equal(paused.truth.trigger_s, BASE.truth.trigger_s)


@pytest.mark.parametrize(
    ("pattern", "share"), [("isolated", 0.15), ("bigeminy", 0.5), ("couplets", 0.2), ("bigeminy", 0.2)]
)
def test_premature_beats_come_in_the_pattern_and_number_asked_for(pattern: str, share: float) -> None:
    rhythm = Rhythm(pvc_share=share, pvc_pattern=pattern)
    truth = run(replace(PERFECT, minutes=10, rhythm=rhythm), 1).truth
    assert truth.kinds is not None
    pvc = truth.kinds == BeatKind.PVC
    assert pvc.mean() == pytest.approx(share, abs=0.09)
    assert truth.session.ectopy_burden == pytest.approx(pvc.mean())
    pairs = (pvc[1:] & pvc[:-1]).sum()
    assert pairs == (pvc.sum() // 2 if pattern == "couplets" else 0)
    early = np.diff(truth.beats.r_s)[np.flatnonzero(pvc) - 1]
    assert np.median(early) < 0.8 * 60 / 72


def test_premature_atrial_beats_are_narrow_early_and_without_a_full_pause() -> None:
    truth = run(replace(PERFECT, minutes=5, rhythm=Rhythm(pac_share=0.1, rr_sd_s=0)), 1).truth
    assert truth.kinds is not None
    pac = np.flatnonzero(truth.kinds == BeatKind.PAC)
    rr = np.diff(truth.beats.r_s)
    inside = pac[pac < rr.size]
    assert np.all(rr[inside - 1] < 0.86 * 60 / 72)
    assert np.all(rr[inside] < 1.1 * 60 / 72)
