"""What happens to an ECG on its way into the recording."""

import numpy as np
import pytest

from devices.simulator.ecg import Rhythm, longer, onsets, synthetic_ecg
from devices.simulator.heart import r_times
from devices.simulator.lead import ValveTimes, before_console, recorded
from devices.simulator.settings import Lead
from devices.waveform import Channel, ChannelName

KNOWN = synthetic_ecg(60, 500, Rhythm(), seed=2)
VALVES = ValveTimes(np.arange(1.35, 59, 1.0), np.arange(1.7, 59, 1.0))


def added(lead: Lead, noise: Channel | None = None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    seen = before_console(KNOWN.ecg, KNOWN.r_s, lead, 1, noise)
    return np.asarray(recorded(seen, VALVES, lead, 1).samples - KNOWN.ecg.samples)


def test_lead_with_nothing_wrong_passes_the_ecg_on_untouched() -> None:
    assert before_console(KNOWN.ecg, KNOWN.r_s, Lead(), 1) is KNOWN.ecg
    assert recorded(KNOWN.ecg, VALVES, Lead(), 1) is KNOWN.ecg


@pytest.mark.parametrize("snr_db", [24, 12, 6, 0, -6])
def test_six_decibels_more_halve_the_noise(snr_db: float) -> None:
    ours, loud = added(Lead(noise_snr_db=snr_db)), added(Lead(noise_snr_db=0))
    assert ours.std() == pytest.approx(loud.std() / 10 ** (snr_db / 20), rel=1e-6)


def test_recorded_noise_takes_the_place_of_the_synthetic_one() -> None:
    sine = Channel(ChannelName.ECG, 100, np.sin(np.arange(500) / 5))
    noise = added(Lead(noise_snr_db=6), sine)
    assert np.corrcoef(noise[:2000:5], sine.samples[:400])[0, 1] > 0.99


def test_mains_hum_has_its_frequency_and_height() -> None:
    hum = added(Lead(mains_mv=0.2, mains_hz=60))
    spectrum = np.abs(np.fft.rfft(hum)) / hum.size * 2
    assert np.fft.rfftfreq(hum.size, 1 / 500)[np.argmax(spectrum)] == pytest.approx(60, abs=0.02)
    assert spectrum.max() == pytest.approx(0.2, rel=0.01)


def test_muscle_noise_stays_in_its_band_and_stretches() -> None:
    noise = added(Lead(emg_snr_db=6, emg_s=((10, 20),)))
    assert not noise[: 10 * 500].any()
    power = np.abs(np.fft.rfft(noise)) ** 2
    frequency = np.fft.rfftfreq(noise.size, 1 / 500)
    assert power[(frequency > 15) & (frequency < 160)].sum() > 0.9 * power.sum()


def test_wander_is_slow() -> None:
    wander = added(Lead(wander_mv=0.5))
    power = np.abs(np.fft.rfft(wander - wander.mean())) ** 2
    assert power[np.fft.rfftfreq(wander.size, 1 / 500) < 0.6].sum() > 0.98 * power.sum()
    assert wander.std() == pytest.approx(0.5, rel=0.2)


def test_cuff_artefact_follows_each_valve() -> None:
    bumps = added(Lead(cuff_artefact_mv=0.5))
    at = np.rint((VALVES.inflate_s + 0.018) * 500).astype(int)
    assert np.median(bumps[at]) == pytest.approx(0.5, abs=0.1)
    assert np.median(bumps[np.rint((VALVES.deflate_s + 0.018) * 500).astype(int)]) < -0.2
    assert np.abs(bumps[np.rint((VALVES.inflate_s - 0.15) * 500).astype(int)]).max() < 0.01


def test_lost_lead_shows_neither_heart_nor_cuffs() -> None:
    lead = Lead(lead_off_s=((20, 30),), cuff_artefact_mv=0.5, wander_mv=0.3)
    seen = recorded(before_console(KNOWN.ecg, KNOWN.r_s, lead, 1), VALVES, lead, 1)
    assert not seen.samples[20 * 500 : 30 * 500].any()


def test_amplifier_turns_scales_shifts_and_clips() -> None:
    samples = recorded(KNOWN.ecg, VALVES, Lead(inverted=True, gain=2, offset_mv=1, clip_mv=1.5), 1).samples
    np.testing.assert_allclose(samples, np.clip(1 - 2 * KNOWN.ecg.samples, -1.5, 1.5))


@pytest.mark.parametrize("rate_hz", [250.0, 500.0, 1000.0])
def test_spike_holds_its_charge_at_every_sampling_rate(rate_hz: float) -> None:
    rhythm = Rhythm(kind="paced", spike_mv=4, spike_ms=1.5)
    with_spikes = synthetic_ecg(30, rate_hz, rhythm, 1)
    without = synthetic_ecg(30, rate_hz, Rhythm(kind="paced", spike_mv=0), 1)
    charge = (with_spikes.ecg.samples - without.ecg.samples).sum() / rate_hz
    assert charge == pytest.approx(with_spikes.r_s.size * 4 * 0.0015, rel=0.001)


@pytest.mark.parametrize(
    "rhythm",
    [
        Rhythm(rate_bpm=35),
        Rhythm(rate_bpm=150),
        Rhythm(kind="fibrillation"),
        Rhythm(pac_share=0.1),
        Rhythm(kind="paced"),
    ],
)
def test_true_r_times_are_the_tops_of_the_beats(rhythm: Rhythm) -> None:
    known = synthetic_ecg(120, 500, rhythm, seed=1)
    inside = known.r_s[(known.r_s > 1) & (known.r_s < 119)]
    assert np.abs(r_times(known.ecg)[:, None] - inside).min(axis=0).max() < 0.003


def test_waves_begin_and_end_in_order() -> None:
    known = synthetic_ecg(60, 500, Rhythm(pvc_share=0.1), seed=1)
    assert known.kinds is not None
    waves = onsets(known.r_s, known.kinds, fibrillating=False)
    assert np.all(waves.qrs_onset_s < known.r_s)
    assert np.all(known.r_s < waves.t_onset_s)
    assert np.all(waves.t_onset_s < waves.t_end_s)
    np.testing.assert_array_equal(np.isnan(waves.p_onset_s), known.kinds == 1)
    assert np.nanmax(waves.p_onset_s - waves.qrs_onset_s) < 0


def test_known_ecg_keeps_the_kinds_of_the_beats_that_a_cut_leaves() -> None:
    cut = longer(KNOWN, 20)
    assert cut.kinds is not None
    assert cut.kinds.size == cut.r_s.size
