"""The figures of a session from its truth, by our own reading of the definitions (docs/simulator.md).

Nothing here is shared with the engine that is judged by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator.beat_truth import Counterpulsation, FingerTruth
from devices.simulator.finger import inside
from devices.simulator.heart import Beats
from devices.simulator.limits import Intervals
from devices.simulator.rhythm import BeatKind, Kinds
from devices.simulator.settings import Setup

Times = NDArray[np.float64]

_MATCH_S = 0.150  # EC57
_EARLY_MS, _GOOD_MS, _LATE_MS = -80.0, (-40.0, 20.0), 60.0  # inflation
_EARLY_RELEASE_MS = 150.0
_RAMPED_SHARE, _TREATED_SHARE = 0.90, 0.85
_MINUTE_TREATED, _MINUTE_READABLE, _MINUTE_LATE = 0.80, 0.80, 0.05


@dataclass(frozen=True, slots=True)
class SessionTruth:
    """Figures of the whole session; None where there is nothing to take a figure of. Shares are 0 to 1."""

    beats: int
    mean_rate_bpm: float | None
    ectopic_beats: int | None
    ectopy_burden: float | None
    atrial_fibrillation: bool | None
    triggers: int
    trigger_sensitivity: float | None
    trigger_ppv: float | None
    trigger_latency_ms: float | None
    trigger_jitter_ms: float | None
    inflated_beats: int
    off_inf_ms: float | None
    inflation_early_share: float | None
    inflation_good_share: float | None
    inflation_fair_share: float | None
    inflation_late_share: float | None
    lead_r_ms: float | None
    lead_ej_ms: float | None
    deflation_late_share: float | None
    deflation_early_share: float | None
    ds_amplitude: float | None
    ds_area: float | None
    ds_amplitude_unfiltered: float | None
    ds_area_unfiltered: float | None
    unassisted_ds_amplitude: float | None
    unassisted_ds_area: float | None
    unassisted_ds_amplitude_unfiltered: float | None
    plateau_mmhg: float | None
    attained_share: float | None
    ramp_s: float | None
    effective_minutes: float
    effective_by_minute: tuple[bool, ...]
    gap_s: float
    drift_ppm: float


@dataclass(frozen=True, slots=True)
class Matches:
    """``of_trigger``: beat of each trigger, -1 for a false one. ``of_beat_s``: each beat's trigger, NaN if missed.

    ``judged_beats``, ``judged_triggers``: those where the console had an ECG and the recording had events.
    """

    of_trigger: NDArray[np.intp]
    of_beat_s: Times
    judged_beats: NDArray[np.bool_]
    judged_triggers: NDArray[np.bool_]


def match(trigger_s: Times, r_s: Times, unseen_s: Intervals, duration_s: float) -> Matches:
    """Triggers to beats, one to one: each other's nearest, within 150 ms of the median latency."""
    of_trigger = np.full(trigger_s.size, -1, dtype=np.intp)
    of_beat = np.full(r_s.size, np.nan)
    judged = ~inside(r_s, unseen_s) & (r_s < duration_s - 0.2)
    if not trigger_s.size:
        return Matches(of_trigger, of_beat, judged, np.zeros(0, dtype=np.bool_))
    usual = float(np.median(trigger_s - r_s[_nearest(r_s, trigger_s)]))
    beat = _nearest(r_s, trigger_s - usual)
    mutual = _nearest(trigger_s - usual, r_s)[beat] == np.arange(trigger_s.size)
    paired = mutual & (np.abs(trigger_s - usual - r_s[beat]) <= _MATCH_S)
    of_trigger[paired] = beat[paired]
    of_beat[beat[paired]] = trigger_s[paired]
    judged &= r_s > trigger_s[0] - usual - 0.01
    return Matches(of_trigger, of_beat, judged, ~inside(trigger_s, unseen_s))


def _nearest(values: Times, to: Times) -> NDArray[np.intp]:
    """Index of the value nearest to each; ``values`` ascending."""
    right = np.clip(np.searchsorted(values, to), 1, max(values.size - 1, 1))
    right = np.minimum(right, values.size - 1)
    left = np.maximum(right - 1, 0)
    return np.where(np.abs(values[left] - to) <= np.abs(values[right] - to), left, right)


@dataclass(frozen=True, slots=True)
class Timing:
    """Per beat, ms, NaN where not known.

    ``off_inf_ms``: first pushed-back blood at the root less valve closure. ``lead_r_ms``: next R less release.
    ``lead_ej_ms``: next valve opening less empty cuffs; where they never empty, less the next inflation.
    """

    off_inf_ms: Times
    lead_r_ms: Times
    lead_ej_ms: Times


def timing(beats: Beats, acts: Counterpulsation) -> Timing:
    next_r, next_opening = np.append(beats.r_s[1:], np.nan), np.append(beats.opening_s[1:], np.nan)
    next_inflation = np.append(acts.inflate_s[1:, 0], np.nan)
    stuck = np.isfinite(acts.deflate_s) & np.isnan(acts.empty_s)
    empty = np.where(stuck, next_inflation, acts.empty_s)
    return Timing(
        (acts.arrival_s - beats.closing_s) * 1000,
        (next_r - acts.deflate_s) * 1000,
        (next_opening - empty) * 1000,
    )


