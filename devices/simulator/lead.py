"""What happens to an ECG between the skin and the recording: noise at a stated ratio, artefacts, a lost lead."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from devices.simulator.ecg import bumps
from devices.simulator.finger import inside
from devices.simulator.limits import Intervals
from devices.simulator.seeds import Part, generator
from devices.simulator.settings import Lead
from devices.waveform import Channel

Times = NDArray[np.float64]

_QRS_REACH_S = 0.05
_KNOCKS_PER_S = 1.5  # electrode motion: sudden shifts that decay, beside a slow wander
_KNOCK_DECAY_S = (0.08, 0.4)
_BUMP_S, _BUMP_SPREAD = 0.018, 0.25
_BUMP_TURNS = np.array([1.0, -0.6])  # inflation pushes one way, deflation the other


@dataclass(frozen=True, slots=True)
class ValveTimes:
    """When cuffs were told to fill and to empty, seconds."""

    inflate_s: Times
    deflate_s: Times


def before_console(ecg: Channel, r_s: Times, lead: Lead, seed: int, noise: Channel | None = None) -> Channel:
    """The ECG as the console's own detector sees it; the same object where nothing is wrong with it."""
    size, rate = ecg.samples.size, ecg.rate_hz
    if lead == Lead():
        return ecg
    power = _signal_power(ecg, r_s)
    time_s = np.arange(size) / rate
    samples = ecg.samples.copy()
    if lead.noise_snr_db is not None:
        shape = _given(noise, rate, size) if noise else _electrode_motion(size, rate, seed)
        samples += _scaled(shape, power, lead.noise_snr_db, time_s, lead.noise_s)
    if lead.emg_snr_db is not None:
        samples += _scaled(_muscle(size, rate, seed), power, lead.emg_snr_db, time_s, lead.emg_s)
    if lead.wander_mv:
        samples += lead.wander_mv * _slow(size, rate, generator(seed, Part.WANDER))
    if lead.mains_mv:
        phase = generator(seed, Part.MAINS).uniform(0, 2 * np.pi)
        samples += lead.mains_mv * np.sin(2 * np.pi * lead.mains_hz * time_s + phase)
    samples[inside(time_s, lead.lead_off_s)] = 0.0
    return Channel(ecg.name, rate, samples)


def recorded(ecg: Channel, valves: ValveTimes, lead: Lead, seed: int) -> Channel:
    """The ECG as it is written down: with the bumps of the cuffs, and through the amplifier."""
    if lead == Lead():
        return ecg
    samples = ecg.samples
    if lead.cuff_artefact_mv:
        off = inside(np.arange(samples.size) / ecg.rate_hz, lead.lead_off_s)
        samples = samples + np.where(off, 0.0, _cuff_bumps(ecg, valves, lead, seed))
    samples = samples * (-lead.gain if lead.inverted else lead.gain) + lead.offset_mv
    if lead.clip_mv is not None:
        samples = np.clip(samples, -lead.clip_mv, lead.clip_mv)
    return Channel(ecg.name, ecg.rate_hz, samples)


def _signal_power(ecg: Channel, r_s: Times) -> float:
    """(Mean QRS peak to peak)² / 8 of the clean ECG: the power of a sine of that height."""
    reach = max(1, round(_QRS_REACH_S * ecg.rate_hz))
    at = np.rint(r_s * ecg.rate_hz).astype(np.intp)
    at = at[(at >= reach) & (at < ecg.samples.size - reach)]
    around = ecg.samples[at[:, None] + np.arange(-reach, reach + 1)]
    height = np.nanmax(around, axis=1) - np.nanmin(around, axis=1)
    return float(np.nanmean(height)) ** 2 / 8


def _scaled(shape: Times, power: float, snr_db: float, time_s: Times, stretches: Intervals) -> Times:
    """``shape`` at that ratio of signal to noise, in the stretches (everywhere, where none are given)."""
    gain = float(np.sqrt(power / np.mean(shape**2) / 10 ** (snr_db / 10)))
    return gain * np.where(inside(time_s, stretches), shape, 0.0) if stretches else gain * shape


def _electrode_motion(size: int, rate: float, seed: int) -> Times:
    """Sudden shifts that decay within a few tenths of a second, rounded like a QRS, on a slow wander."""
    rng = generator(seed, Part.ELECTRODE_MOTION)
    shape = 0.6 * _slow(size, rate, rng)
    for decay_s in _KNOCK_DECAY_S:
        knocks = np.where(rng.random(size) < _KNOCKS_PER_S / 2 / rate, rng.standard_normal(size), 0.0)
        keep = np.exp(-1 / (rate * decay_s))
        shape += np.asarray(signal.lfilter([1.0], [1, -keep], knocks), dtype=np.float64)
    sos = signal.butter(1, [0.3, 20.0], "bandpass", fs=rate, output="sos")
    return np.asarray(signal.sosfilt(sos, shape), dtype=np.float64)


def _muscle(size: int, rate: float, seed: int) -> Times:
    rng = generator(seed, Part.MUSCLE)
    sos = signal.butter(2, [20.0, min(150.0, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    return np.asarray(signal.sosfilt(sos, rng.standard_normal(size)), dtype=np.float64)


def _slow(size: int, rate: float, rng: np.random.Generator) -> Times:
    """Wander below 0.5 Hz, RMS 1."""
    points = rng.standard_normal(int(size / rate * 4) + 8)  # at 4 Hz
    smooth = ndimage.gaussian_filter1d(points, 2.2)
    slow = np.interp(np.arange(size) / rate * 4, np.arange(smooth.size), smooth)
    return np.asarray(slow / max(float(slow.std()), 1e-12), dtype=np.float64)


def _given(noise: Channel, rate: float, size: int) -> Times:
    """A recorded noise at the ECG's rate, repeated to its length."""
    time_s = np.arange(size) / rate
    samples = noise.samples - np.nanmean(noise.samples)
    clock = np.arange(samples.size) / noise.rate_hz
    return np.asarray(np.interp(time_s % noise.duration_s, clock, np.nan_to_num(samples)), dtype=np.float64)


def _cuff_bumps(ecg: Channel, valves: ValveTimes, lead: Lead, seed: int) -> Times:
    rng = generator(seed, Part.CUFF_ARTEFACT)
    total = np.zeros(ecg.samples.size)
    for turn, times in zip(_BUMP_TURNS, (valves.inflate_s, valves.deflate_s), strict=True):
        size = lead.cuff_artefact_mv * turn * (1 + _BUMP_SPREAD * rng.standard_normal(times.size))
        total += bumps(total.size, ecg.rate_hz, times + _BUMP_S, np.full(times.size, _BUMP_S), size)
    return total
