"""The pulse of this patient without inflation, and what an inflated pulse adds to it.

An artery answers to blood pushed back much as to blood ejected: the two waves add up. The unassisted pulse of the
same session, taken away from an inflated one, therefore leaves the augmentation alone, also where it hides the
notch or runs into systole. Slopes are compared rather than levels, because the level from which a pulse starts
moves with the deflation before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from devices.gating.matching import parabola_offset
from devices.gating.report import Bools, Floats, Ints
from devices.gating.traces import Trace

FROM_S, UNTIL_S = -0.16, 0.72  # [E] stretch of a pulse that is kept, from its steepest systolic rise
FEWEST = 20  # [E] fewer unassisted beats make no template
EARLIEST_RISE_S = 0.06  # [E] before that, what remains is the release of the cuffs before this beat
#: [M] A monitor's filters make a kink in the artery's pressure as wide as this share of the curvature at the systolic foot.
FOOT_TO_KERNEL = 0.75
LARGEST_HALF_RISE_S = 0.06  # [E]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Mean slope of the unassisted pulse around its steepest systolic rise; shape (samples,), units a second."""

    rate_hz: float
    slope: Floats
    ejection_s: float  # ejection time of the beats it was made of
    kernel_s: float  # half width at half height that a kink has in this trace
    n: int

    def to_plain(self) -> dict[str, Any]:
        return {
            "rate_hz": self.rate_hz,
            "slope": [float(f"{x:.6g}") for x in self.slope],
            "ejection_s": self.ejection_s,
            "kernel_s": self.kernel_s,
            "n": self.n,
        }

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> "Template":
        slope = np.asarray(kept["slope"], dtype=np.float64)
        return cls(kept["rate_hz"], slope, kept["ejection_s"], kept["kernel_s"], kept["n"])

    @property
    def time_s(self) -> Floats:
        return FROM_S + np.arange(self.slope.size) / self.rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class Rises:
    """Where each beat rises above its unassisted twin; shape (beats,), NaN where it does not.

    ``steepest_s`` and ``start_s`` in seconds of the recording, ``height`` in units of the trace.
    """

    steepest_s: Floats
    start_s: Floats
    height: Floats


def learn_template(
    trace: Trace, slope: Floats, upstroke_s: Floats, ejection_s: Floats, gain: Floats
) -> Template | None:
    """The mean slope of these beats, each in its own gain, aligned on their upstrokes; None of fewer than ``FEWEST``."""
    cut = around(trace, slope, upstroke_s) / gain[:, None]
    whole = np.isfinite(cut).all(axis=1)
    if whole.sum() < FEWEST:
        return None
    # The middle half of the beats at each moment: one odd beat leaves no mark, and noise is averaged out.
    ordered = np.sort(cut[whole], axis=0)
    quarter = ordered.shape[0] // 4
    mean = ordered[quarter : ordered.shape[0] - quarter].mean(axis=0)
    kernel = FOOT_TO_KERNEL * _foot_width(mean, trace.rate_hz)
    return Template(trace.rate_hz, mean, float(np.median(ejection_s[whole])), kernel, int(whole.sum()))


def around(trace: Trace, values: Floats, at_s: Floats) -> Floats:
    """Rows of ``values`` around times, between samples linearly; shape (times, samples), NaN outside the trace."""
    width = round((UNTIL_S - FROM_S) * trace.rate_hz) + 1
    position = np.where(np.isfinite(at_s), at_s + FROM_S, -10.0) * trace.rate_hz
    first = np.floor(position).astype(np.int64)
    share = (position - first)[:, None]
    index = first[:, None] + np.arange(width + 1)[None, :]
    cut = values[np.clip(index, 0, values.size - 1)]
    cut[(index < 0) | (index >= values.size)] = np.nan
    return np.asarray(cut[:, :-1] * (1 - share) + cut[:, 1:] * share)


def _foot_width(slope: Floats, rate_hz: float) -> float:
    """Left half width at half height, seconds, of the curvature at the foot before the steepest rise."""
    zero = round(-FROM_S * rate_hz)
    bend = np.gradient(slope[: zero + 1]) * rate_hz
    top = int(np.argmax(bend))
    below = np.flatnonzero(bend[:top] < 0.5 * bend[top])
    if not below.size:
        return 0.0
    at = int(below[-1])
    share = (0.5 * bend[top] - bend[at]) / (bend[at + 1] - bend[at])
    left = bend[max(0, top - 1)], bend[top], bend[min(bend.size - 1, top + 1)]
    peak = top + float(parabola_offset(*(np.array([x]) for x in left))[0])
    return float((peak - at - share) / rate_hz)


