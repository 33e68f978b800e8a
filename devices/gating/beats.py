"""R peaks: two independent detectors, of which only the beats that both found are the reference.

The first is SleepECG's (Pan-Tompkins in the reading of its authors). The second is our own: band-pass
8-20 Hz, moving RMS, a threshold that follows the middle height of the last and next blocks, and a look back
into gaps. Both are moved to the same place, the extremum of the 5-35 Hz signal in its main direction, so that
neither the detector nor the polarity of the lead moves a beat.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import find_peaks
from sleepecg.heartbeats import detect_heartbeats

from devices.gating.config import GatingConfig
from devices.gating.matching import match, parabola_offset
from devices.gating.report import Bools, Floats
from devices.gating.traces import Ints, Trace, band, bridged

#: The ECG is thinned to about this rate: R peaks are placed between samples anyway.
ECG_RATE_HZ = 250.0

REFRACTORY_S = 0.2  # [E] no heart beats twice within this time (300 bpm)
LONGEST_RR_S = 3.0  # [E] a longer stretch without beats is not taken for one RR interval
_NONE: Floats = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What the two detectors found, before and after agreement; seconds, ascending."""

    first_s: Floats
    second_s: Floats
    agreed_s: Floats
    disputed_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """The reference beats; shape (n,). ``rr_s`` to the next and ``before_s`` from the last, NaN if not known."""

    r_s: Floats
    rr_s: Floats
    before_s: Floats
    disputed_s: Floats

    @property
    def n(self) -> int:
        return int(self.r_s.size)


def detect(trace: Trace, usable: Bools, config: GatingConfig) -> Detections:
    """Run both detectors; peaks in seconds that are not ``usable`` are dropped. ``usable`` is one flag a second."""
    sharp = band(trace, 5.0, 35.0)
    ok = _per_sample(usable, trace) & ~trace.missing
    if not ok.any() or trace.values.size < 2 * trace.rate_hz:
        return Detections(_NONE, _NONE, _NONE, _NONE)
    # Unusable stretches are bridged, so that their edges do not look like beats to the filters.
    first = _first_detector(bridged(trace.values, ~ok), trace)
    second, envelope = _second_detector(trace, ok)
    direction = _direction(sharp, np.concatenate((first, second)), trace.rate_hz)
    a, b = (_localised(direction * sharp, peaks, trace, ok) for peaks in (first, second))
    in_a, in_b = match(a, b, config.detector_agreement_ms / 1000)
    agreed = a[in_a]
    disputed = np.sort(np.concatenate((np.delete(a, in_a), np.delete(b, in_b))))
    return Detections(a, b, agreed, disputed[~_t_waves(disputed, agreed, envelope, trace.rate_hz)])


def _t_waves(disputed: Floats, agreed: Floats, envelope: Floats, rate: float) -> Bools:
    """Peaks that one detector saw within 450 ms after a beat both saw, with less than half of its sharpness.

    Wide beats have high T waves; to call each one a disagreement would make every ectopic beat unreadable.
    """
    if not agreed.size:
        return np.zeros(disputed.size, dtype=np.bool_)
    before = np.clip(np.searchsorted(agreed, disputed) - 1, 0, agreed.size - 1)
    distance = disputed - agreed[before]

    def sharp(times_s: Floats) -> Floats:
        return envelope[np.clip(np.round(times_s * rate), 0, envelope.size - 1).astype(np.int64)]

    return (distance > 0) & (distance < 0.45) & (sharp(disputed) < 0.5 * sharp(agreed[before]))


def reference(found: Detections, usable: Bools) -> Beats:
    """The agreed beats in usable seconds, each with the interval to the next where nothing lies between."""
    r_s = found.agreed_s[in_seconds(found.agreed_s, usable)]
    disputed = found.disputed_s[in_seconds(found.disputed_s, usable)]
    rr = np.full(r_s.size, np.nan)
    if r_s.size > 1:
        spoilt = np.concatenate(([0], np.cumsum(~usable)))
        second = np.clip(r_s.astype(np.int64), 0, usable.size - 1)
        clean = spoilt[second[1:] + 1] == spoilt[second[:-1]]
        alone = np.searchsorted(disputed, r_s[1:]) == np.searchsorted(disputed, r_s[:-1])
        interval = np.diff(r_s)
        rr[:-1] = np.where(clean & alone & (interval <= LONGEST_RR_S), interval, np.nan)
    before = np.concatenate(([np.nan], rr[:-1])) if r_s.size else rr
    return Beats(r_s, rr, before, disputed)


def in_seconds(times_s: Floats, usable: Bools) -> Bools:
    """True for each time that lies in a usable second."""
    if not usable.size:
        return np.zeros(times_s.size, dtype=np.bool_)
    second = np.floor(times_s).astype(np.int64)
    inside = (second >= 0) & (second < usable.size)
    return inside & usable[np.clip(second, 0, usable.size - 1)]


