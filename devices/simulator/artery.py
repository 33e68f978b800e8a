"""From beats and cuffs to the pressure at the aortic root.

A Windkessel (peripheral resistance, compliance, a small series resistance) filled by the heart and by the blood
that the cuffs push back. The valve shuts at the end of the back-flow: there the pressure has its incisura, exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from devices.simulator.cuffs import DEAD_TIME_S, CuffHistory
from devices.simulator.heart import Beats
from devices.simulator.settings import Settings

Times = NDArray[np.float64]

MODEL_RATE_HZ = 500.0
_SERIES_RESISTANCE = 0.05  # mmHg·s/mL
_SHARES = (0.2, 0.35, 0.45)  # of the displaced blood: calf, thigh, hip
_TRAVEL_S = ((0.100, 0.140), (0.060, 0.090), (0.040, 0.060))  # leg to root, drawn once a session
_SPREAD_S = 0.035  # the wave widens on its way: 10 to 90 % of the blood arrives within about 120 ms
_HALF_EFFECT_MMHG, _FULL_EFFECT_MMHG = 90.0, 260.0  # little is gained beyond 200 mmHg (PMC6714389)
_BACKFLOW_ML, _BACKFLOW_S, _RECOIL_S = 2.0, 0.025, 0.12  # before valve closure, and the rebound after it


@dataclass(frozen=True, slots=True)
class Body:
    """What is drawn once a session: how long waves take from calf, thigh and hip to the root in this person."""

    travel_s: tuple[float, ...]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Body":
        return cls(tuple(float(rng.uniform(*limits)) for limits in _TRAVEL_S))

    def arrival_s(self, spacing_s: float) -> float:
        """From the calf's valve to the first blood at the root, when all cuffs open at this spacing."""
        return min(place * spacing_s + DEAD_TIME_S + travel for place, travel in enumerate(self.travel_s))


def root_pressure(
    time_s: Times, beats: Beats, cuffs: Sequence[CuffHistory], body: Body, settings: Settings
) -> Times:
    """Pressure at the aortic root in mmHg at evenly spaced times (``MODEL_RATE_HZ``)."""
    # Mean flow around each time from exact volumes: valves move between two samples of the model.
    edges = np.append(time_s, time_s[-1] + 1 / MODEL_RATE_HZ) - 0.5 / MODEL_RATE_HZ
    inflow = np.diff(_ejected(edges, beats, settings.stroke_volume_ml)) * MODEL_RATE_HZ
    inflow += _pushed_back(edges, cuffs, body, settings)
    step = 1 / MODEL_RATE_HZ
    decay = np.exp(-step / (settings.resistance * settings.compliance))
    gain = settings.resistance * (1 - decay)
    mean_rr = float(np.mean(np.diff(beats.r_s)))
    start = settings.stroke_volume_ml / mean_rr * settings.resistance
    # The stored pressure answers to the mean of the flow now and one step before, which keeps it in time with it.
    stored, _ = signal.lfilter([gain / 2, gain / 2], [1, -decay], inflow, zi=np.array([decay * start]))
    return np.asarray(stored + _SERIES_RESISTANCE * inflow, dtype=np.float64)


def _ejected(time_s: Times, beats: Beats, stroke_volume_ml: float) -> Times:
    """Volume in mL that has passed the valve by each time: half-sine outflow, growing back-flow, and rebound.

    The back-flow grows until the valve shuts at ``closing_s`` and ends at once, so that pressure falls up to that
    moment and jumps up behind it.
    """
    volume = np.concatenate(([0.0], np.cumsum(stroke_volume_ml * beats.filling)))
    current = np.searchsorted(beats.opening_s, time_s, side="right") - 1
    k = np.maximum(current, 0)
    since, length = time_s - beats.opening_s[k], (beats.closing_s - beats.opening_s)[k] - _BACKFLOW_S
    out = np.sin(np.pi / 2 * np.clip(since / length, 0, 1)) ** 2  # the integral of a half sine
    back = np.clip((since - length) / _BACKFLOW_S, 0, 1) ** 2
    rebound = np.sin(np.pi / 2 * np.clip((since - length - _BACKFLOW_S) / _RECOIL_S, 0, 1)) ** 2
    known = volume[k] + stroke_volume_ml * beats.filling[k] * out + _BACKFLOW_ML * (rebound - back)
    return np.where(current < 0, 0.0, known)


def _pushed_back(edges_s: Times, cuffs: Sequence[CuffHistory], body: Body, settings: Settings) -> Times:
    """Flow at the root, mL/s, from what the cuffs displace: in while they fill, out while they empty."""
    volume = np.zeros_like(edges_s)
    for cuff, share, travel in zip(cuffs, _SHARES, body.travel_s, strict=True):
        pressure = cuff.pressure_at(edges_s - travel)
        volume += settings.displaced_ml * share * _effect(pressure)
    keep = np.exp(-1 / (MODEL_RATE_HZ * _SPREAD_S))
    spread = np.asarray(signal.lfilter([1 - keep], [1, -keep], volume), dtype=np.float64)
    return np.diff(spread) * MODEL_RATE_HZ


def _effect(pressure_mmhg: Times) -> Times:
    """Share of the blood that a cuff has displaced at this pressure; 1 at 260 mmHg."""
    full = 1 - np.exp2(-_FULL_EFFECT_MMHG / _HALF_EFFECT_MMHG)
    return np.asarray((1 - np.exp2(-pressure_mmhg / _HALF_EFFECT_MMHG)) / full, dtype=np.float64)
