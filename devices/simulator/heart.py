"""The heart of a simulated session: true R times, and when the aortic valve opens and closes.

The R times are the truth against which a console and an engine are judged, so they are found with the whole
ECG in view (nothing here is causal) or are given by expert annotations, and share no code with either.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from devices.waveform import Channel

Times = NDArray[np.float64]

_SHORTEST_RR_S = 0.25
_PEP_FROM_R_S = 0.055  # measured from R: 52 to 58 ms (PMC6179208)
_PEP_JITTER_S = 0.003  # within one person 2 to 12 ms


def r_times(ecg: Channel) -> Times:
    """True R times of an ECG, in seconds, found non-causally.

    Band-pass without phase shift, energy of the slope, a threshold from the surrounding ten seconds, a second
    look where a beat seems to be missing, and at last the largest deflection of the record's own polarity.
    """
    rate = ecg.rate_hz
    if ecg.duration_s < 2:
        raise ValueError(
            f"An ECG of {ecg.duration_s:.1f} s is too short to find beats in; give at least 2 s."
        )
    measured = np.isfinite(ecg.samples)
    filtered = _band_pass(np.where(measured, ecg.samples, np.nanmedian(ecg.samples)), rate)
    slope = np.gradient(filtered) ** 2
    energy = ndimage.uniform_filter1d(slope, max(1, round(0.1 * rate)))
    level = ndimage.percentile_filter(energy[:: max(1, round(0.05 * rate))], 93, size=200)
    threshold = 0.3 * np.interp(
        np.arange(energy.size), np.arange(level.size) * max(1, round(0.05 * rate)), level
    )
    peaks = _peaks_over(energy, threshold, rate)
    peaks = _search_back(energy, threshold, peaks, rate)
    peaks = _at_deflection(filtered, peaks, rate)
    return np.asarray(peaks[measured[peaks]] / rate, dtype=np.float64)


def _band_pass(samples: Times, rate: float) -> Times:
    sos = signal.butter(2, [6.0, min(24.0, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    return np.asarray(signal.sosfiltfilt(sos, samples), dtype=np.float64)


def _peaks_over(energy: Times, threshold: Times, rate: float) -> NDArray[np.intp]:
    peaks, _ = signal.find_peaks(energy, distance=max(1, round(_SHORTEST_RR_S * rate)))
    return np.asarray(peaks[energy[peaks] > np.maximum(threshold[peaks], 1e-12)], dtype=np.intp)


def _search_back(energy: Times, threshold: Times, peaks: NDArray[np.intp], rate: float) -> NDArray[np.intp]:
    if peaks.size < 3:
        return peaks
    candidates = _peaks_over(energy, 0.3 * threshold, rate)
    usual = ndimage.median_filter(np.diff(peaks), 9)
    found = [
        between[np.argmax(energy[between])]
        for start, stop, rr in zip(peaks[:-1], peaks[1:], usual, strict=True)
        if stop - start > 1.6 * rr
        and (between := candidates[(candidates > start + 0.5 * rr) & (candidates < stop - 0.5 * rr)]).size
    ]
    return np.sort(np.concatenate((peaks, np.array(found, dtype=np.intp))))


def _at_deflection(filtered: Times, peaks: NDArray[np.intp], rate: float) -> NDArray[np.intp]:
    reach = round(0.07 * rate)
    inside = peaks[(peaks >= reach) & (peaks < filtered.size - reach)]
    if not inside.size:
        return inside
    around = filtered[inside[:, None] + np.arange(-reach, reach + 1)]
    upright = np.median(around.max(axis=1)) >= 0.8 * np.median(-around.min(axis=1))
    return np.unique(inside - reach + np.argmax(around if upright else -around, axis=1))


@dataclass(frozen=True, slots=True)
class Beats:
    """True beats, one entry a beat.

    Attributes
    ----------
    r_s, opening_s, closing_s : ndarray of float64, shape (n,)
        R peak, opening and closing of the aortic valve, in seconds. Closing is the end of the back-flow, which is
        what Weissler's ejection time ends at.
    filling : ndarray of float64, shape (n,)
        Stroke volume as a share of the volume at the usual RR; small after a short RR.
    """

    r_s: Times
    opening_s: Times
    closing_s: Times
    filling: Times


def beats_of(r_s: Times, rng: np.random.Generator) -> Beats:
    """Mechanics of beats whose R times are known.

    Ejection time after Weissler, LVET = 413 - 1.7 HR in ms, with the rate of the preceding interval; filling
    1 - exp(-(RR - 250 ms) / 200 ms) by our choice, 1 at the median RR.
    """
    if r_s.size < 3 or np.any(np.diff(r_s) <= 0):
        raise ValueError(
            "At least three R times, each later than the one before, are needed to simulate a heart."
        )
    before = np.diff(r_s, prepend=2 * r_s[0] - r_s[1])
    after = np.append(np.diff(r_s), np.median(before))
    rate = np.clip(60.0 / before, 30, 180)
    opening = r_s + _PEP_FROM_R_S + _PEP_JITTER_S * np.clip(rng.standard_normal(r_s.size), -3, 3)
    ejection = np.minimum((413 - 1.7 * rate) / 1000, 0.7 * after)
    filling = 1 - np.exp(-np.maximum(before - 0.25, 0.01) / 0.2)
    return Beats(r_s, opening, opening + ejection, filling / np.median(filling))
