"""Rate, ectopic beats and irregularity. Rhythm explains a result; it never lowers a grade by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from devices.gating.beats import Beats
from devices.gating.config import GatingConfig
from devices.gating.figures import median_figure, share_figure, unknown
from devices.gating.kernels import unit_rows
from devices.gating.matching import samples_in, start_index
from devices.gating.medians import medians_between
from devices.gating.report import Bools, Figure, Floats, Reason, Rhythm
from devices.gating.traces import Trace

STRETCH = 128  # beats over which irregularity is judged
BINS = 16
NO_STRETCH = Reason("too_few_beats", f"Fewer than {STRETCH} beats in a row: irregularity cannot be judged.")
IRREGULAR = Reason(
    "irregular", "The rhythm looks like atrial fibrillation, in which no interval is too short."
)
NO_RR = Reason("no_intervals", "No two beats in a row could be read.")


@dataclass(frozen=True, slots=True, eq=False)
class Premature:
    """Early beats by their shape; shape (beats,), 1 yes, 0 no, NaN where the interval before is unknown."""

    wide: Floats  # unlike the usual QRS: ectopic
    narrow: Floats  # early, of the usual shape

    @classmethod
    def nothing(cls, n: int) -> "Premature":
        return cls(np.full(n, np.nan), np.full(n, np.nan))

    @property
    def any(self) -> Bools:
        return np.asarray((self.wide == 1) | (self.narrow == 1))


def premature_beats(trace: Trace, beats: Beats, config: GatingConfig) -> Premature:
    """Which beats come early, told apart by their shape.

    Early: the RR before is below ``premature_share`` of the median of the last 8. Wide: correlation of the
    QRS (R -/+ 100 ms) with the middle QRS of the session below ``ectopic_correlation``.
    """
    if beats.n < 10:
        return Premature.nothing(beats.n)
    early = beats.before_s < config.premature_share * _usual_before(beats.before_s)
    different = _likeness(trace, beats) < config.ectopic_correlation
    known = np.isfinite(beats.before_s)
    wide, narrow = (
        np.where(known, flags.astype(np.float64), np.nan) for flags in (early & different, early & ~different)
    )
    return Premature(wide, narrow)


def _usual_before(before_s: Floats) -> Floats:
    """Median of the 8 intervals before each beat's own; at the start, of the first ones that there are.

    A median over all of the last 8 (rather than the normal ones) cannot be led astray by its own earlier
    verdicts, and gives the same answer unless half of the beats are ectopic.
    """
    filled = np.where(np.isfinite(before_s), before_s, np.nanmedian(before_s))
    padded = np.concatenate((np.full(8, np.median(filled[:8])), filled[:-1]))
    first = np.arange(before_s.size)
    return np.asarray(medians_between(padded, first, first + 8))


def _likeness(trace: Trace, beats: Beats) -> Floats:
    """Correlation of each QRS with the middle QRS, both without their straight line (the baseline's wander)."""
    start, width = start_index(trace, beats.r_s - 0.1), samples_in(trace, 0.2)
    qrs, size = unit_rows(trace.values, start, width, True)
    whole = np.isfinite(size)
    likeness = np.ones(beats.n)
    if whole.sum() < 10:
        return likeness
    some = np.flatnonzero(whole)[:: max(1, int(whole.sum()) // 500)]
    middle = np.median(qrs[some] * size[some, None], axis=0)
    likeness[whole] = qrs[whole] @ (middle / max(float(np.linalg.norm(middle)), 1e-300))
    return likeness


def rhythm_of(beats: Beats, premature: Premature, config: GatingConfig) -> Rhythm:
    if not np.isfinite(beats.rr_s).any():
        none = unknown("1", NO_RR)
        return Rhythm(unknown("bpm", NO_RR), none, none, none, none, None, 0, 0)
    irregularity, share = _irregularity(beats, premature.wide == 1, config)
    flag = None if share.value is None else share.value >= 0.5
    # In fibrillation a short interval is no premature beat.
    narrow = unknown("1", IRREGULAR) if flag else _share_of(premature.narrow)
    fast, slow = _rate_minutes(beats, config)
    hr = median_figure(60.0 / beats.rr_s, "bpm", of=beats.n)
    return Rhythm(hr, _share_of(premature.wide), narrow, irregularity, share, flag, fast, slow)


def _share_of(flags: Floats) -> Figure:
    known = flags[np.isfinite(flags)]
    return share_figure(known == 1, of=flags.size, reason=NO_RR)


def _irregularity(beats: Beats, ectopic: Bools, config: GatingConfig) -> tuple[Figure, Figure]:
    """RMSSD / mean RR over stretches of 128 beats, and the share of stretches that pass both AF limits.

    Intervals next to an ectopic beat are left out first (the one before and the pause after it).
    """
    spoilt = ectopic.copy()
    spoilt[:-1] |= ectopic[1:]
    rr = beats.rr_s[np.isfinite(beats.rr_s) & ~spoilt]
    if rr.size < STRETCH:
        return unknown("1", NO_STRETCH), unknown("1", NO_STRETCH)
    stretches = sliding_window_view(rr, STRETCH)[:: STRETCH // 2]
    rmssd = np.sqrt(np.mean(np.diff(stretches, axis=1) ** 2, axis=1))
    ratio = rmssd / stretches.mean(axis=1)
    entropy = _entropy(stretches)
    like_af = (ratio > config.irregularity_limit) & (entropy > config.entropy_limit)
    n = int(rr.size)
    return (
        Figure(float(np.median(ratio)), "1", n, n / beats.n),
        Figure(float(like_af.mean()), "1", int(stretches.shape[0]), n / beats.n),
    )


def _entropy(stretches: Floats) -> Floats:
    """Shannon entropy of each row's intervals in 16 bins between their extremes, as share of the greatest possible.

    The 8 longest and 8 shortest are left out first, so that single outliers do not squeeze the rest into one bin.
    """
    middle = np.sort(stretches, axis=1)[:, 8:-8]
    edges = np.linspace(middle[:, 0], middle[:, -1], BINS + 1, axis=1)
    below = (middle[:, :, None] < edges[:, None, 1:-1]).sum(
        axis=1
    )  # a bin holds its lower edge, the last one both
    counts = np.diff(below, prepend=0, append=middle.shape[1], axis=1)
    p = counts / middle.shape[1]
    return np.asarray(-(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=1) / np.log(BINS))


def _rate_minutes(beats: Beats, config: GatingConfig) -> tuple[int, int]:
    """Minutes whose median rate is above the fast or below the slow limit."""
    known = np.isfinite(beats.rr_s)
    rate, r_s = 60.0 / beats.rr_s[known], beats.r_s[known]
    edges = np.searchsorted(r_s, 60.0 * np.arange(r_s[-1] // 60 + 2)).astype(np.int64)
    medians = medians_between(rate, edges[:-1], edges[1:])
    return int((medians > config.fast_rate_bpm).sum()), int((medians < config.slow_rate_bpm).sum())
