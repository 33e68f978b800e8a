"""The usual beat: the finger pulse averaged over the beats of a stretch, with its marks, for looking at.

Beats are laid on each other at their systolic foot. What is drawn is what was judged: only readable beats enter,
ectopic ones are left out, and the marks are the medians of the very times from which the figures were made.
"""

from dataclasses import dataclass

import numpy as np

from devices.gating.average_beat import NOTHING, OFFSETS_MS, AverageBeat, BeatAverages
from devices.gating.pulse import PLETH_RATE_HZ
from devices.gating.report import BeatTable, Bools, Floats
from devices.gating.traces import Trace, trace_of
from devices.waveform import ChannelName, Waveform

FEWEST = 3  # [E] fewer beats are no usual beat
BEYOND_S = 0.05  # a pulse is followed a little past the next foot, to show where it comes


def averages(waveform: Waveform, beats: BeatTable) -> BeatAverages:
    """Average the pulses of one recording, or of the tail of one that runs; ``beats`` is its report's table."""
    count = int(np.ceil(waveform.duration_s / 60 - 1e-9))
    channel = waveform.channel(ChannelName.PLETH)
    trace = trace_of(channel, PLETH_RATE_HZ) if channel is not None else None
    if trace is None:
        return BeatAverages(NOTHING, NOTHING, (NOTHING,) * count)
    pulses = _pulses(trace, beats)
    minute = np.floor(beats.r_s / 60)
    return BeatAverages(
        whole=pulses.average(pulses.inflated),
        unassisted=pulses.average(pulses.unassisted),
        minutes=tuple(pulses.average(pulses.inflated & (minute == m)) for m in range(count)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pulses:
    """Every beat's pulse and marks: times in seconds of shape (beats,), ``cut`` of shape (beats, offsets)."""

    r_s: Floats
    foot_s: Floats
    notch_s: Floats
    augmentation_s: Floats
    next_foot_s: Floats
    cut: Floats
    inflated: Bools
    unassisted: Bools
    usable: Bools

    def average(self, of: Bools) -> AverageBeat:
        chosen = of & self.usable
        foot, started = self.foot_s[chosen], self.augmentation_s[chosen]
        notch_ms = _median_ms(self.notch_s[chosen] - foot)
        # A mark of few beats would not be that of the usual one.
        seen = int(np.isfinite(started).sum())
        start_ms = _median_ms(started - foot) if seen >= max(FEWEST, chosen.sum() / 2) else float("nan")
        return AverageBeat(
            n=int(chosen.sum()),
            of=int(of.sum()),
            augmented=seen,
            level=_scaled(_mean(self.cut[chosen]), float(np.fmin(notch_ms, start_ms))),
            foot_ms=_median_ms(foot - self.r_s[chosen]),
            notch_ms=notch_ms,
            augmentation_ms=start_ms,
            next_foot_ms=_median_ms(self.next_foot_s[chosen] - foot),
        )


def _pulses(trace: Trace, beats: BeatTable) -> _Pulses:
    after = np.append(beats.foot_s[1:], np.nan) if beats.n else beats.foot_s
    after = np.where(np.isfinite(after), after, beats.foot_s + beats.rr_ms / 1000)
    at_rest = beats.inflated == 0
    premature = (beats.ectopic == 1) | (beats.premature_narrow == 1)
    # A notch is only given to a beat that could be read.
    usable = np.isfinite(beats.notch_s) & np.isfinite(beats.foot_s) & ~premature
    return _Pulses(
        r_s=beats.r_s,
        foot_s=beats.foot_s,
        notch_s=beats.notch_s,
        augmentation_s=beats.augmentation_s,
        next_foot_s=after,
        cut=_cut(trace, beats.foot_s, after),
        inflated=beats.inflated == 1,
        # Nor in the beat before: what the cuffs pushed then is still under way.
        unassisted=at_rest & np.append(True, at_rest[:-1])[: beats.n],
        usable=usable,
    )


def _cut(trace: Trace, foot_s: Floats, next_foot_s: Floats) -> Floats:
    """Each pulse above its foot, on the grid of ``OFFSETS_MS``; NaN past the next foot and outside the recording."""
    time = foot_s[:, None] + OFFSETS_MS[None, :] / 1000
    level = trace.at(time.ravel()).reshape(time.shape) - trace.at(foot_s)[:, None]
    return np.where(time <= next_foot_s[:, None] + BEYOND_S, level, np.nan)


def _mean(cut: Floats) -> Floats:
    known = np.isfinite(cut)
    count = known.sum(axis=0)
    enough = (count >= max(FEWEST, len(cut) / 2)) & (len(cut) >= FEWEST)
    total = np.where(known, cut, 0.0).sum(axis=0)
    return np.where(enough, total / np.maximum(count, 1), np.nan)


def _scaled(level: Floats, systole_ends_ms: float) -> Floats:
    """As a share of the systolic peak; NaN throughout where there is no such peak."""
    offsets_ms = OFFSETS_MS
    systole = level[(offsets_ms >= 0) & (offsets_ms <= systole_ends_ms)]
    peak = float(np.nanmax(systole)) if np.isfinite(systole).any() else 0.0
    return level / peak if peak > 0 else np.full(level.size, np.nan)


def _median_ms(times_s: Floats) -> float:
    known = times_s[np.isfinite(times_s)]
    return float(np.median(known)) * 1000 if known.size else float("nan")
