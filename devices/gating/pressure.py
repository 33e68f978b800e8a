"""Cuff pressure of each beat: plateau, what is left when the heart ejects, when the cuffs are empty (section 8.5)."""

from dataclasses import dataclass

import numpy as np

from devices.gating.beats import Beats
from devices.gating.config import GatingConfig
from devices.gating.cycles import Cycles
from devices.gating.figures import median_figure, share_figure, unknown
from devices.gating.kernels import crossings_after, greatest_between
from devices.gating.medians import medians_between
from devices.gating.report import Bools, Figure, Floats, Ints, Pressure, Reason
from devices.gating.traces import Trace
from devices.waveform import Cuff

PRESSURE_RATE_HZ = 100.0
RESIDUAL_S = 0.03  # [E] stretch before ejection in which the rest of the pressure is read
CYCLE_S = 1.4  # [E] rows of pressure run this long from the inflation valve
NOT_PRESCRIBED = Reason(
    "not_prescribed", "The prescribed pressure is not known, so nothing is measured against it."
)
NO_PRESSURE = Reason("no_pressure", "No cuff pressure was recorded or could be read.")
NOT_INFLATED = Reason("not_inflated", "No beat was inflated.")
NOT_REACHED = Reason("not_reached", "The pressure never reached 90 % of what was prescribed.")


@dataclass(frozen=True, slots=True, eq=False)
class CuffCycles:
    """One cuff, per beat, NaN where not known: plateau, valve to half plateau, rest before ejection, when empty."""

    plateau_mmhg: Floats
    rise_ms: Floats
    residual_mmhg: Floats
    empty_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pressures:
    """All cuffs together: middle plateau, greatest residual, and the moment the last cuff is empty."""

    by_cuff: dict[Cuff, CuffCycles]
    plateau_mmhg: Floats
    residual_mmhg: Floats
    empty_s: Floats


def pressures_of(
    cuffs: dict[Cuff, Trace], cycles: Cycles, beats: Beats, readable: Bools, config: GatingConfig
) -> Pressures:
    """Measure each cuff in each inflated beat; seconds that are not ``readable`` give no value."""
    by_cuff = {
        cuff: _cuff_cycles(trace, cycles.by_cuff_s.get(cuff, cycles.first_s), cycles, beats, readable, config)
        for cuff, trace in cuffs.items()
    }
    nothing = np.full(beats.n, np.nan)
    if not by_cuff:
        return Pressures({}, nothing, nothing, nothing)
    found = list(by_cuff.values())
    return Pressures(
        by_cuff,
        _middle(np.stack([c.plateau_mmhg for c in found])),
        _greatest(np.stack([c.residual_mmhg for c in found])),
        _greatest(np.stack([c.empty_s for c in found])),
    )


def _cuff_cycles(
    trace: Trace, valve_s: Floats, cycles: Cycles, beats: Beats, readable: Bools, config: GatingConfig
) -> CuffCycles:
    start = cycles.first_s
    values = np.where(trace.missing, np.nan, trace.values)
    second = np.clip(np.where(np.isfinite(start), start, 0).astype(np.int64), 0, max(0, readable.size - 1))
    usable = cycles.inflated & (readable[second] if readable.size else False)
    plateau = np.where(usable, _plateau(trace, values, cycles), np.nan)
    # At R the cuffs of a well-set console still empty; what is left when the heart ejects is what loads it.
    ejection = beats.r_s + beats.rr_s + config.pre_ejection_ms / 1000
    left = medians_between(values, *_samples(trace, ejection - RESIDUAL_S, ejection))
    half_s = _crossing_s(trace, values, np.fmax(start, valve_s - 0.02), start + CYCLE_S, 0.5 * plateau, True)
    until = np.fmin(cycles.next_s, start + CYCLE_S)
    empty = config.deflation_empty_share * plateau
    return CuffCycles(
        plateau,
        (half_s - valve_s) * 1000,
        np.where(usable, left, np.nan),
        _crossing_s(trace, values, cycles.deflate_s - 0.02, until, empty, False),
    )


