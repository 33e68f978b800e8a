"""The finger pulse, cut by R peaks: systolic foot, first peak, height, and where the session's lag puts them.

A peak counter cannot be used here: a counterpulsed beat has two upstrokes. Each R peak owns one systolic
upstroke, found near the session's own lag; the lag belongs to the probe and the monitor, not to the patient, and
is measured afresh in every session.
"""

from dataclasses import dataclass

import numpy as np

from devices.gating.beats import Beats
from devices.gating.fiducials import first_dips, first_falls, nearest_rises, sharpest_bends, slope_of
from devices.gating.kernels import greatest_between, rms_of_difference
from devices.gating.matching import nearest, rows, samples_in, start_index
from devices.gating.medians import running_medians
from devices.gating.report import Bools, Floats
from devices.gating.traces import Trace, smoothed

PLETH_RATE_HZ = 125.0
LEAST_PLETH_RATE_HZ = 100.0  # fiducials are sought on samples no further apart than this
EARLIEST_UPSTROKE_S, LATEST_UPSTROKE_S = (
    0.08,
    0.60,
)  # [M] R to foot 150-370 ms on bedside monitors, and margins
LAG_SEARCH_S = 0.11  # [E] how far one beat's upstroke may lie from the session's lag
LONGEST_PULSE_S = 2.0
SHIFT_BEATS = 120  # [E] beats at full pressure from which the pull of the deflation is learnt
LEAST_HEIGHT = (
    0.3  # [E] share of the usual height; a smaller pulse (early ectopic beat) has no clear fiducials
)


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """Fiducials of each reference beat's pulse; shape (beats,), seconds, NaN where not found.

    ``smooth``, ``slope`` and ``bend`` are the filtered pulse and its first two derivatives on the clock of
    ``trace``. ``anchor_s`` is the upstroke as it would be without the deflation before it: the beat's own, or, where
    the cuffs emptied too late to leave it alone, R and the usual lag of the beats around. ``timed_foot_s`` lies the
    session's usual rise before it: deflation moves the foot itself by 15 ms or more. ``measurable``: readable, and
    followed by the next beat's foot. ``lag_s``: usual time from R to the upstroke; ``rise_s``: from foot to upstroke.
    """

    trace: Trace
    smooth: Floats
    slope: Floats
    bend: Floats
    upstroke_s: Floats
    anchor_s: Floats
    foot_s: Floats
    timed_foot_s: Floats
    next_foot_s: Floats
    first_peak_s: Floats
    descent_s: Floats
    height: Floats
    noise_share: Floats
    measurable: Bools
    lag_s: float | None
    rise_s: float

    def span(self) -> Floats:
        """Highest less lowest value of each pulse from foot to next foot; shape (beats,)."""
        ends = (self.foot_s, self.next_foot_s)
        a, b = (np.where(np.isfinite(t), t * self.trace.rate_hz, -1.0).astype(np.int64) for t in ends)
        return np.asarray(greatest_between(self.smooth, a, b) + greatest_between(-self.smooth, a, b))


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What the cuffs did before each beat; shape (beats,).

    ``disturbed``: they emptied late, or nobody knows when. ``loaded``: their plateau as share of the session's usual one, 0 where
    they were at rest.
    """

    disturbed: Bools
    loaded: Floats


@dataclass(frozen=True, slots=True)
class KnownPulse:
    """Lag from R to the upstroke and time from foot to upstroke, seconds, learnt earlier in the same session."""

    lag_s: float
    rise_s: float


def pulses_of(
    trace: Trace, beats: Beats, unassisted: Bools, before: Before, known: KnownPulse | None
) -> Pulses:
    """Find the systolic upstroke and foot of each beat.

    Parameters
    ----------
    unassisted
        Beats with one upstroke each: they set the lag where there are enough of them.
    before
        What the cuffs did before each beat.
    known
        Stands in where this trace holds too few unassisted beats.
    """
    smooth = smoothed(trace, 10.0)
    slope = slope_of(smooth, trace.rate_hz)
    bend = slope_of(slope, trace.rate_hz)
    lag = _lag(trace, slope, beats, unassisted, known)
    if lag is None:
        nothing, no = np.full(beats.n, np.nan), np.zeros(beats.n, dtype=np.bool_)
        return Pulses(trace, smooth, slope, bend, *(nothing,) * 9, no, None, 0.0)
    upstroke = _upstroke_near(trace, slope, beats.r_s + lag)
    lag = _refined(lag, upstroke - beats.r_s, unassisted, known)
    foot = last_bend(trace, bend, upstroke, 0.16)
    rise = _usual_rise(upstroke - foot, unassisted, known)
    anchor = _anchor(upstroke, beats, before, lag)
    next_foot = np.append(foot[1:], np.nan) if foot.size else foot
    next_foot = np.where(np.isfinite(beats.rr_s), next_foot, np.nan)
    descent = _descent(trace, slope, upstroke)
    # Where a very early inflation runs into systole the pulse never falls in between: the shoulder stands for the peak.
    first_peak = np.fmin(first_fall(trace, slope, upstroke), descent)
    height = trace_values(trace, smooth, first_peak) - trace_values(trace, smooth, foot)
    times = (upstroke, anchor, foot, anchor - rise, next_foot, first_peak, descent)
    noise = _noise_share(trace, smooth, foot, height)
    measurable = _measurable(trace, foot, next_foot, height)
    return Pulses(trace, smooth, slope, bend, *times, height, noise, measurable, lag, rise)


def _measurable(trace: Trace, foot: Floats, next_foot: Floats, height: Floats) -> Bools:
    length = next_foot - foot
    fits = np.isfinite(length) & (length > 0.25) & (length < LONGEST_PULSE_S)
    return fits & (height > LEAST_HEIGHT * usual_height(height)) & ~_touches(trace, foot, next_foot)


def _anchor(upstroke: Floats, beats: Beats, before: Before, lag_s: float) -> Floats:
    """Where each upstroke would be without the deflation before it.

    Cuffs that empty in time still draw the upstroke forward, by a few milliseconds that grow with their pressure. That
    much is learnt from the first beats at full pressure and taken off, so that later changes of the lag (a warmer
    finger, a probe that was moved) are followed. Disturbed beats take the middle lag of the 61 good ones around.
    """
    own = upstroke - beats.r_s
    good = np.isfinite(own) & ~before.disturbed
    if good.sum() < 8:
        return np.where(before.disturbed, beats.r_s + lag_s, upstroke)
    full = good & (before.loaded >= 0.9)
    shift = float(np.median(own[np.flatnonzero(full)[:SHIFT_BEATS]])) - lag_s if full.sum() >= 8 else 0.0
    freed = own - shift * before.loaded
    middle = running_medians(freed[good], min(61, int(good.sum())))
    every, fine = (index.astype(np.float64) for index in (np.arange(own.size), np.flatnonzero(good)))
    return beats.r_s + np.where(good, freed, np.interp(every, fine, middle))


def trace_values(trace: Trace, values: Floats, t_s: Floats) -> Floats:
    """Values on the clock of ``trace`` at times, linearly between samples; NaN where the time is unknown."""
    return Trace(values, trace.rate_hz, trace.missing).at(t_s)


def _lag(
    trace: Trace, slope: Floats, beats: Beats, unassisted: Bools, known: KnownPulse | None
) -> float | None:
    """Usual time from R to the steepest systolic rise, seconds; None where no rise follows the beats."""
    alone = unassisted & np.isfinite(beats.rr_s)
    calibrated = alone.sum() >= 8
    if known is not None and not calibrated:
        return known.lag_s
    chosen = beats.r_s[alone] if calibrated else beats.r_s
    chosen = chosen[:: max(1, chosen.size // 600)]
    cut = rows(trace, slope, chosen + EARLIEST_UPSTROKE_S, LATEST_UPSTROKE_S - EARLIEST_UPSTROKE_S)
    whole = np.isfinite(cut).all(axis=1)
    if whole.sum() < 5:
        return None
    usual = np.median(cut[whole], axis=0)
    rises = np.flatnonzero((usual[1:-1] >= usual[:-2]) & (usual[1:-1] > usual[2:])) + 1
    rises = rises[usual[rises] >= (1.0 if calibrated else 0.5) * usual[rises].max(initial=0.0)]
    if not rises.size or usual[rises[0]] <= 0:
        return None
    # Without unassisted beats there are two rises; the systolic one comes first after R.
    return EARLIEST_UPSTROKE_S + float(rises[0]) / trace.rate_hz


def _refined(lag_s: float, own_s: Floats, unassisted: Bools, known: KnownPulse | None) -> float:
    """The lag between samples: the median of the unassisted beats' own."""
    alone = own_s[unassisted & np.isfinite(own_s)]
    if alone.size < 8:
        return lag_s if known is None else known.lag_s
    return float(np.median(alone))


