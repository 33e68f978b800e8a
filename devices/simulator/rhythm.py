"""When the heart beats and from where: sinus rhythm with its spectrum, fibrillation, pacing, premature beats."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from devices.simulator.limits import check, choice, number
from devices.simulator.seeds import Part, generator

Times = NDArray[np.float64]
Kinds = NDArray[np.int8]

_RESPIRATION_HZ, _VASOMOTION_HZ, _BAND_SD_HZ = 0.25, 0.1, 0.01  # ECGSYN's defaults
_FIBRILLATION_CV = 0.22  # log-normal RR; 0.2 to 0.25, our choice
_SHORTEST_RR_S = 0.33
_PVC_COUPLING, _PAC_COUPLING = (0.55, 0.75), (0.70, 0.85)  # of the usual RR, our choice
_PAC_PAUSE = 1.05  # partial: the sinus node is reset
_EPISODE_BEATS = 20  # bigeminy comes in stretches of this length
_FIRST_ECTOPIC = 4


class BeatKind(IntEnum):
    """Origin of a beat."""

    NORMAL = 0
    PVC = 1
    PAC = 2
    PACED = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the synthetic heart does.

    Attributes
    ----------
    rate_bpm : mean rate. rr_sd_s : standard deviation of sinus RR. lf_hf : power at 0.1 Hz over power at 0.25 Hz.
    kind : "sinus", "fibrillation" or "paced".
    pvc_share, pvc_pattern : premature ventricular beats, a share of all by chance; alone, as stretches of bigeminy, or
        in couplets.
    pac_share : premature atrial beats (narrow); those that would fall beside another premature beat are left out.
    spike_mv, spike_ms : pacing spike of a paced rhythm, 30 ms before each wide QRS.
    """

    rate_bpm: float = number(72.0, 30, 180)
    rr_sd_s: float = number(0.025, 0, 0.2)
    lf_hf: float = number(0.5, 0, 20)
    kind: str = choice("sinus", "fibrillation", "paced")
    pvc_share: float = number(0.0, 0, 0.5)
    pvc_pattern: str = choice("isolated", "bigeminy", "couplets")
    pac_share: float = number(0.0, 0, 0.3)
    spike_mv: float = number(3.0, -10, 10)
    spike_ms: float = number(1.5, 0.5, 2.5)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Beating:
    """Beats in order; shape (n,) each: R times, the interval after each beat (seconds), its ``BeatKind``."""

    r_s: Times
    rr_s: Times
    kinds: Kinds


def beating(duration_s: float, rhythm: Rhythm, seed: int) -> Beating:
    """The beats of ``duration_s`` seconds, the first at 0.4 s."""
    mean = 60 / rhythm.rate_bpm
    count = int(1.6 * duration_s / mean) + 10
    rr = _undisturbed(count, mean, rhythm, generator(seed, Part.VARIABILITY))
    rng = generator(seed, Part.ECTOPY)
    pvc = _pvcs(count, rhythm, rng)
    pac = (rng.random(count) < rhythm.pac_share) & ~_near(pvc)
    pac[:_FIRST_ECTOPIC] = False
    pac[1:] &= ~pac[:-1]
    kinds = np.full(count, BeatKind.PACED if rhythm.kind == "paced" else BeatKind.NORMAL, dtype=np.int8)
    kinds[pvc], kinds[pac] = BeatKind.PVC, BeatKind.PAC
    rr = _disturbed(rr, pvc, pac, rng)
    r_s = 0.4 + np.concatenate(([0.0], np.cumsum(rr)))[:-1]
    inside = r_s < duration_s - 0.05
    return Beating(r_s[inside], rr[inside], kinds[inside])


def _undisturbed(count: int, mean: float, rhythm: Rhythm, rng: np.random.Generator) -> Times:
    if rhythm.kind == "fibrillation":
        spread = _FIBRILLATION_CV
        return np.maximum(mean * np.exp(spread * rng.standard_normal(count) - spread**2 / 2), _SHORTEST_RR_S)
    if rhythm.kind == "paced":
        return np.full(count, mean)
    return np.maximum(mean + rhythm.rr_sd_s * _variability(count, mean, rhythm.lf_hf, rng), _SHORTEST_RR_S)


def _variability(count: int, mean_rr_s: float, lf_hf: float, rng: np.random.Generator) -> Times:
    """Unit-variance series with the two bumps of sinus rhythm and random phases (as in ECGSYN)."""
    frequency = np.fft.rfftfreq(count, mean_rr_s)
    low, high = (
        np.exp(-0.5 * ((frequency - centre) / _BAND_SD_HZ) ** 2)
        for centre in (_VASOMOTION_HZ, _RESPIRATION_HZ)
    )
    phase = rng.uniform(0, 2 * np.pi, frequency.size)
    series = np.fft.irfft(np.sqrt(lf_hf * low + high) * np.exp(1j * phase), count)
    return np.asarray(series / max(float(series.std()), 1e-12), dtype=np.float64)


def _pvcs(count: int, rhythm: Rhythm, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which beats are ventricular and premature."""
    chosen = np.zeros(count, dtype=np.bool_)
    if rhythm.pvc_pattern == "bigeminy":
        blocks = rng.random(count // _EPISODE_BEATS + 1) < 2 * rhythm.pvc_share
        chosen = np.repeat(blocks, _EPISODE_BEATS)[:count] & (np.arange(count) % 2 == 1)
    elif rhythm.pvc_share * count > 1e-3:  # less is none
        together = 2 if rhythm.pvc_pattern == "couplets" else 1
        # At least one other beat between, and as many more by chance as make the share come right.
        spare = together / rhythm.pvc_share - (together + 1)
        first = np.cumsum(together + rng.geometric(1 / (1 + spare), count)) + 1
        for place in range(together):
            chosen[(first + place)[first + place < count]] = True
    chosen[:_FIRST_ECTOPIC] = False
    return np.asarray(chosen, dtype=np.bool_)


def _near(beats: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those beats, the ones before and the ones after."""
    near = beats.copy()
    near[1:] |= beats[:-1]
    near[:-1] |= beats[1:]
    return near


def _disturbed(rr: Times, pvc: NDArray[np.bool_], pac: NDArray[np.bool_], rng: np.random.Generator) -> Times:
    """The interval before a premature beat is short; after a PVC a full pause makes up for it, after a PAC a part."""
    coupling = np.where(pvc, rng.uniform(*_PVC_COUPLING, rr.size), rng.uniform(*_PAC_COUPLING, rr.size))
    early = np.flatnonzero((pvc | pac)[1:]) + 1
    last_pvc = pvc & ~np.append(pvc[1:], False)
    changed = rr.copy()
    changed[early - 1] = coupling[early] * rr[early - 1]
    changed[last_pvc] = rr[np.flatnonzero(last_pvc) - 1] * (2 - coupling[last_pvc])
    changed[pac] = _PAC_PAUSE * rr[pac]
    return changed