def _plateau(trace: Trace, values: Floats, cycles: Cycles) -> Floats:
    """Median from 100 ms after the last inflation valve to the deflation valve.

    A fast heart leaves less than 40 ms of that: then the highest pressure before 60 ms after deflation.
    """
    full_from, until = cycles.last_s + 0.1, cycles.deflate_s
    long = until - full_from >= 0.04
    middle = medians_between(values, *_samples(trace, full_from, until))
    short_from_s = np.where(long, np.nan, cycles.first_s)
    highest = greatest_between(values, *_samples(trace, short_from_s, until + 0.06))
    return np.where(long, middle, highest)


def _samples(trace: Trace, from_s: Floats, to_s: Floats) -> tuple[Ints, Ints]:
    """Samples from and to (exclusive) that lie in each stretch, both ends counted in; none where one is unknown."""
    known = np.isfinite(from_s) & np.isfinite(to_s)
    # The millionth of a sample is for float rounding alone.
    first = np.ceil(np.where(known, from_s, 0.0) * trace.rate_hz - 1e-6)
    last = np.floor(np.where(known, to_s, -1.0) * trace.rate_hz + 1e-6) + 1
    return first.astype(np.int64), last.astype(np.int64)


def _crossing_s(
    trace: Trace, values: Floats, from_s: Floats, to_s: Floats, level: Floats, rising: bool
) -> Floats:
    """First time in each stretch at which the pressure passes ``level``, linearly between samples."""
    first, last = _samples(trace, from_s, to_s)
    return np.asarray(crossings_after(values, first, last, level, rising) / trace.rate_hz)


def _middle(stacked: Floats) -> Floats:
    """Median over the first axis of what is known; NaN where nothing is."""
    of, n = stacked.shape
    ends = np.arange(0, (n + 1) * of, of)
    return np.asarray(medians_between(stacked.T.ravel(), ends[:-1], ends[1:]))


def _greatest(stacked: Floats) -> Floats:
    """Greatest over the first axis; NaN where any is not known, because the unknown one might be greater."""
    return np.asarray(stacked.max(axis=0))


def pressure_of(found: Pressures, cycles: Cycles, config: GatingConfig) -> Pressure:
    inflated = cycles.inflated
    of = int(inflated.sum())
    reason = NO_PRESSURE if of else NOT_INFLATED
    plateau = median_figure(found.plateau_mmhg, "mmHg", of=of, reason=reason)
    attained = unknown("1", reason)
    prescribed = config.prescribed_pressure_mmhg
    if prescribed is None:
        attained = unknown("1", NOT_PRESCRIBED)
    elif plateau.value is not None:
        attained = Figure(plateau.value / prescribed, "1", plateau.n, plateau.coverage)
    residual = found.residual_mmhg[np.isfinite(found.residual_mmhg)]
    return Pressure(
        plateau_mmhg=plateau,
        attained_share=attained,
        ramp_s=_ramp(found.plateau_mmhg, cycles, reason, config),
        residual_mmhg=median_figure(residual, "mmHg", of=of, reason=reason),
        incomplete_evacuation_share=share_figure(residual > config.residual_limit_mmhg, of=of, reason=reason),
        by_cuff_mmhg={
            cuff.value: median_figure(c.plateau_mmhg, "mmHg", of=of, reason=reason)
            for cuff, c in found.by_cuff.items()
        },
    )


def _ramp(plateau: Floats, cycles: Cycles, reason: Reason, config: GatingConfig) -> Figure:
    """Seconds from the first inflation to the first of 15 beats in a row whose median is at 90 % of the prescription."""
    if config.prescribed_pressure_mmhg is None:
        return unknown("s", NOT_PRESCRIBED)
    known = np.flatnonzero(np.isfinite(plateau))
    if known.size < 15:
        return unknown("s", reason)
    first = np.arange(known.size - 14)
    middle = medians_between(plateau[known], first, first + 15)
    reached = np.flatnonzero(middle >= 0.9 * config.prescribed_pressure_mmhg)
    if not reached.size:
        return unknown("s", NOT_REACHED)
    first = cycles.first_s[cycles.inflated][0]
    return Figure(float(cycles.first_s[known[reached[0]]] - first), "s", int(known.size), 1.0)