def _usual_rise(rise_s: Floats, unassisted: Bools, known: KnownPulse | None) -> float:
    """Usual time from foot to steepest rise, seconds: of the unassisted beats where there are enough."""
    seen = np.isfinite(rise_s)
    chosen = seen & unassisted
    if chosen.sum() < 8:
        if known is not None:
            return known.rise_s
        chosen = seen
    return float(np.median(rise_s[chosen])) if chosen.any() else 0.0


def _upstroke_near(trace: Trace, slope: Floats, expected_s: Floats) -> Floats:
    """Time of the peak of the slope nearest to ``expected_s`` among those at least 0.4 as steep as the steepest.

    Nearest rather than steepest: a very early augmentation climbs right behind systole, and steeper. NaN where
    there is no rise within ``LAG_SEARCH_S``.
    """
    start = start_index(trace, expected_s - LAG_SEARCH_S)
    width = samples_in(trace, 2 * LAG_SEARCH_S)
    found = nearest_rises(slope, start, width, expected_s * trace.rate_hz, 0.4)
    return np.asarray(found / trace.rate_hz)


def last_bend(
    trace: Trace, bend: Floats, upstroke_s: Floats, back_s: float, not_before_s: Floats | None = None
) -> Floats:
    """The foot of an upstroke: greatest second derivative in the ``back_s`` seconds before it."""
    start = start_index(trace, upstroke_s - back_s)
    earliest = np.full(upstroke_s.size, np.nan) if not_before_s is None else not_before_s * trace.rate_hz
    found = sharpest_bends(bend, start, samples_in(trace, back_s), earliest)
    return np.asarray(found / trace.rate_hz)


