"""From beats and cuffs to the pressure at the aortic root and the pulse wave at the finger.

A Windkessel (peripheral resistance, compliance, a small series resistance) filled by the heart and by the blood
that the cuffs push back; the finger sees it later, through the filters of a monitor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from devices.simulator.cuffs import CuffHistory
from devices.simulator.heart import Beats
from devices.simulator.settings import Settings

Times = NDArray[np.float64]

MODEL_RATE_HZ = 250.0
_SERIES_RESISTANCE = 0.05  # mmHg·s/mL
_SHARES = (0.2, 0.35, 0.45)  # of the displaced blood: calf, thigh, hip
_TRAVEL_S = ((0.100, 0.140), (0.060, 0.090), (0.040, 0.060))  # leg to root, drawn once a session
_SPREAD_S = 0.02  # the wave widens on its way
_HALF_EFFECT_MMHG, _FULL_EFFECT_MMHG = 90.0, 260.0  # little is gained beyond 200 mmHg (PMC6714389)
_BACKFLOW_ML, _BACKFLOW_S, _RECOIL_S = 2.5, 0.03, 0.12  # at valve closure; makes the notch
_LAG_S = (0.180, 0.320)  # root to finger on the monitor, drawn once a session
_LAG_JITTER_S = 0.005
_LOW_PASS_HZ, _HIGH_PASS_HZ = 7.0, 0.35
_RESPIRATION_HZ, _RESPIRATION_SHARE = 0.24, 0.08


@dataclass(frozen=True, slots=True)
class Body:
    """What is drawn once a session: how long waves take in this person on this monitor."""

    travel_s: tuple[float, ...]
    lag_s: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Body":
        return cls(tuple(float(rng.uniform(*limits)) for limits in _TRAVEL_S), float(rng.uniform(*_LAG_S)))

    @property
    def seen_lag_s(self) -> float:
        """Root to finger as the recording shows it: travel and the delay of the monitor's low-pass filter."""
        return self.lag_s + _filter_delay_s()


def root_pressure(
    time_s: Times, beats: Beats, cuffs: Sequence[CuffHistory], body: Body, settings: Settings
) -> Times:
    """Pressure at the aortic root in mmHg at evenly spaced times (``MODEL_RATE_HZ``)."""
    inflow = _ejection(time_s, beats, settings.stroke_volume_ml) + _pushed_back(time_s, cuffs, body, settings)
    step = 1 / MODEL_RATE_HZ
    decay = np.exp(-step / (settings.resistance * settings.compliance))
    gain = settings.resistance * (1 - decay)
    mean_rr = float(np.mean(np.diff(beats.r_s)))
    start = settings.stroke_volume_ml / mean_rr * settings.resistance
    stored, _ = signal.lfilter([gain], [1, -decay], inflow, zi=np.array([decay * start]))
    return np.asarray(stored + _SERIES_RESISTANCE * inflow, dtype=np.float64)


def _half_sine(time_s: Times, start_s: Times, length_s: Times | float, volume: Times | float) -> Times:
    """Flow in mL/s of pulses that each move ``volume`` mL in a half sine of ``length_s``."""
    k = np.searchsorted(start_s, time_s, side="right") - 1
    known = np.maximum(k, 0)
    length = np.broadcast_to(length_s, start_s.shape)[known]
    phase = (time_s - start_s[known]) / length
    height = np.broadcast_to(volume, start_s.shape)[known] * np.pi / 2 / length
    inside = (k >= 0) & (phase < 1)
    return np.where(inside, height * np.sin(np.pi * np.clip(phase, 0, 1)), 0.0)


def _ejection(time_s: Times, beats: Beats, stroke_volume_ml: float) -> Times:
    opened = beats.closing_s - beats.opening_s
    flow = _half_sine(time_s, beats.opening_s, opened, stroke_volume_ml * beats.filling)
    flow -= _half_sine(time_s, beats.closing_s, _BACKFLOW_S, _BACKFLOW_ML)
    return flow + _half_sine(time_s, beats.closing_s + _BACKFLOW_S, _RECOIL_S, _BACKFLOW_ML)


def _pushed_back(time_s: Times, cuffs: Sequence[CuffHistory], body: Body, settings: Settings) -> Times:
    """Flow at the root, mL/s, from what the cuffs displace: in while they fill, out while they empty."""
    volume = np.zeros_like(time_s)
    for cuff, share, travel in zip(cuffs, _SHARES, body.travel_s, strict=True):
        pressure = cuff.pressure_at(time_s - travel)
        volume += settings.displaced_ml * share * _effect(pressure)
    keep = np.exp(-1 / (MODEL_RATE_HZ * _SPREAD_S))
    spread = np.asarray(signal.lfilter([1 - keep], [1, -keep], volume), dtype=np.float64)
    return np.diff(spread, prepend=spread[0]) * MODEL_RATE_HZ


def _effect(pressure_mmhg: Times) -> Times:
    """Share of the blood that a cuff has displaced at this pressure; 1 at 260 mmHg."""
    full = 1 - np.exp2(-_FULL_EFFECT_MMHG / _HALF_EFFECT_MMHG)
    return np.asarray((1 - np.exp2(-pressure_mmhg / _HALF_EFFECT_MMHG)) / full, dtype=np.float64)


def finger_pleth(
    time_s: Times, root_mmhg: Times, beats: Beats, body: Body, rng: np.random.Generator
) -> tuple[Times, Times]:
    """The pulse wave that the monitor shows, without noise, and the lag of each beat in seconds.

    The first beats, before any inflation, give about 1 unit from foot to systolic peak.
    """
    lag = body.lag_s + _LAG_JITTER_S * rng.standard_normal(beats.r_s.size)
    seen = np.interp(time_s - np.interp(time_s, beats.r_s, lag), time_s, root_mmhg)
    low = signal.bessel(3, _LOW_PASS_HZ, fs=MODEL_RATE_HZ, output="sos", norm="mag")
    high = signal.butter(1, _HIGH_PASS_HZ, "highpass", fs=MODEL_RATE_HZ, output="sos")
    shown = seen
    for sos in (low, high):
        shown, _ = signal.sosfilt(sos, shown, zi=signal.sosfilt_zi(sos) * shown[0])
    breath = np.sin(2 * np.pi * _RESPIRATION_HZ * time_s + rng.uniform(0, 2 * np.pi))
    first = time_s < beats.r_s[min(20, beats.r_s.size - 1)]
    scale = max(float(np.percentile(shown[first], 98) - np.percentile(shown[first], 2)), 1e-9)
    pleth = shown / scale * (1 + _RESPIRATION_SHARE * breath) + 0.1 * _RESPIRATION_SHARE * breath
    return np.asarray(pleth, dtype=np.float64), lag + _filter_delay_s()


def _filter_delay_s() -> float:
    sos = signal.bessel(3, _LOW_PASS_HZ, fs=MODEL_RATE_HZ, output="sos", norm="mag")
    _, response = signal.sosfreqz(sos, worN=[1.0, 2.0], fs=MODEL_RATE_HZ)
    phase = np.unwrap(np.angle(response))
    return float(-(phase[1] - phase[0]) / (2 * np.pi))