def _per_sample(usable: Bools, trace: Trace) -> Bools:
    second = (np.arange(trace.values.size) / trace.rate_hz).astype(np.int64)
    return np.asarray(usable[np.clip(second, 0, usable.size - 1)])


def _first_detector(values: Floats, trace: Trace) -> Ints:
    moving = np.flatnonzero(np.diff(values) != 0)
    if not moving.size or values.size - moving[0] < 2 * trace.rate_hz:
        return np.empty(0, dtype=np.int64)
    return np.asarray(detect_heartbeats(values, trace.rate_hz), dtype=np.int64)


def _second_detector(trace: Trace, ok: Bools) -> tuple[Ints, Floats]:
    rate = trace.rate_hz
    energy = np.where(ok, band(trace, 8.0, 20.0) ** 2, 0.0)
    envelope = np.sqrt(uniform_filter1d(energy, max(3, round(0.1 * rate)), mode="nearest").clip(0))
    level = _level(envelope, round(1.5 * rate))
    peaks, _ = find_peaks(envelope, distance=max(1, round(REFRACTORY_S * rate)))
    height = envelope[peaks]
    share = height / np.maximum(level[peaks], 1e-12)
    strong = _without_t_waves(peaks, height, share >= 0.4, rate)
    return _with_look_back(peaks, share, strong), envelope


def _level(envelope: Floats, block: int) -> Floats:
    """Usual height of a beat: middle of the greatest values of 15 neighbouring blocks of 1.5 s."""
    starts = np.arange(0, envelope.size, block)
    highest = np.maximum.reduceat(envelope, starts)
    alive = highest > 0
    if not alive.any():
        return np.ones(envelope.size)
    # Blocks without signal take no part: the middle is taken over the living ones alone.
    middle = median_filter(highest[alive], size=15, mode="nearest")
    whole = np.interp(np.arange(starts.size), np.flatnonzero(alive), middle)
    return np.interp(np.arange(envelope.size), starts + block / 2, whole)


def _without_t_waves(peaks: Ints, height: Floats, strong: Bools, rate: float) -> Bools:
    """A peak within 360 ms of one more than twice as high is its T wave (or its shoulder)."""
    kept = strong.copy()
    index = np.flatnonzero(strong)
    near = np.diff(peaks[index]) < 0.36 * rate
    kept[index[1:][near & (height[index[1:]] < 0.5 * height[index[:-1]])]] = False
    kept[index[:-1][near & (height[index[:-1]] < 0.4 * height[index[1:]])]] = False
    return kept


def _with_look_back(peaks: Ints, share: Floats, strong: Bools) -> Ints:
    """In gaps longer than 1.6 usual intervals the highest peak counts if it is half as high as asked before."""
    index = np.flatnonzero(strong)
    if index.size < 3:
        return peaks[strong]
    interval = np.diff(peaks[index])
    usual = median_filter(interval, size=9, mode="nearest")
    kept = strong.copy()
    for gap in np.flatnonzero(interval > 1.6 * usual):
        between = np.arange(index[gap] + 1, index[gap + 1])
        far = (peaks[between] - peaks[index[gap]] > 0.4 * usual[gap]) & (
            peaks[index[gap + 1]] - peaks[between] > 0.4 * usual[gap]
        )
        between = between[far & (share[between] >= 0.2)]
        if between.size:
            kept[between[np.argmax(share[between])]] = True
    return peaks[kept]


def _direction(sharp: Floats, peaks: Ints, rate: float) -> float:
    """+1 where the QRS points mostly up, -1 where it points mostly down."""
    if not peaks.size:
        return 1.0
    windows = _around(sharp, peaks, round(0.06 * rate))
    return 1.0 if float(np.median(windows.max(axis=1) + windows.min(axis=1))) >= 0 else -1.0


def _around(values: Floats, peaks: Ints, half: int) -> Floats:
    index = np.clip(peaks[:, None] + np.arange(-half, half + 1)[None, :], 0, values.size - 1)
    around: Floats = values[index]
    return around


def _localised(upright: Floats, peaks: Ints, trace: Trace, ok: Bools) -> Floats:
    """Times of the extremum near each peak, between samples; one for each beat, none where signal is lacking."""
    if not peaks.size:
        return _NONE
    half = max(1, round(0.08 * trace.rate_hz))
    at = peaks - half + np.argmax(_around(upright, peaks, half), axis=1)
    at = np.unique(np.clip(at, 1, upright.size - 2))
    at = at[ok[at]]
    at = _one_each(at, upright, round(REFRACTORY_S * trace.rate_hz))
    return (at + parabola_offset(upright[at - 1], upright[at], upright[at + 1])) / trace.rate_hz


def _one_each(at: Ints, upright: Floats, refractory: int) -> Ints:
    """Of two peaks closer than the refractory time the higher one stays."""
    while at.size > 1:
        close = np.flatnonzero(np.diff(at) < refractory)
        if not close.size:
            break
        lower = np.where(upright[at[close]] < upright[at[close + 1]], close, close + 1)
        at = np.delete(at, lower)
    return at
