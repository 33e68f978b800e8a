"""Expert-annotated leads from the folder of shared data, and electrode-motion noise for them."""

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[1] / "../shared"))
RECORDS = ("100", "102", "105", "114", "116", "119", "121")
BEAT_MARKS = frozenset("NLRBAaJSVrFejnE/fQ")

#: Noise begins here and is on in every other block (NSTDB).
NOISE_FROM_S, BLOCK_S = 300.0, 120.0
#: ``em_open`` holds 0.874 of the noise of NSTDB's 6 dB record, whose QRS we take to be 2.2 mV from peak to peak [E].
_OPEN_SHARE, _QRS_MV = 0.874, 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """One lead with the times of its beats in seconds."""

    samples_mv: Floats
    rate_hz: float
    beats_s: Floats


@lru_cache(maxsize=16)
def mitdb(record: str, channel: int = 0) -> Lead:
    """A lead of a MIT-BIH record with the experts' beat marks."""
    path = str(SHARED / "data/ecg/mitdb" / record)
    signal = wfdb.rdrecord(path, channels=[channel])
    marks = wfdb.rdann(path, "atr")
    at = [s for s, symbol in zip(marks.sample, marks.symbol, strict=True) if symbol in BEAT_MARKS]
    return Lead(signal.p_signal[:, 0], float(signal.fs), np.array(at) / float(signal.fs))


@lru_cache(maxsize=1)
def _electrode_motion() -> Floats:
    noise: Floats = wfdb.rdrecord(str(SHARED / "data/ecg/nstdb/em_open")).p_signal
    centred: Floats = noise - noise.mean(axis=0)
    return centred


def with_electrode_motion(lead: Lead, snr_db: float, channel: int = 0, offset: int = 0) -> Lead:
    """The lead with noise as in NSTDB: from minute 5, in every other block of two minutes.

    The noise stands to the mean QRS (peak to peak) of this lead as it does to that of record 118 in NSTDB's own
    6 dB record, and 10 ** ((6 - snr_db) / 20) times so. ``offset``: the sample of the noise to begin with.
    """
    noise = np.roll(_electrode_motion()[:, channel], -offset)
    gain = _qrs_mv(lead) / _QRS_MV * 10 ** ((6 - snr_db) / 20) / _OPEN_SHARE
    samples = lead.samples_mv.copy()
    block = round(BLOCK_S * lead.rate_hz)
    used = 0
    for start in range(round(NOISE_FROM_S * lead.rate_hz), samples.size, 2 * block):
        stop = min(start + block, samples.size)
        samples[start:stop] += gain * noise[(np.arange(stop - start) + used) % noise.size]
        used += block
    return replace(lead, samples_mv=samples)


def _qrs_mv(lead: Lead) -> float:
    """Mean QRS from peak to peak of the first 300 beats (-/+ 50 ms), the extreme 5 % to both sides left out."""
    half = round(0.05 * lead.rate_hz)
    at = np.round(lead.beats_s[:300] * lead.rate_hz).astype(np.int64)
    height = np.sort([np.ptp(lead.samples_mv[max(0, i - half) : i + half]) for i in at])
    cut = round(0.05 * height.size)
    return float(height[cut : height.size - cut].mean())
