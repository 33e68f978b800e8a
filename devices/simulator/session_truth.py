"""The figures of a session from its truth, by our own reading of the definitions (docs/simulator.md).

Nothing here is shared with the engine that is judged by it. Shares are 0 to 1; None: there is nothing to take a
figure of.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator.beat_truth import Counterpulsation, FingerTruth
from devices.simulator.heart import Beats
from devices.simulator.matching import Matches
from devices.simulator.rhythm import BeatKind, Kinds
from devices.simulator.settings import Setup

Times = NDArray[np.float64]

_EARLY_MS, _GOOD_MS, _LATE_MS = -80.0, (-40.0, 20.0), 60.0  # inflation
_EARLY_RELEASE_MS = 150.0
_RAMPED_SHARE, _TREATED_SHARE = 0.90, 0.85
_MINUTE_TREATED, _MINUTE_READABLE, _MINUTE_LATE = 0.80, 0.80, 0.05


@dataclass(frozen=True, slots=True)
class RhythmTruth:
    beats: int
    mean_rate_bpm: float
    ectopic_beats: int | None
    ectopy_burden: float | None
    atrial_fibrillation: bool | None


@dataclass(frozen=True, slots=True)
class TriggerTruth:
    triggers: int
    trigger_sensitivity: float | None
    trigger_ppv: float | None
    trigger_latency_ms: float | None
    trigger_jitter_ms: float | None


@dataclass(frozen=True, slots=True)
class InflationTruth:
    inflated_beats: int
    off_inf_ms: float | None
    inflation_early_share: float | None
    inflation_good_share: float | None
    inflation_fair_share: float | None
    inflation_late_share: float | None


@dataclass(frozen=True, slots=True)
class DeflationTruth:
    lead_r_ms: float | None
    lead_ej_ms: float | None
    deflation_late_share: float | None
    deflation_early_share: float | None


@dataclass(frozen=True, slots=True)
class RatioTruth:
    ds_amplitude: float | None
    ds_area: float | None
    ds_amplitude_unfiltered: float | None
    ds_area_unfiltered: float | None
    unassisted_ds_amplitude: float | None
    unassisted_ds_area: float | None
    unassisted_ds_amplitude_unfiltered: float | None


@dataclass(frozen=True, slots=True)
class DoseTruth:
    plateau_mmhg: float | None
    attained_share: float | None
    ramp_s: float | None
    effective_minutes: float
    effective_by_minute: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class RecordingTruth:
    gap_s: float
    drift_ppm: float


@dataclass(frozen=True, slots=True)
class SessionTruth:
    rhythm: RhythmTruth
    triggers: TriggerTruth
    inflation: InflationTruth
    deflation: DeflationTruth
    ratio: RatioTruth
    dose: DoseTruth
    recording: RecordingTruth


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


def rhythm_truth(beats: Beats, kinds: Kinds | None, fibrillating: bool | None) -> RhythmTruth:
    ectopic = None if kinds is None else int(np.isin(kinds, [BeatKind.PVC, BeatKind.PAC]).sum())
    return RhythmTruth(
        beats=beats.r_s.size,
        mean_rate_bpm=60 / float(np.mean(np.diff(beats.r_s))),
        ectopic_beats=ectopic,
        ectopy_burden=None if ectopic is None else ectopic / beats.r_s.size,
        atrial_fibrillation=fibrillating,
    )


def trigger_truth(beats: Beats, matches: Matches) -> TriggerTruth:
    delay_ms = (matches.of_beat_s - beats.r_s)[np.isfinite(matches.of_beat_s)] * 1000
    usual = median(delay_ms)
    return TriggerTruth(
        triggers=matches.of_trigger.size,
        trigger_sensitivity=share(np.isfinite(matches.of_beat_s[matches.judged_beats])),
        trigger_ppv=share(matches.of_trigger[matches.judged_triggers] >= 0),
        trigger_latency_ms=usual,
        trigger_jitter_ms=None if usual is None else float(np.percentile(np.abs(delay_ms - usual), 95)),
    )


def inflation_truth(acts: Counterpulsation, timed: Timing) -> InflationTruth:
    off = timed.off_inf_ms[np.isfinite(timed.off_inf_ms)]
    early, late = off < _EARLY_MS, off > _LATE_MS
    good = (off >= _GOOD_MS[0]) & (off <= _GOOD_MS[1])
    return InflationTruth(
        inflated_beats=int(np.isfinite(acts.deflate_s).sum()),
        off_inf_ms=median(off),
        inflation_early_share=share(early),
        inflation_good_share=share(good),
        inflation_fair_share=share(~(good | early | late)),
        inflation_late_share=share(late),
    )


def deflation_truth(timed: Timing) -> DeflationTruth:
    lead = timed.lead_ej_ms[np.isfinite(timed.lead_ej_ms)]
    return DeflationTruth(
        lead_r_ms=median(timed.lead_r_ms),
        lead_ej_ms=median(lead),
        deflation_late_share=share(lead < 0),
        deflation_early_share=share(lead > _EARLY_RELEASE_MS),
    )


def ratio_truth(acts: Counterpulsation, finger: FingerTruth) -> RatioTruth:
    """Unassisted beats have no inflation in themselves nor in the beat before."""
    on, inflated = np.isfinite(acts.arrival_s), np.isfinite(acts.deflate_s)
    off = ~on & ~inflated & ~np.append(False, inflated[:-1])
    shown, unfiltered = finger.shown, finger.unfiltered
    return RatioTruth(
        ds_amplitude=median(shown.amplitude[on]),
        ds_area=median(shown.area[on]),
        ds_amplitude_unfiltered=median(unfiltered.amplitude[on]),
        ds_area_unfiltered=median(unfiltered.area[on]),
        unassisted_ds_amplitude=median(shown.amplitude[off]),
        unassisted_ds_area=median(shown.area[off]),
        unassisted_ds_amplitude_unfiltered=median(unfiltered.amplitude[off]),
    )


def dose_truth(
    beats: Beats, matches: Matches, acts: Counterpulsation, timed: Timing, setup: Setup, duration_s: float
) -> DoseTruth:
    prescribed, plateau = setup.settings.pressure_mmhg, median(acts.plateau_mmhg)
    treated = (acts.plateau_mmhg >= _TREATED_SHARE * prescribed) & np.isfinite(matches.of_beat_s)
    minutes = []
    for start in np.arange(0, duration_s, 60.0).tolist():
        stop = min(start + 60.0, duration_s)
        of_minute = (beats.r_s >= start) & (beats.r_s < stop)
        ok = _effective(treated[of_minute], timed.lead_ej_ms[of_minute], _readable(start, stop, setup))
        minutes.append(((stop - start) / 60, ok))
    return DoseTruth(
        plateau_mmhg=plateau,
        attained_share=None if plateau is None else plateau / prescribed,
        ramp_s=_ramp_s(acts, prescribed),
        effective_minutes=float(sum(length for length, ok in minutes if ok)),
        effective_by_minute=tuple(ok for _, ok in minutes),
    )


def recording_truth(setup: Setup) -> RecordingTruth:
    gaps = setup.recorder.gaps_s
    return RecordingTruth(float(sum(stop - start for start, stop in gaps)), setup.recorder.clock_drift_ppm)


def median(values: Times) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def share(of: NDArray[np.bool_]) -> float | None:
    return float(np.mean(of)) if of.size else None


def _ramp_s(acts: Counterpulsation, prescribed: float) -> float | None:
    """From the first inflation to the first beat whose plateau is at least 90 % of what was prescribed."""
    there = np.flatnonzero(acts.plateau_mmhg >= _RAMPED_SHARE * prescribed)
    if not there.size:
        return None
    return float(acts.inflate_s[there[0], 0] - np.nanmin(acts.inflate_s[:, 0]))


def _readable(start_s: float, stop_s: float, setup: Setup) -> float:
    """Share of a stretch in which there is an ECG."""
    unread = (*setup.lead.lead_off_s, *setup.recorder.gaps_s)
    lost = sum(max(0.0, min(b, stop_s) - max(a, start_s)) for a, b in unread)
    return 1 - lost / (stop_s - start_s)


def _effective(treated: NDArray[np.bool_], lead_ej_ms: Times, readable: float) -> bool:
    late = share(lead_ej_ms[np.isfinite(lead_ej_ms)] < 0)
    well = share(treated) or 0.0
    return (
        late is not None and well >= _MINUTE_TREATED and readable >= _MINUTE_READABLE and late <= _MINUTE_LATE
    )
