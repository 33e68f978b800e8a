"""ECG for a simulated session: a wholly synthetic one, and a real one made longer.

The synthetic beats are sums of Gaussian waves with the angles, heights and widths of ECGSYN (McSharry 2003,
physionet.org/content/ecgsyn), in closed form instead of its differential equation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator.rhythm import Beating, BeatKind, Kinds, beating
from devices.simulator.rhythm import Rhythm as Rhythm  # part of what this module offers
from devices.simulator.seeds import Part, generator
from devices.waveform import Channel, ChannelName

Times = NDArray[np.float64]

_RESPIRATION_HZ = 0.25
_WANDER_MV, _FLOOR_MV = 0.05, 0.008
# ECGSYN's P, Q, R, S, T at an RR of 1 s: place and width in seconds, height in mV with R at 1 mV.
_PLACE_S = np.array([-70, -15, 0, 15, 100]) / 360
_WIDTH_S = np.array([0.25, 0.1, 0.1, 0.1, 0.4]) / (2 * np.pi)
_HEIGHT_MV = np.array([0.25, -0.17, 1.0, -0.25, 0.40])
_STRETCHED = np.array([True, False, False, False, True])  # by the square root of RR
_WIDER = np.array([1, 2.5, 2.5, 2.5, 1])  # QRS of ventricular origin
_WIDE_HEIGHT = np.array([0, 1.4, 1.4, 1.4, -1])  # no P, taller QRS, T turned over; our choice
_EDGE = 2.5  # a wave begins and ends this many widths from its top
_SPIKE_BEFORE_R_S = 0.060  # the paced QRS is wide: its R comes 60 ms after the spike


@dataclass(frozen=True, slots=True)
class KnownEcg:
    """An ECG with its true R times in seconds, and the ``BeatKind`` of each beat where that is known."""

    ecg: Channel
    r_s: Times
    kinds: Kinds | None = None


@dataclass(frozen=True, slots=True)
class Onsets:
    """Where the waves of each beat begin or end, seconds, shape (n,); NaN where a beat has no such wave."""

    p_onset_s: Times
    qrs_onset_s: Times
    t_onset_s: Times
    t_end_s: Times


def synthetic_ecg(duration_s: float, rate_hz: float, rhythm: Rhythm, seed: int) -> KnownEcg:
    """A synthetic ECG, the same for the same seed; its beats do not depend on the sampling rate."""
    beats = beating(duration_s, rhythm, seed)
    size = round(duration_s * rate_hz)
    samples = _waves(size, rate_hz, beats, fibrillating=rhythm.kind == "fibrillation")
    if rhythm.kind == "paced":
        add_spikes(samples, rate_hz, _spikes_s(beats), rhythm)
    time = np.arange(size) / rate_hz
    samples += _WANDER_MV * np.sin(2 * np.pi * _RESPIRATION_HZ * time)
    samples += _FLOOR_MV * generator(seed, Part.ECG_FLOOR).standard_normal(size)
    return KnownEcg(Channel(ChannelName.ECG, rate_hz, samples), beats.r_s, beats.kinds)


def onsets(r_s: Times, kinds: Kinds, *, fibrillating: bool) -> Onsets:
    """Onsets in a synthetic ECG: 2.5 widths from the top of each Gaussian wave, by definition."""
    rr_before = np.diff(r_s, prepend=2 * r_s[0] - r_s[1])
    place, width, height = _shapes(rr_before, kinds, fibrillating=fibrillating)
    begin, end = r_s[:, None] + place - _EDGE * width, r_s[:, None] + place + _EDGE * width
    return Onsets(np.where(height[:, 0] != 0, begin[:, 0], np.nan), begin[:, 1], begin[:, 4], end[:, 4])


def _shapes(rr_before: Times, kinds: Kinds, *, fibrillating: bool) -> tuple[Times, Times, Times]:
    """Place, width (seconds) and height (mV) of the five waves of each beat; shape (n, 5) each."""
    stretch = np.where(_STRETCHED, np.sqrt(rr_before)[:, None], 1.0)
    wide = ((kinds == BeatKind.PVC) | (kinds == BeatKind.PACED))[:, None]
    place = np.where(wide & ~_STRETCHED, 1.0, stretch) * _PLACE_S
    width = np.where(wide, _WIDER, 1.0) * stretch * _WIDTH_S
    height = np.where(wide, _HEIGHT_MV * _WIDE_HEIGHT, _HEIGHT_MV)
    if fibrillating:
        height[:, 0] = 0
    return place, width, height


def _waves(size: int, rate_hz: float, beats: Beating, *, fibrillating: bool) -> Times:
    if not beats.r_s.size:
        return np.zeros(size)
    rr_before = np.concatenate((beats.rr_s[:1], beats.rr_s[:-1]))
    place, width, height = _shapes(rr_before, beats.kinds, fibrillating=fibrillating)
    samples = np.zeros(size)
    for wave in range(_PLACE_S.size):
        samples += bumps(size, rate_hz, beats.r_s + place[:, wave], width[:, wave], height[:, wave])
    return samples


def bumps(size: int, rate_hz: float, centre_s: Times, width_s: Times, height: Times) -> Times:
    """Sum of Gaussian waves on ``size`` samples: tops at ``centre_s``, standard deviations ``width_s``."""
    if not centre_s.size:
        return np.zeros(size)
    reach = int(np.ceil(4.5 * float(width_s.max()) * rate_hz))
    at = np.rint(centre_s * rate_hz).astype(np.intp)[:, None] + np.arange(-reach, reach + 1)
    wave = height[:, None] * np.exp(-0.5 * ((at / rate_hz - centre_s[:, None]) / width_s[:, None]) ** 2)
    inside = (at >= 0) & (at < size)
    return np.asarray(np.bincount(at[inside], weights=wave[inside], minlength=size), dtype=np.float64)


def _spikes_s(beats: Beating) -> Times:
    return np.asarray(beats.r_s[beats.kinds == BeatKind.PACED] - _SPIKE_BEFORE_R_S)


def add_spikes(samples: Times, rate_hz: float, start_s: Times, rhythm: Rhythm) -> None:
    """Add pacing spikes in place: each sample gets the mean of the rectangle over its own period."""
    length = rhythm.spike_ms / 1000
    reach = int(np.ceil(length * rate_hz)) + 1
    at = np.rint(start_s * rate_hz).astype(np.intp)[:, None] + np.arange(-1, reach + 1)
    begin = np.maximum((at - 0.5) / rate_hz, start_s[:, None])
    end = np.minimum((at + 0.5) / rate_hz, start_s[:, None] + length)
    share = np.maximum(end - begin, 0) * rate_hz
    inside = (at >= 0) & (at < samples.size)
    samples += rhythm.spike_mv * np.bincount(at[inside], weights=share[inside], minlength=samples.size)


def longer(known: KnownEcg, duration_s: float) -> KnownEcg:
    """The ECG cut or repeated to ``duration_s``, joined between beats so that no false beat arises.

    Both ends of the repeated piece lie at the same phase before an R, in the flat stretch after the T wave, and
    are blended over 40 ms.
    """
    ecg, rate = known.ecg, known.ecg.rate_hz
    size = round(duration_s * rate)
    kinds = None
    if size <= ecg.samples.size:
        samples, r_s = ecg.samples[:size], known.r_s
        kinds = None if known.kinds is None else known.kinds[r_s < size / rate]
    else:
        samples, r_s = _repeat(ecg.samples, rate, known.r_s, size)
    return KnownEcg(Channel(ecg.name, rate, samples.copy()), r_s[r_s < size / rate], kinds)


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