def first_fall(trace: Trace, slope: Floats, after_s: Floats) -> Floats:
    """Time of the first downward crossing of the slope within 0.4 s after ``after_s``: the top of that upstroke."""
    found = first_falls(slope, start_index(trace, after_s), samples_in(trace, 0.4))
    return np.asarray(found / trace.rate_hz)


def _descent(trace: Trace, slope: Floats, upstroke_s: Floats) -> Floats:
    """Time of the first least slope after an upstroke: where the systolic wave falls fastest, or its shoulder."""
    found = first_dips(slope, start_index(trace, upstroke_s), samples_in(trace, 0.4))
    return np.asarray(found / trace.rate_hz)


def _noise_share(trace: Trace, smooth: Floats, foot: Floats, height: Floats) -> Floats:
    """RMS of what the 10 Hz low-pass took away, over the half second from the foot, as share of the height."""
    rms = rms_of_difference(trace.values, smooth, start_index(trace, foot), round(0.5 * trace.rate_hz))
    return np.where(height > 0, rms / np.where(height > 0, height, 1.0), np.nan)


def usual_height(height: Floats) -> Floats:
    """Middle height of the 31 pulses around each, so that a change of gain does not count as a small pulse."""
    known = np.isfinite(height) & (height > 0)
    if not known.any():
        return np.full(height.size, np.inf)
    middle = running_medians(height[known], min(31, int(known.sum())))
    every, with_height = (
        index.astype(np.float64) for index in (np.arange(height.size), np.flatnonzero(known))
    )
    return middle[nearest(every, with_height)]


def _touches(trace: Trace, from_s: Floats, to_s: Floats) -> Bools:
    """True where a pulse holds a bridged sample."""
    until = np.concatenate(([0], np.cumsum(trace.missing)))
    a, b = (
        np.clip(np.where(np.isfinite(t), t, 0) * trace.rate_hz, 0, trace.missing.size - 1)
        for t in (from_s, to_s)
    )
    return np.asarray(until[b.astype(np.int64) + 1] > until[a.astype(np.int64)])
