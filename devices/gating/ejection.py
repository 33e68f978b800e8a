"""Ejection time: from the systolic foot to aortic closure, learnt from this session's unassisted beats.

Fallback is Weissler's line LVET = 413 - 1.7 HR (ms), then marked "model".
"""

from dataclasses import dataclass

import numpy as np

from devices.gating.beats import Beats
from devices.gating.fiducials import highest_peaks
from devices.gating.matching import parabola_offset, rows, samples_in, start_index
from devices.gating.pulse import Pulses
from devices.gating.report import Basis, Bools, Floats

FEWEST = 20  # [E] fewer unassisted beats give no calibration
SEARCH_S = 0.12  # [E] how far the notch may lie from Weissler's line
LEAST_SPREAD_S = 0.15  # [E] RR must vary this much before a slope can be learnt from it
WEISSLER_MS, WEISSLER_MS_PER_BPM = 413.0, 1.7


@dataclass(frozen=True, slots=True)
class EjectionTime:
    """ET = intercept + slope * RR before the beat (both in seconds), and what it stands on."""

    intercept_s: float
    slope: float
    basis: Basis
    n: int = 0

    def of(self, rr_before_s: Floats) -> Floats:
        if self.basis is Basis.MODEL:
            return weissler_s(rr_before_s)
        return np.clip(self.intercept_s + self.slope * rr_before_s, 0.15, 0.45)


MODEL = EjectionTime(0.0, 0.0, Basis.MODEL)


def weissler_s(rr_s: Floats) -> Floats:
    """Left-ventricular ejection time in seconds by heart rate (Weissler, men), rate held to 30..200 bpm."""
    rate = np.clip(60.0 / rr_s, 30.0, 200.0)
    return (WEISSLER_MS - WEISSLER_MS_PER_BPM * rate) / 1000.0


def rr_before(beats: Beats) -> Floats:
    """The interval that filled the heart for each beat; where it is unknown the usual one stands in."""
    if not np.isfinite(beats.rr_s).any():
        return beats.before_s
    return np.where(np.isfinite(beats.before_s), beats.before_s, np.nanmedian(beats.rr_s))


def calibrate(pulses: Pulses, beats: Beats, unassisted: Bools) -> EjectionTime:
    """Fit the notch of unassisted, readable beats by RR (Theil-Sen); the model where too few show one."""
    before = rr_before(beats)
    chosen = unassisted & np.isfinite(before)
    if chosen.sum() < FEWEST:
        return MODEL
    expected = pulses.timed_foot_s + weissler_s(before)
    notch = notch_near(pulses, expected, SEARCH_S, pulses.next_foot_s - 0.06)
    chosen &= np.isfinite(notch)
    if chosen.sum() < FEWEST:
        return MODEL
    time, rr = (notch - pulses.timed_foot_s)[chosen], before[chosen]
    low, high = np.percentile(rr, [5, 95])
    if high - low >= LEAST_SPREAD_S:
        return _line(rr, time)
    # A steady rhythm says where the line lies but not how it tilts: Weissler's tilt at this rate. Beats so much
    # alike are averaged before the notch is sought, for noise pulls the notch of a single beat forward.
    centre = float(np.median(rr))
    slope = WEISSLER_MS_PER_BPM * 60.0 / centre**2 / 1000.0
    usual = _notch_of_average(pulses, chosen, float(np.median(time)))
    return EjectionTime(usual - slope * centre, slope, Basis.MEASURED, int(rr.size))


def _line(rr: Floats, time: Floats) -> EjectionTime:
    """Theil-Sen line through at most about 400 beats."""
    some = slice(None, None, max(1, rr.size // 400))
    a, b = np.triu_indices(rr[some].size, 1)
    run, rise = rr[some][b] - rr[some][a], time[some][b] - time[some][a]
    apart = np.abs(run) > 0.02
    slope = float(np.clip(np.median(rise[apart] / run[apart]), 0.0, 0.4))
    return EjectionTime(float(np.median(time - slope * rr)), slope, Basis.MEASURED, int(rr.size))


def _notch_of_average(pulses: Pulses, chosen: Bools, single_s: float) -> float:
    """Highest peak of the mean second derivative within 40 ms of the single beats' median; that, if there is none."""
    rate = pulses.trace.rate_hz
    foot = pulses.timed_foot_s[chosen]
    cut = rows(pulses.trace, pulses.bend, foot, single_s + 0.1)
    rounding = float(np.mean(start_index(pulses.trace, foot) / rate - foot))
    mean = np.mean(cut[np.isfinite(cut).all(axis=1)], axis=0)
    time = np.arange(mean.size) / rate + rounding
    near = np.abs(time[1:-1] - single_s) < 0.04
    peaks = 1 + np.flatnonzero((mean[1:-1] >= mean[:-2]) & (mean[1:-1] > mean[2:]) & near)
    if not peaks.size:
        return single_s
    at = peaks[np.argmax(mean[peaks])]
    before, middle, after = (mean[at + k : at + k + 1] for k in (-1, 0, 1))
    return float(time[at] + parabola_offset(before, middle, after)[0] / rate)


def notch_near(pulses: Pulses, expected_s: Floats, within_s: float, before_s: Floats) -> Floats:
    """Time of the highest peak of the second derivative within ``within_s`` of where the notch is expected.

    Peaks before the steepest systolic fall or after ``before_s`` do not count; NaN where there is none. A peak
    is asked for, not the greatest value: the bend where the systolic wave starts to level off can be greater.
    """
    trace = pulses.trace
    start, width = start_index(trace, expected_s - within_s), samples_in(trace, 2 * within_s)
    after, until = pulses.descent_s * trace.rate_hz, before_s * trace.rate_hz
    return np.asarray(highest_peaks(pulses.bend, start, width, after, until) / trace.rate_hz)
