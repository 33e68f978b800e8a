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
from numba import njit

from devices.gating.kernels import between
from devices.gating.matching import parabola_offset
from devices.gating.report import Floats, Ints
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
    known = np.where(np.isfinite(ejection_s), ejection_s, template.ejection_s)
    stretch = np.clip(known / template.ejection_s, 0.6, 1.6)
    peak, offset, climb, before = _rises(
        np.ascontiguousarray(slope),
        trace.rate_hz,
        upstroke_s,
        template.slope,
        template.time_s,
        stretch,
        gain,
        until_s - upstroke_s,
        round(0.08 * template.rate_hz),
    )
    found = peak >= 0
    steepest = np.where(found, upstroke_s + template.time_s[peak] + offset / template.rate_hz, np.nan)
    half = half_rise_s(before[found], template)
    return Rises(steepest, steepest - half, climb / template.rate_hz)


@njit(cache=True, nogil=True)
def _rises(
    slope: Floats,
    rate_hz: float,
    upstroke_s: Floats,
    twin: Floats,
    time_s: Floats,
    stretch: Floats,
    gain: Floats,
    until_s: Floats,
    reach: int,
) -> tuple[Ints, Floats, Floats, Floats]:
    """Of each beat's slope above its twin's: highest inner peak above 0 (-1: none), how far between samples it lies, sum
    of the positive stretch around it, and the ``reach + 2`` samples up to the one after it, shape (beats, reach + 2).

    ``until_s`` counts from the upstroke, as ``time_s`` does; NaN where nothing is known.
    """
    n, width = upstroke_s.size, twin.size
    peak, offset = np.full(n, -1), np.full(n, np.nan)
    climb, before = np.full(n, np.nan), np.full((n, reach + 2), np.nan)
    earliest = 0
    while earliest < width and time_s[earliest] < EARLIEST_RISE_S:
        earliest += 1
    extra = np.empty(width)
    for k in range(n):
        if not until_s[k] >= EARLIEST_RISE_S:
            continue
        stop = earliest
        while stop < width and time_s[stop] <= until_s[k]:
            stop += 1
        _above_twin(slope, (upstroke_s[k] + FROM_S) * rate_hz, twin, time_s, stretch[k], gain[k], extra)
        at = _highest_peak(extra, earliest, stop)
        if at < 0:
            continue
        peak[k], climb[k] = at, _climb(extra, at, earliest, stop)
        after = extra[at + 1] if np.isfinite(extra[at + 1]) else 0.0
        offset[k] = between(extra[at - 1], extra[at], after)
        for i in range(reach + 2):
            before[k, i] = extra[min(max(at - reach + i, 0), width - 1)]
    return peak, offset, climb, before


@njit(cache=True, nogil=True)
def _above_twin(
    slope: Floats, first: float, twin: Floats, time_s: Floats, stretch: float, gain: float, extra: Floats
) -> None:
    """One beat's slope from the place ``first`` on, linearly between samples, less its twin's; NaN outside the trace.

    The twin is the template as this beat would have had it: stretched with its ejection time, scaled by its gain.
    """
    start, width = int(np.floor(first)), twin.size
    share = first - start
    per_s = (width - 1) / (time_s[width - 1] - time_s[0])
    for i in range(width):
        if start + i < 0 or start + i + 1 >= slope.size:
            extra[i] = np.nan
            continue
        size, place = gain, float(i)
        if time_s[i] > 0:
            size /= stretch
            place = min((time_s[i] / stretch - time_s[0]) * per_s, width - 1.0)
        j = min(int(place), width - 2)
        usual = twin[j] + (place - j) * (twin[j + 1] - twin[j])
        extra[i] = slope[start + i] * (1 - share) + slope[start + i + 1] * share - usual * size


@njit(cache=True, nogil=True)
def _highest_peak(values: Floats, first: int, stop: int) -> int:
    """Index of the highest local maximum above 0 that has neighbours, the left one within ``first..stop``; or -1."""
    best = -1
    for i in range(first + 1, min(stop, values.size - 1)):
        falls = i + 1 == stop or not values[i] <= values[i + 1]
        if values[i] > 0 and values[i] >= values[i - 1] and falls and (best < 0 or values[i] > values[best]):
            best = i
    return best


@njit(cache=True, nogil=True)
def _climb(values: Floats, at: int, first: int, stop: int) -> float:
    """Sum of the positive stretch within ``first..stop`` that holds ``at``."""
    total: float = values[at]
    i = at - 1
    while i >= first and values[i] > 0:
        total += values[i]
        i -= 1
    i = at + 1
    while i < stop and values[i] > 0:
        total += values[i]
        i += 1
    return total


def half_rise_s(rows: Floats, template: Template) -> float:
    """How long before its steepest moment the augmentation begins, in seconds, in the mean of the beats.

    ``rows``: each beat's excess over its twin up to the sample after the steepest one, shape (beats, samples).

    A filter leaves the steepest moment of a sudden rise in place and only widens it; a rise that takes time is wider
    still. Widths add up as squares, so what is wider than the filter's own kernel is the rise's own half width.
    """
    if rows.shape[0] < FEWEST:
        return 0.0
    rows = rows[np.isfinite(rows).all(axis=1)]
    if rows.shape[0] < FEWEST:
        return 0.0
    mean = np.median(rows, axis=0)
    below = np.flatnonzero(mean[:-1] < 0.5 * mean[-2])
    if not below.size:
        return LARGEST_HALF_RISE_S
    k = int(below[-1])
    share = (0.5 * mean[-2] - mean[k]) / (mean[k + 1] - mean[k])
    width = (mean.size - 2 - k - share) / template.rate_hz
    return float(min(np.sqrt(max(width**2 - template.kernel_s**2, 0.0)), LARGEST_HALF_RISE_S))
