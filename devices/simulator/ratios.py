"""Diastolic to systolic ratio of a pulse wave whose times are known, by height and by area.

The base line is the straight line from each systolic foot to the next. Systole ends and diastole begins at the start of
augmentation, where there is one, else at the notch: the heights are the tops, the areas those above the line, of the two
parts. Where augmentation starts after the notch, the systolic top is still the one before the notch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratios:
    """One entry a beat, NaN where not known: tops in seconds, ratios without a unit."""

    systolic_peak_s: Times
    diastolic_peak_s: Times
    amplitude: Times
    area: Times


def ratios(wave: Times, rate_hz: float, foot_s: Times, notch_s: Times, onset_s: Times) -> Ratios:
    """Ratios of each beat of ``wave``, whose feet, notches and starts of augmentation are known in seconds."""
    time_s = np.arange(wave.size) / rate_hz
    next_foot = np.append(foot_s[1:], np.nan)
    split = np.where(np.isnan(onset_s), notch_s, np.maximum(onset_s, foot_s))
    base = np.interp(time_s, foot_s, np.interp(foot_s, time_s, wave))
    above = wave - base
    systole = _top_between(wave, rate_hz, foot_s, np.fmin(np.fmin(notch_s, split), next_foot))
    diastole = _top_between(wave, rate_hz, split, next_foot)
    with np.errstate(invalid="ignore", divide="ignore"):
        area = np.concatenate(([0.0], np.cumsum(np.maximum(above, 0))))[:-1]
        at_foot, at_split, at_next = (np.interp(at, time_s, area) for at in (foot_s, split, next_foot))
        by_area = (at_next - at_split) / (at_split - at_foot)
        by_height = _at(above, diastole, rate_hz) / _at(above, systole, rate_hz)
    known = np.isfinite(by_height) & np.isfinite(by_area)
    return Ratios(systole, diastole, np.where(known, by_height, np.nan), np.where(known, by_area, np.nan))


def _at(values: Times, at_s: Times, rate_hz: float) -> Times:
    index = np.rint(np.nan_to_num(at_s) * rate_hz).astype(np.intp)
    return np.where(np.isnan(at_s), np.nan, values[np.clip(index, 0, values.size - 1)])


def _top_between(wave: Times, rate_hz: float, from_s: Times, to_s: Times) -> Times:
    """Time of the highest sample in each stretch; NaN where it is unknown, empty or past the end."""
    found = np.full(from_s.size, np.nan)
    known = np.isfinite(from_s) & np.isfinite(to_s) & (from_s >= 0) & (to_s <= wave.size / rate_hz)
    start = np.ceil(np.where(known, from_s, 0) * rate_hz).astype(np.intp)
    stop = np.floor(np.where(known, to_s, 0) * rate_hz).astype(np.intp)
    for beat in np.flatnonzero(known & (stop > start)).tolist():
        found[beat] = (start[beat] + int(np.argmax(wave[start[beat] : stop[beat]]))) / rate_hz
    return found
