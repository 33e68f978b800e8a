"""The packaged scenarios: the truth of each shows what its name says."""

from collections.abc import Callable

import numpy as np
import pytest

from devices.simulator.scenario import run
from devices.simulator.session import Simulation
from devices.simulator.session_truth import SessionTruth
from devices.waveform import ChannelName, EventKind
from tests.devices.simulator.conftest import NAMES, packaged

Simulated = Callable[[str], Simulation]


def some(value: float | None) -> float:
    assert value is not None
    return value


def words(truth: SessionTruth) -> dict[str, str]:
    """Classes of the truth, by the limits of docs/simulator.md."""
    triggers = min(some(truth.trigger_sensitivity), some(truth.trigger_ppv))
    attained, ratio = some(truth.attained_share), some(truth.ds_amplitude)
    return {
        "inflation": _inflation(truth),
        "deflation": _deflation(truth),
        "triggers": "good" if triggers >= 0.99 else "fair" if triggers >= 0.97 else "poor",
        "pressure": "good" if attained >= 0.95 else "fair" if attained >= 0.85 else "low",
        "rhythm": _rhythm(truth),
        "ratio": "low" if ratio < 1.2 else "normal" if ratio <= 1.5 else "high",
    }


def _inflation(truth: SessionTruth) -> str:
    shares = {
        "early": truth.inflation_early_share,
        "good": truth.inflation_good_share,
        "fair": truth.inflation_fair_share,
        "late": truth.inflation_late_share,
    }
    word, share = max(shares.items(), key=lambda item: some(item[1]))
    return word if some(share) > 0.5 else "mixed"


def _deflation(truth: SessionTruth) -> str:
    if some(truth.deflation_late_share) > 0.2:
        return "late"
    return "early" if some(truth.deflation_early_share) > 0.5 else "good"


def _rhythm(truth: SessionTruth) -> str:
    if truth.atrial_fibrillation:
        return "fibrillation"
    if some(truth.ectopy_burden) >= 0.05:
        return "ectopy"
    return "fast" if some(truth.mean_rate_bpm) > 120 else "regular"


def test_every_case_of_the_list_is_there() -> None:
    assert len(NAMES) == 29


@pytest.mark.parametrize("name", NAMES)
def test_truth_is_what_the_scenario_expects(name: str, simulated: Simulated) -> None:
    simulation = simulated(name)
    true = words(simulation.truth.session)
    said = {key: word for key, word in packaged(name).expected.items() if key in true}
    assert said == {key: true[key] for key in said}
    assert "rhythm" in said


@pytest.mark.parametrize("name", NAMES)
def test_scenario_lasts_twelve_to_fifteen_minutes_with_an_unassisted_minute(
    name: str, simulated: Simulated
) -> None:
    waveform = simulated(name).waveform
    assert 720 <= waveform.duration_s <= 900
    assert 60 <= waveform.event_times_s(EventKind.INFLATE)[0] <= 100


@pytest.mark.parametrize(
    ("name", "shift_ms"),
    [
        ("inflation-early-60", -60),
        ("inflation-late-60", 60),
        ("inflation-early-120", -120),
        ("inflation-late-120", 120),
    ],
)
def test_shifted_scenarios_differ_from_the_perfect_one_by_their_shift(
    name: str, shift_ms: float, simulated: Simulated
) -> None:
    perfect, moved = (simulated(each).truth.session for each in ("perfect", name))
    assert some(moved.off_inf_ms) - some(perfect.off_inf_ms) == pytest.approx(shift_ms, abs=0.1)
    assert moved.lead_r_ms == pytest.approx(perfect.lead_r_ms, abs=0.1)


def test_perfect_session_is_aimed_ten_milliseconds_before_closure(simulated: Simulated) -> None:
    truth = simulated("perfect").truth.session
    assert truth.off_inf_ms == pytest.approx(-10, abs=1)
    assert some(truth.deflation_late_share) < 0.01
    assert truth.effective_minutes == pytest.approx(11)


def test_late_release_is_late_and_early_release_is_early(simulated: Simulated) -> None:
    late, early = (simulated(name).truth.session for name in ("deflation-late-60", "deflation-early-120"))
    assert some(late.deflation_late_share) > 0.4
    assert late.effective_minutes == 0
    assert some(early.deflation_early_share) > 0.9


def test_fibrillation_makes_a_quarter_to_a_third_of_releases_late(simulated: Simulated) -> None:
    assert 0.2 < some(simulated("fibrillation").truth.session.deflation_late_share) < 0.4


def test_early_inflation_of_a_stiff_artery_has_the_higher_ratio_and_disease_the_lower(
    simulated: Simulated,
) -> None:
    stiff, perfect, diseased = (
        some(simulated(name).truth.session.ds_amplitude)
        for name in ("stiff-artery-bad-timing", "perfect", "pad-good-timing")
    )
    assert stiff > perfect + 0.15
    assert diseased < 1 < perfect