def session_truth(
    beats: Beats,
    kinds: Kinds | None,
    fibrillating: bool | None,
    trigger_s: Times,
    matches: Matches,
    acts: Counterpulsation,
    finger: FingerTruth,
    setup: Setup,
    duration_s: float,
) -> SessionTruth:
    timed = timing(beats, acts)
    off = timed.off_inf_ms[np.isfinite(timed.off_inf_ms)]
    lead = timed.lead_ej_ms[np.isfinite(timed.lead_ej_ms)]
    good = (off >= _GOOD_MS[0]) & (off <= _GOOD_MS[1])
    early, late = off < _EARLY_MS, off > _LATE_MS
    found = matches.of_trigger >= 0
    delay_ms = (matches.of_beat_s - beats.r_s)[np.isfinite(matches.of_beat_s)] * 1000
    ectopic = None if kinds is None else int(np.isin(kinds, [BeatKind.PVC, BeatKind.PAC]).sum())
    assisted = np.isfinite(acts.arrival_s)
    alone = ~assisted & np.isnan(acts.deflate_s) & ~np.append(False, np.isfinite(acts.deflate_s[:-1]))
    prescribed = setup.settings.pressure_mmhg
    plateau = median(acts.plateau_mmhg)
    minutes = _effective(beats, matches, acts, timed, setup, duration_s)
    return SessionTruth(
        beats=beats.r_s.size,
        mean_rate_bpm=60 / float(np.mean(np.diff(beats.r_s))),
        ectopic_beats=ectopic,
        ectopy_burden=None if ectopic is None else ectopic / beats.r_s.size,
        atrial_fibrillation=fibrillating,
        triggers=trigger_s.size,
        trigger_sensitivity=share(np.isfinite(matches.of_beat_s[matches.judged_beats])),
        trigger_ppv=share(found[matches.judged_triggers]),
        trigger_latency_ms=median(delay_ms),
        trigger_jitter_ms=_p95(np.abs(delay_ms - np.median(delay_ms))) if delay_ms.size else None,
        inflated_beats=int(np.isfinite(acts.deflate_s).sum()),
        off_inf_ms=median(off),
        inflation_early_share=share(early),
        inflation_good_share=share(good),
        inflation_fair_share=share(~(good | early | late)),
        inflation_late_share=share(late),
        lead_r_ms=median(timed.lead_r_ms),
        lead_ej_ms=median(lead),
        deflation_late_share=share(lead < 0),
        deflation_early_share=share(lead > _EARLY_RELEASE_MS),
        ds_amplitude=median(finger.shown.amplitude[assisted]),
        ds_area=median(finger.shown.area[assisted]),
        ds_amplitude_unfiltered=median(finger.unfiltered.amplitude[assisted]),
        ds_area_unfiltered=median(finger.unfiltered.area[assisted]),
        unassisted_ds_amplitude=median(finger.shown.amplitude[alone]),
        unassisted_ds_area=median(finger.shown.area[alone]),
        unassisted_ds_amplitude_unfiltered=median(finger.unfiltered.amplitude[alone]),
        plateau_mmhg=plateau,
        attained_share=None if plateau is None else plateau / prescribed,
        ramp_s=_ramp_s(acts, prescribed),
        effective_minutes=float(sum(length for length, ok in minutes if ok)),
        effective_by_minute=tuple(ok for _, ok in minutes),
        gap_s=float(sum(stop - start for start, stop in setup.recorder.gaps_s)),
        drift_ppm=setup.recorder.clock_drift_ppm,
    )


def median(values: Times) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def share(of: NDArray[np.bool_]) -> float | None:
    return float(np.mean(of)) if of.size else None


def _p95(values: Times) -> float:
    return float(np.percentile(values, 95))


def _ramp_s(acts: Counterpulsation, prescribed: float) -> float | None:
    """From the first inflation to the first beat whose plateau is at least 90 % of what was prescribed."""
    there = np.flatnonzero(acts.plateau_mmhg >= _RAMPED_SHARE * prescribed)
    if not there.size:
        return None
    return float(acts.inflate_s[there[0], 0] - np.nanmin(acts.inflate_s[:, 0]))


def _effective(
    beats: Beats, matches: Matches, acts: Counterpulsation, timed: Timing, setup: Setup, duration_s: float
) -> list[tuple[float, bool]]:
    """(Length in minutes, effective or not) of each minute of the recording."""
    enough = acts.plateau_mmhg >= _TREATED_SHARE * setup.settings.pressure_mmhg
    treated = enough & np.isfinite(matches.of_beat_s)
    unread = (*setup.lead.lead_off_s, *setup.recorder.gaps_s)
    minutes = []
    for start in np.arange(0, duration_s, 60.0).tolist():
        stop = min(start + 60.0, duration_s)
        of_minute = (beats.r_s >= start) & (beats.r_s < stop)
        lead = timed.lead_ej_ms[of_minute]
        late = share(lead[np.isfinite(lead)] < 0)
        lost = sum(max(0.0, min(b, stop) - max(a, start)) for a, b in unread)
        well = share(treated[of_minute]) or 0.0
        ok = well >= _MINUTE_TREATED and 1 - lost / (stop - start) >= _MINUTE_READABLE
        minutes.append(((stop - start) / 60, ok and late is not None and late <= _MINUTE_LATE))
    return minutes
