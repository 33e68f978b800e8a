"""Which trigger belongs to which beat: one to one, by time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator.finger import inside
from devices.simulator.limits import Intervals

Times = NDArray[np.float64]

_MATCH_S = 0.150  # EC57
_AT_THE_END_S = 0.2  # a beat so near the end may have its trigger behind it


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
    """Triggers to beats: each other's nearest, within 150 ms of the median latency."""
    of_trigger = np.full(trigger_s.size, -1, dtype=np.intp)
    of_beat = np.full(r_s.size, np.nan)
    judged = ~inside(r_s, unseen_s) & (r_s < duration_s - _AT_THE_END_S)
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