def test_triggers_are_wrong_as_often_as_asked(simulated: Simulated) -> None:
    extra, missed = (simulated(name).truth.session for name in ("extra-triggers", "missed-triggers"))
    assert extra.trigger_sensitivity == 1
    assert extra.trigger_ppv == pytest.approx(1 / 1.1, abs=0.03)
    assert missed.trigger_sensitivity == pytest.approx(0.9, abs=0.03)
    assert missed.trigger_ppv == 1


def test_gap_holds_neither_samples_nor_events(simulated: Simulated) -> None:
    waveform = simulated("gap").waveform
    for channel in waveform.channels:
        missing = np.flatnonzero(np.isnan(channel.samples)) / channel.rate_hz
        assert (missing.min(), missing.size / channel.rate_hz) == (360, 300)
    assert not any(360 <= event.t_s < 660 for event in waveform.events)
    assert simulated("gap").truth.session.gap_s == 300


def test_drift_moves_the_events_and_nothing_else(simulated: Simulated) -> None:
    drifted = simulated("drift")
    triggers = drifted.waveform.event_times_s(EventKind.TRIGGER)
    true = drifted.truth.trigger_s[: triggers.size]
    np.testing.assert_allclose(triggers, true * (1 + 80e-6), atol=1e-9)
    assert triggers[-1] - true[-1] == pytest.approx(0.0719, abs=0.001)


@pytest.mark.parametrize(
    ("name", "unit", "plateau"), [("unit-kpa", "kPa", 34.66), ("unit-mpa", "MPa", 0.03466)]
)
def test_other_units_are_written_as_the_console_shows_them(
    name: str, unit: str, plateau: float, simulated: Simulated
) -> None:
    simulation = simulated(name)
    hip = simulation.waveform.channel(ChannelName.CUFF_HIP)
    assert hip is not None
    assert simulation.units[ChannelName.CUFF_HIP] == unit
    assert simulation.units[ChannelName.ECG] == "mV"
    assert np.percentile(hip.samples, 98) == pytest.approx(plateau, rel=0.01)
    assert simulation.truth.session.plateau_mmhg == pytest.approx(260, abs=1)


def test_upside_down_lead_is_the_perfect_one_turned_over(simulated: Simulated) -> None:
    right, turned = (simulated(name).waveform.channels[0] for name in ("perfect", "inverted-lead"))
    np.testing.assert_array_equal(turned.samples, -right.samples)


def test_lost_lead_is_flat_and_without_triggers(simulated: Simulated) -> None:
    simulation = simulated("lead-off")
    ecg = simulation.waveform.channels[0]
    assert np.ptp(ecg.samples[300 * 500 : 420 * 500]) == 0
    triggers = simulation.truth.trigger_s
    assert not np.any((triggers >= 300) & (triggers < 420))
    assert simulation.truth.session.trigger_sensitivity == 1


def test_probe_off_leaves_noise_only(simulated: Simulated) -> None:
    pleth = simulated("probe-off").waveform.channels[1]
    assert pleth.name == ChannelName.PLETH
    assert pleth.samples[240 * 125 : 840 * 125].std() < 0.01 < pleth.samples[: 240 * 125].std()


@pytest.mark.parametrize(("name", "snr_db"), [("noise-6db", 6), ("noise-0db", 0)])
def test_noise_has_the_stated_ratio_and_only_in_its_stretches(
    name: str, snr_db: float, simulated: Simulated
) -> None:
    noisy = simulated(name)
    clean, ecg = simulated("probe-off").waveform.channels[0], noisy.waveform.channels[0]
    noise = ecg.samples - clean.samples
    assert not noise[: 300 * 500].any()
    at = np.rint(noisy.truth.beats.r_s[1:-1] * 500).astype(int)
    around = clean.samples[at[:, None] + np.arange(-25, 26)]
    power = float(np.mean(np.ptp(around, axis=1))) ** 2 / 8
    inside = noise[noise != 0]
    assert 10 * np.log10(power / np.mean(inside**2)) == pytest.approx(snr_db, abs=1)


def test_gain_steps_change_the_pulse_and_hardly_the_ratio(simulated: Simulated) -> None:
    stepped, steady = (simulated(name) for name in ("auto-gain", "perfect"))
    heights = [np.ptp(stepped.waveform.channels[1].samples[s * 125 : (s + 20) * 125]) for s in (250, 400)]
    assert heights[1] / heights[0] == pytest.approx(1.4 / 0.6, rel=0.1)
    assert stepped.truth.session.ds_amplitude == pytest.approx(steady.truth.session.ds_amplitude, abs=0.01)


@pytest.mark.parametrize("name", ["perfect", "bigeminy", "noise-0db"])
def test_same_scenario_and_seed_give_the_same_bytes(name: str, simulated: Simulated) -> None:
    one, two, other = simulated(name), run(packaged(name), 1), run(packaged(name), 2)
    assert one.waveform.events == two.waveform.events
    for a, b, c in zip(one.waveform.channels, two.waveform.channels, other.waveform.channels, strict=True):
        assert a.samples.tobytes() == b.samples.tobytes() != c.samples.tobytes()
