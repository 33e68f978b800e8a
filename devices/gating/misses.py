"""Why beats were not triggered: what the recording itself can say of it.

A console that refuses a beat on purpose does not tell so. Rules are tried in this order, and the first that fits
counts; what none explains is a plain miss.
"""

import numpy as np

from devices.gating.beats import Beats
from devices.gating.quality import SecondMap
from devices.gating.report import Bools, Floats
from devices.gating.traces import runs
from devices.gating.triggers import TriggerMatch

ECTOPIC, ALTERNATE, HELD, POOR_SIGNAL, UNEXPLAINED = CAUSES = (
    "ectopic",  # a premature beat, or the one after it
    "alternate",  # every second beat: a 1:2 mode
    "held",  # several beats in a row: the device held back
    "poor_signal",  # unreadable ECG close by
    "unexplained",
)
HELD_BEATS = 4  # [E] so many in a row are no single misses any more
ALTERNATE_BEATS = 3  # [E] misses in a row with one triggered beat between each two
NEAR_S = 2  # [E] how near an unreadable second explains a miss


def misses_by_cause(found: TriggerMatch, beats: Beats, ectopic: Floats, ecg: SecondMap) -> dict[str, int]:
    """Count of missed beats by cause; every cause is listed."""
    missed = found.expected & ~found.matched
    left, counts = missed.copy(), dict.fromkeys(CAUSES, 0)
    early = ectopic == 1
    after = np.concatenate(([False], early[:-1])) if early.size else early
    rules = (
        (ECTOPIC, early | after),
        (ALTERNATE, _alternate(missed, found.matched)),
        (HELD, _held(missed)),
        (POOR_SIGNAL, _near_unreadable(beats, ecg)),
        (UNEXPLAINED, np.ones(missed.size, dtype=np.bool_)),
    )
    for cause, fits in rules:
        counts[cause] = int((left & fits).sum())
        left &= ~fits
    return counts


def _alternate(missed: Bools, matched: Bools) -> Bools:
    """Misses that alternate with triggered beats, at least ``ALTERNATE_BEATS`` in a row."""
    result = np.zeros(missed.size, dtype=np.bool_)
    for parity in (0, 1):
        seen, between = missed[parity::2], matched[1 - parity :: 2]
        # A miss counts into a run while the beat between it and the next miss was triggered.
        for start, stop in zip(*runs(seen), strict=True):
            if stop - start >= ALTERNATE_BEATS and between[start + parity : stop - 1 + parity].all():
                result[parity + 2 * start : parity + 2 * stop : 2] = True
    return result


def _held(missed: Bools) -> Bools:
    result = np.zeros(missed.size, dtype=np.bool_)
    for start, stop in zip(*runs(missed), strict=True):
        result[start:stop] = stop - start >= HELD_BEATS
    return result


def _near_unreadable(beats: Beats, ecg: SecondMap) -> Bools:
    if not beats.n:
        return np.zeros(0, dtype=np.bool_)
    bad = np.concatenate(([0], np.cumsum(~ecg.readable)))
    second = beats.r_s.astype(np.int64)
    low, high = (np.clip(second + shift, 0, bad.size - 1) for shift in (-NEAR_S, NEAR_S + 1))
    return np.asarray(bad[high] > bad[low])
