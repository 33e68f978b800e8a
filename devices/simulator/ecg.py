"""ECG for a simulated session: a wholly synthetic one, and a real one made longer.

The synthetic beats are sums of Gaussian waves with the angles, heights and widths of ECGSYN (McSharry 2003,
physionet.org/content/ecgsyn), in closed form instead of its differential equation.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from devices.waveform import Channel, ChannelName

Times = NDArray[np.float64]

_RESPIRATION_HZ = 0.25
_VASOMOTION_HZ = 0.1
# ECGSYN's P, Q, R, S, T at an RR of 1 s: place and width in seconds, height in mV with R at 1 mV.
_PLACE_S = np.array([-70, -15, 0, 15, 100]) / 360
_WIDTH_S = np.array([0.25, 0.1, 0.1, 0.1, 0.4]) / (2 * np.pi)
_HEIGHT_MV = np.array([0.25, -0.17, 1.0, -0.25, 0.40])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the synthetic heart does: mean rate, spread of RR, rhythm, share of premature ventricular beats."""

    rate_bpm: float = 72.0
    rr_sd_s: float = 0.025
    kind: Literal["sinus", "fibrillation"] = "sinus"
    pvc_share: float = 0.0

    def __post_init__(self) -> None:
        if not 30 <= self.rate_bpm <= 180:
            raise ValueError(f"A heart rate of {self.rate_bpm} bpm cannot be simulated; choose 30 to 180.")
        if not (0 <= self.rr_sd_s <= 0.2 and 0 <= self.pvc_share <= 0.5):
            raise ValueError("rr_sd_s must lie within 0 to 0.2 s and pvc_share within 0 to 0.5.")


@dataclass(frozen=True, slots=True)
class KnownEcg:
    """An ECG with its true R times in seconds."""

    ecg: Channel
    r_s: Times


def synthetic_ecg(duration_s: float, rate_hz: float, rhythm: Rhythm, seed: int) -> KnownEcg:
    """A synthetic ECG, the same for the same seed."""
    rng = np.random.default_rng(seed)
    rr, premature = _intervals(duration_s, rhythm, rng)
    r_s = 0.4 + np.concatenate(([0.0], np.cumsum(rr)))[: rr.size]
    inside = r_s < duration_s - 0.05
    size = round(duration_s * rate_hz)
    samples = _waves(size, rate_hz, r_s[inside], rr[inside], premature[inside], rhythm)
    time = np.arange(size) / rate_hz
    samples += 0.05 * np.sin(2 * np.pi * _RESPIRATION_HZ * time) + 0.008 * rng.standard_normal(size)
    return KnownEcg(Channel(ChannelName.ECG, rate_hz, samples), r_s[inside])


def _intervals(
    duration_s: float, rhythm: Rhythm, rng: np.random.Generator
) -> tuple[Times, NDArray[np.bool_]]:
    """RR after each beat, and which beats are premature."""
    mean = 60 / rhythm.rate_bpm
    count = int(1.6 * duration_s / mean) + 10
    if rhythm.kind == "fibrillation":
        # Log-normal with a coefficient of variation of 0.22: our choice.
        rr = np.maximum(mean * np.exp(0.22 * rng.standard_normal(count) - 0.024), 0.33)
    else:
        rr = np.maximum(mean + rhythm.rr_sd_s * _sinus_variability(count, mean, rng), 0.33)
    premature = rng.random(count) < rhythm.pvc_share
    premature[:4] = False
    premature[1:] &= ~premature[:-1]
    early = np.flatnonzero(
        premature[1:]
    )  # the interval before a premature beat is short, the one after makes up
    coupling = rng.uniform(0.55, 0.75, early.size)
    rr[early + 1] = rr[early] * (2 - coupling)
    rr[early] *= coupling
    return rr, premature


def _sinus_variability(count: int, mean_rr_s: float, rng: np.random.Generator) -> Times:
    """Unit-variance series with the two bumps of sinus rhythm, LF/HF 0.5, and random phases."""
    frequency = np.fft.rfftfreq(count, mean_rr_s)
    power = 0.5 * np.exp(-(((frequency - _VASOMOTION_HZ) / 0.014) ** 2)) + np.exp(
        -(((frequency - _RESPIRATION_HZ) / 0.014) ** 2)
    )
    phase = rng.uniform(0, 2 * np.pi, frequency.size)
    series = np.fft.irfft(np.sqrt(power) * np.exp(1j * phase), count)
    return np.asarray(series / max(float(series.std()), 1e-12), dtype=np.float64)


def _waves(
    size: int, rate_hz: float, r_s: Times, rr: Times, premature: NDArray[np.bool_], rhythm: Rhythm
) -> Times:
    samples = np.zeros(size)
    for beat in range(r_s.size):
        stretch = np.sqrt(rr[beat - 1] if beat else rr[0])
        place, width, height = _PLACE_S.copy(), _WIDTH_S.copy(), _HEIGHT_MV.copy()
        place[[0, 4]] *= stretch
        width[[0, 4]] *= stretch
        if premature[beat]:  # wide QRS, no P wave, T wave turned over
            width[1:4] *= 2.5
            height *= [0, 1, 1, 1, -1]
        elif rhythm.kind == "fibrillation":
            height[0] = 0
        start = max(0, int((r_s[beat] - 0.45) * rate_hz))
        stop = min(size, int((r_s[beat] + 0.65) * rate_hz))
        time = np.arange(start, stop) / rate_hz - r_s[beat]
        samples[start:stop] += height @ np.exp(-0.5 * ((time - place[:, None]) / width[:, None]) ** 2)
    return samples


def longer(known: KnownEcg, duration_s: float) -> KnownEcg:
    """The ECG cut or repeated to ``duration_s``, joined between beats so that no false beat arises.

    Both ends of the repeated piece lie at the same phase before an R, in the flat stretch after the T wave, and
    are blended over 40 ms.
    """
    ecg, rate = known.ecg, known.ecg.rate_hz
    size = round(duration_s * rate)
    if size <= ecg.samples.size:
        samples, r_s = ecg.samples[:size], known.r_s
    else:
        samples, r_s = _repeat(ecg.samples, rate, known.r_s, size)
    return KnownEcg(Channel(ecg.name, rate, samples.copy()), r_s[r_s < size / rate])


def _repeat(samples: Times, rate: float, r_s: Times, size: int) -> tuple[Times, Times]:
    blend = max(2, round(0.04 * rate))
    ahead = 0.35 * float(np.median(np.diff(r_s))) if r_s.size > 1 else 0.0
    cuts = np.rint((r_s - ahead) * rate).astype(np.intp)
    usable = cuts[cuts >= blend]
    if usable.size < 3:
        raise ValueError("The ECG holds too few beats to be made longer; give at least four.")
    start, stop = int(usable[0]), int(usable[-1])
    weight = np.linspace(0, 1, blend)
    head = samples[:stop].copy()
    head[stop - blend :] = (1 - weight) * head[stop - blend :] + weight * samples[start - blend : start]
    piece = head[start:]
    repeats = -(-(size - stop) // piece.size)
    long = np.concatenate((head, np.tile(piece, repeats)))[:size]
    in_piece = r_s[(r_s * rate >= start) & (r_s * rate < stop)]
    shifts = piece.size / rate * np.arange(1, repeats + 1)
    later = (in_piece[None, :] + shifts[:, None]).ravel()
    return long, np.concatenate((r_s[r_s * rate < stop], later))
