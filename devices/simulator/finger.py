"""The finger pulse: the root's wave some time later, as the monitor filters, scales and disturbs it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from devices.simulator.artery import MODEL_RATE_HZ
from devices.simulator.ecg import bumps
from devices.simulator.heart import Beats
from devices.simulator.limits import Intervals
from devices.simulator.settings import Finger

Times = NDArray[np.float64]

_LAG_S = (0.180, 0.320)  # root to finger, drawn once a session where it is not set
_SETTLED_S = 0.10  # after valve closure the lag starts to change to that of the next beat
_RESPIRATION_HZ = 0.24
_BUMP_S = 0.03


@dataclass(frozen=True, slots=True)
class Lag:
    """How long the wave takes to the finger.

    Attributes
    ----------
    of_beat_s : ndarray, shape (n,)
        Travel from the root in each beat: the same for all of the beat's waves, from valve opening on.
    monitor_s : float
        Delay of the monitor's low-pass filter (its group delay at the pulse's frequencies).
    """

    of_beat_s: Times
    usual_s: float
    monitor_s: float

    @property
    def shown_s(self) -> Times:
        """Root to recording, each beat."""
        return self.of_beat_s + self.monitor_s


def lag_of(beats: Beats, finger: Finger, rng: np.random.Generator) -> Lag:
    drawn = float(rng.uniform(*_LAG_S))
    usual = drawn if finger.lag_ms is None else finger.lag_ms / 1000
    jitter = np.clip(rng.standard_normal(beats.r_s.size), -3, 3)
    return Lag(usual + finger.lag_jitter_ms / 1000 * jitter, usual, _filter_delay_s(finger))


def arriving(time_s: Times, root_mmhg: Times, beats: Beats, lag: Lag) -> Times:
    """The wave at the finger before any filter, mmHg: what passes the root at t is here at t + the beat's lag."""
    until = np.minimum(beats.closing_s + _SETTLED_S, np.append(beats.opening_s[1:], np.inf) - 0.02)
    knots = np.column_stack((beats.opening_s, until)).ravel()
    arrives = time_s + np.interp(time_s, knots, np.repeat(lag.of_beat_s, 2))
    return np.interp(time_s, np.maximum.accumulate(arrives), root_mmhg)


def shown(time_s: Times, wave_mmhg: Times, beats: Beats, finger: Finger, rng: np.random.Generator) -> Times:
    """What the monitor makes of it, without noise: filters, breathing, gain.

    The first beats, before any inflation, give about 1 unit from foot to systolic peak.
    """
    wave = wave_mmhg
    for sos in _filters(finger):
        wave, _ = signal.sosfilt(sos, wave, zi=signal.sosfilt_zi(sos) * wave[0])
    breath = np.sin(2 * np.pi * _RESPIRATION_HZ * time_s + rng.uniform(0, 2 * np.pi))
    first = time_s < beats.r_s[min(20, beats.r_s.size - 1)]
    scale = max(float(np.percentile(wave[first], 98) - np.percentile(wave[first], 2)), 1e-9)
    share = finger.respiration_share
    pleth = wave / scale * (1 + share * breath) + 0.1 * share * breath
    return np.asarray(pleth * _gain(time_s, finger), dtype=np.float64)


def disturbed(
    pleth: Times,
    rate_hz: float,
    valves_s: Times,
    finger: Finger,
    *,
    floor: np.random.Generator,
    motion: np.random.Generator,
) -> Times:
    """The recorded pulse: noise, movement, bumps at valve commands, and stretches without a finger."""
    time_s = np.arange(pleth.size) / rate_hz
    noise = finger.noise * floor.standard_normal(pleth.size)
    recorded = pleth + noise
    if finger.cuff_artefact:
        size = np.full(valves_s.size, finger.cuff_artefact)
        recorded += bumps(pleth.size, rate_hz, valves_s, np.full(valves_s.size, _BUMP_S), size)
    if finger.motion_s:
        sos = signal.butter(2, [0.5, 6.0], "bandpass", fs=rate_hz, output="sos")
        moves = np.asarray(signal.sosfilt(sos, motion.standard_normal(pleth.size)), dtype=np.float64)
        recorded += np.where(inside(time_s, finger.motion_s), finger.motion_size * moves / moves.std(), 0.0)
    off = inside(time_s, finger.probe_off_s)
    return np.where(off, noise, recorded)


def inside(time_s: Times, stretches: Intervals) -> NDArray[np.bool_]:
    """Which times lie within any of the stretches."""
    found = np.zeros(time_s.shape, dtype=np.bool_)
    for start, stop in stretches:
        found |= (time_s >= start) & (time_s < stop)
    return found


def _gain(time_s: Times, finger: Finger) -> Times:
    gain = np.ones_like(time_s)
    for start, factor in finger.gain_steps:
        gain[time_s >= start] = factor
    return gain


def _filters(finger: Finger) -> list[Times]:
    low = signal.bessel(3, finger.low_pass_hz, fs=MODEL_RATE_HZ, output="sos", norm="mag")
    high = signal.butter(1, finger.high_pass_hz, "highpass", fs=MODEL_RATE_HZ, output="sos")
    return [np.asarray(low), np.asarray(high)]


def _filter_delay_s(finger: Finger) -> float:
    _, response = signal.sosfreqz(_filters(finger)[0], worN=[1.0, 2.0], fs=MODEL_RATE_HZ)
    phase = np.unwrap(np.angle(response))
    return float(-(phase[1] - phase[0]) / (2 * np.pi))