def rises_of(
    trace: Trace,
    slope: Floats,
    template: Template,
    upstroke_s: Floats,
    ejection_s: Floats,
    gain: Floats,
    until_s: Floats,
) -> Rises:
    """The steepest rise of each pulse above its unassisted twin, and where that rise begins.

    Parameters
    ----------
    upstroke_s
        Where the steepest systolic rise of each beat lies (or would lie, without the deflation before it).
    ejection_s
        Ejection time of each beat: the twin is stretched with it.
    gain
        Size of each pulse against those of the template.
    until_s
        No rise is sought after these times (the next systole).
    """
    extra = around(trace, slope, upstroke_s) - _twins(template, ejection_s, gain)
    time = template.time_s
    inside = (time >= EARLIEST_RISE_S)[None, :] & (time[None, :] <= (until_s - upstroke_s)[:, None])
    at, peak = _highest_peak(np.where(inside & np.isfinite(extra), extra, -np.inf))
    row = np.arange(at.size)
    three = [np.where(peak, extra[row, np.clip(at + k, 0, extra.shape[1] - 1)], 0.0) for k in (-1, 0, 1)]
    three = [np.where(np.isfinite(x), x, 0.0) for x in three]
    shift = parabola_offset(three[0], three[1], three[2])
    steepest = np.where(peak, upstroke_s + time[at] + shift / template.rate_hz, np.nan)
    height = np.where(peak, _climb(np.where(inside, extra, -np.inf), at) / template.rate_hz, np.nan)
    half = half_rise_s(extra[peak], at[peak], template)
    return Rises(steepest, steepest - half, height)


def _twins(template: Template, ejection_s: Floats, gain: Floats) -> Floats:
    """The unassisted pulse as each beat would have had it: stretched with its ejection time, scaled by its gain."""
    known = np.where(np.isfinite(ejection_s), ejection_s, template.ejection_s)
    stretch = np.clip(known / template.ejection_s, 0.6, 1.6)[:, None]
    time = template.time_s
    source = np.where(time > 0, time[None, :] / stretch, time[None, :])
    twins = np.interp(source, time, template.slope)
    return np.asarray(twins * gain[:, None] / np.where(time > 0, stretch, 1.0))


def _highest_peak(values: Floats) -> tuple[Ints, Bools]:
    """Index of the highest inner local maximum above 0 of each row, and whether there is one."""
    inner = values[:, 1:-1]
    peak = (inner >= values[:, :-2]) & (inner > values[:, 2:]) & (inner > 0) & np.isfinite(values[:, :-2])
    level = np.where(peak, inner, -np.inf)
    at = 1 + np.argmax(level, axis=1)
    return np.asarray(at, dtype=np.int64), np.asarray(peak.any(axis=1))


def _climb(values: Floats, at: Ints) -> Floats:
    """Sum of the positive stretch of each row that holds ``at``."""
    column = np.arange(values.shape[1])[None, :]
    down = ~(values > 0)
    before = np.where(down & (column < at[:, None]), column, -1).max(axis=1)
    after = np.where(down & (column > at[:, None]), column, values.shape[1]).min(axis=1)
    own = (column > before[:, None]) & (column < after[:, None])
    return np.asarray(np.where(own, values, 0.0).sum(axis=1))


def half_rise_s(extra: Floats, at: Ints, template: Template) -> float:
    """How long before its steepest moment the augmentation begins, in seconds, in the mean of the beats.

    A filter leaves the steepest moment of a sudden rise in place and only widens it; a rise that takes time is wider
    still. Widths add up as squares, so what is wider than the filter's own kernel is the rise's own half width.
    """
    if at.size < FEWEST:
        return 0.0
    reach = round(0.08 * template.rate_hz)
    index = at[:, None] + np.arange(-reach, 2)[None, :]
    rows = extra[np.arange(at.size)[:, None], np.clip(index, 0, extra.shape[1] - 1)]
    rows = rows[np.isfinite(rows).all(axis=1)]
    if rows.shape[0] < FEWEST:
        return 0.0
    mean = np.median(rows, axis=0)
    below = np.flatnonzero(mean[:-1] < 0.5 * mean[-2])
    if not below.size:
        return LARGEST_HALF_RISE_S
    k = int(below[-1])
    share = (0.5 * mean[-2] - mean[k]) / (mean[k + 1] - mean[k])
    width = (reach - k - share) / template.rate_hz
    return float(min(np.sqrt(max(width**2 - template.kernel_s**2, 0.0)), LARGEST_HALF_RISE_S))
