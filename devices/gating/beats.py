"""R peaks: two independent detectors, of which only the beats that both found are the reference.

The first is our own (``detector``): it weighs every place of the recording that may be a beat and takes the likeliest
path through them. The second is SleepECG's, of another kind: Pan and Tompkins in the reading of its authors,
left to right with a threshold that adapts. The peaks of both are moved to the same place, so that
neither the detector nor the polarity of the lead moves a beat.
"""

from dataclasses import dataclass, field

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.detector import find
from devices.gating.detector_path import SHORTEST_RR_S
from devices.gating.detector_place import placed
from devices.gating.detector_signal import WORK_HZ
from devices.gating.matching import match, nearest
from devices.gating.report import Bools, Floats
from devices.gating.traces import Trace, bridged

#: The ECG is thinned to about this rate: R peaks are placed between samples anyway.
ECG_RATE_HZ = 250.0

LONGEST_RR_S = 3.0  # [E] a longer stretch without beats is not taken for one RR interval
#: [E] A beat that stands out so many times over all that lies around it needs no second witness.
PLAIN_PROMINENCE = 3.0
_HOUR_S = 3600.0
_NONE: Floats = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What the two detectors found, before and after agreement; seconds, ascending.

    ``likeness``, of the shape of ``agreed_s``: correlation (-1..1) with the nearest of the usual QRS shapes.
    """

    first_s: Floats
    second_s: Floats
    agreed_s: Floats
    disputed_s: Floats
    likeness: Floats = field(default_factory=lambda: np.empty(0))


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
    ok = _per_sample(usable, trace) & ~trace.missing
    if not ok.any() or trace.values.size < 2 * trace.rate_hz:
        return Detections(_NONE, _NONE, _NONE, _NONE)
    # Unusable stretches are bridged, so that their edges do not look like beats to the filters.
    values = bridged(trace.values, ~ok)
    found = find(values, trace.rate_hz)
    first = _measured(found.r_s, ok, trace.rate_hz)
    near = _second_detector(values, trace.rate_hz)
    second = _one_each(_measured(placed(values, near, trace.rate_hz), ok, trace.rate_hz), found.energy)
    in_first, in_second = match(first, second, config.detector_agreement_ms / 1000)
    plain = first[np.isin(first, found.r_s[found.prominence >= PLAIN_PROMINENCE])]
    agreed = np.union1d(first[in_first], plain)
    alone = np.delete(second, in_second)
    disputed = np.union1d(np.setdiff1d(first, agreed), alone[~_companions(alone, agreed, found.energy)])
    likeness = found.likeness[np.searchsorted(found.r_s, agreed)]  # what is agreed was found by the first
    return Detections(first, second, agreed, disputed, likeness)


def _companions(alone: Floats, agreed: Floats, energy: Floats) -> Bools:
    """Peaks that only the second detector saw, within 450 ms of an agreed beat and less than half as sharp.

    They are its P or T wave; to call each one a disagreement would make every wide beat unreadable.
    """
    if not agreed.size:
        return np.zeros(alone.size, dtype=np.bool_)
    beat = agreed[nearest(alone, agreed)]
    return (np.abs(alone - beat) < 0.45) & (_energy_at(alone, energy) < 0.5 * _energy_at(beat, energy))


def _energy_at(times_s: Floats, energy: Floats) -> Floats:
    return energy[np.clip(np.round(times_s * WORK_HZ), 0, energy.size - 1).astype(np.int64)]


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
    edges = np.ceil(np.arange(usable.size + 1) * trace.rate_hz).astype(np.int64)
    edges[-1] = max(edges[-1], trace.values.size)  # a beginning second more is as the last one
    return np.repeat(usable, np.diff(np.minimum(edges, trace.values.size)))


def _measured(times_s: Floats, ok: Bools, rate_hz: float) -> Floats:
    """The times, ascending, at which the signal was really measured."""
    at = np.round(times_s * rate_hz).astype(np.int64)
    inside = (at >= 0) & (at < ok.size)
    return np.unique(times_s[inside & ok[np.clip(at, 0, ok.size - 1)]])


def _second_detector(values: Floats, rate_hz: float) -> Floats:
    """Peaks in seconds; at half the rate where that is enough for it: they are placed with those of the first.

    Its thresholds forget within a minute, so that it goes by hours: each begins a minute early and ends one late.
    """
    offset = 0.0
    if rate_hz >= 200:
        values, rate_hz, offset = 0.5 * (values[:-1:2] + values[1::2]), rate_hz / 2, 0.25
    hour, minute = round(_HOUR_S * rate_hz), round(60 * rate_hz)
    peaks = [np.empty(0)]
    for first in range(0, values.size, hour):
        begin = max(first - minute, 0)
        found = begin + _heartbeats(values[begin : first + hour + minute], rate_hz)
        peaks.append(found[(found >= first) & (found < first + hour)])
    return np.asarray((np.concatenate(peaks) + offset) / rate_hz, dtype=np.float64)


def _heartbeats(values: Floats, rate_hz: float) -> Floats:
    """SleepECG's peaks in samples; none in less than two seconds from where the signal first moves."""
    # Loads Numba and half of SciPy: two seconds that no process pays which only imports this room.
    from sleepecg.heartbeats import detect_heartbeats

    begins = int(np.argmax(values != values[0])) - 1
    if begins < 0 or values.size - begins < 2 * rate_hz:
        return np.empty(0)
    return np.asarray(detect_heartbeats(values, rate_hz), dtype=np.float64)


def _one_each(times_s: Floats, energy: Floats) -> Floats:
    """Of two peaks closer than any two beats the sharper one stays."""
    while times_s.size > 1:
        close = np.flatnonzero(np.diff(times_s) < SHORTEST_RR_S)
        if not close.size:
            break
        sharp = _energy_at(times_s, energy)
        times_s = np.delete(times_s, np.where(sharp[close] < sharp[close + 1], close, close + 1))
    return times_s
