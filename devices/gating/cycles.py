"""Valve events in order: cleaned, on the ECG's clock, and given to the beat they belong to."""

from dataclasses import dataclass

import numpy as np

from devices.gating.beats import Beats
from devices.gating.report import Bools, Floats
from devices.waveform import Cuff, EventKind, Waveform

CUFFS = (Cuff.CALF, Cuff.THIGH, Cuff.HIP)  # distal to proximal
LONGEST_CYCLE_S = 2.0  # [E] a valve event later than this after R belongs to no beat that was seen


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events inside the recording without repeats, seconds, ascending; how many were left out and why."""

    triggers_s: Floats
    inflations_s: dict[Cuff, Floats]
    deflations_s: Floats
    duplicates: int
    stray: int

    def moved(self, rate: float) -> "Events":
        """On another clock: each time t becomes t - rate * t."""
        return Events(
            self.triggers_s * (1 - rate),
            {cuff: times * (1 - rate) for cuff, times in self.inflations_s.items()},
            self.deflations_s * (1 - rate),
            self.duplicates,
            self.stray,
        )

    @property
    def all_inflations_s(self) -> Floats:
        return np.sort(np.concatenate([np.empty(0), *self.inflations_s.values()]))

    @property
    def all_s(self) -> Floats:
        return np.sort(np.concatenate((self.triggers_s, self.all_inflations_s, self.deflations_s)))


def events_of(waveform: Waveform) -> Events:
    """Drop repeats (delivery is at least once) and events outside the recording; count both."""
    end_s = waveform.duration_s
    unique = {key: np.unique(np.array(times, dtype=np.float64)) for key, times in _lists(waveform).items()}
    inside = {key: times[(times >= 0) & (times <= end_s)] for key, times in unique.items()}
    count = sum(times.size for times in unique.values())
    return Events(
        _all(inside, EventKind.TRIGGER),
        {
            cuff: inside[kind, cuff]
            for kind, cuff in sorted(inside)
            if kind == EventKind.INFLATE and inside[kind, cuff].size
        },
        _all(inside, EventKind.DEFLATE),
        len(waveform.events) - count,
        count - sum(times.size for times in inside.values()),
    )


def _lists(waveform: Waveform) -> dict[tuple[EventKind, Cuff], list[float]]:
    """Times by kind and cuff. An hour holds 30,000 events: members are compared, for hashing an enum is slow."""
    lists: list[tuple[EventKind, Cuff, list[float]]] = []
    for event in waveform.events:
        kind, cuff = event.kind, event.cuff
        for known_kind, known_cuff, times in lists:
            if kind is known_kind and cuff is known_cuff:
                times.append(event.t_s)
                break
        else:
            lists.append((kind, cuff, [event.t_s]))
    return {(kind, cuff): times for kind, cuff, times in lists}


def _all(times: dict[tuple[EventKind, Cuff], Floats], kind: EventKind) -> Floats:
    """Times of one kind, of whichever cuff, ascending."""
    return np.sort(np.concatenate([np.empty(0), *(t for (k, _), t in times.items() if k == kind)]))


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """Valve times of each reference beat; shape (beats,), NaN where the beat has none."""

    first_s: Floats
    last_s: Floats
    by_cuff_s: dict[Cuff, Floats]
    deflate_s: Floats
    next_s: Floats  # first inflation of any later beat, infinity where there is none

    @property
    def inflated(self) -> Bools:
        return np.isfinite(self.first_s)


def cycles_of(events: Events, beats: Beats) -> Cycles:
    """Give each inflation to the beat whose R came last before it, and each deflation to its inflation."""
    by_cuff = {cuff: _first_after(times, beats) for cuff, times in events.inflations_s.items()}
    if not by_cuff or not beats.n:
        nothing = np.full(beats.n, np.nan)
        return Cycles(nothing, nothing, by_cuff, nothing, np.full(beats.n, np.inf))
    stacked = np.stack(list(by_cuff.values()))
    known = np.isfinite(stacked).any(axis=0)
    first = np.where(known, np.min(np.where(np.isfinite(stacked), stacked, np.inf), axis=0), np.nan)
    last = np.where(known, np.max(np.where(np.isfinite(stacked), stacked, -np.inf), axis=0), np.nan)
    later = _next_inflation(first, events.all_inflations_s, last)
    return Cycles(first, last, by_cuff, _deflation(first, later, events.deflations_s), later)


def _first_after(times_s: Floats, beats: Beats) -> Floats:
    """First time of the list between a beat's R and the next R; NaN where there is none."""
    result = np.full(beats.n, np.nan)
    if not beats.n or not times_s.size:
        return result
    index = np.searchsorted(times_s, beats.r_s)
    found = index < times_s.size
    time = times_s[np.clip(index, 0, times_s.size - 1)]
    until = np.append(beats.r_s[1:], np.inf)
    # Past an R that no detector saw, a valve belongs to no known beat: usual intervals bound the search.
    usual = np.nanmedian(beats.rr_s) if np.isfinite(beats.rr_s).any() else LONGEST_CYCLE_S
    limit = np.where(np.isfinite(beats.rr_s), LONGEST_CYCLE_S, min(LONGEST_CYCLE_S, 1.2 * usual))
    own = found & (time < until) & (time - beats.r_s < limit)
    result[own] = time[own]
    return result


def _next_inflation(first: Floats, inflations_s: Floats, last: Floats) -> Floats:
    after = np.where(np.isfinite(last), last, first)
    index = np.searchsorted(inflations_s, np.where(np.isfinite(after), after, np.inf), side="right")
    return np.where(index < inflations_s.size, inflations_s[np.clip(index, 0, inflations_s.size - 1)], np.inf)


def _deflation(first: Floats, later: Floats, deflations_s: Floats) -> Floats:
    if not deflations_s.size:
        return np.full(first.size, np.nan)
    index = np.searchsorted(deflations_s, np.where(np.isfinite(first), first, np.inf), side="right")
    time = deflations_s[np.clip(index, 0, deflations_s.size - 1)]
    own = (index < deflations_s.size) & (time < later) & (time - first < LONGEST_CYCLE_S)
    return np.where(own, time, np.nan)
