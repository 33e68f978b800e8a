"""The size of each pulse: changes of the monitor's own gain, and how much each beat differs from those around.

A monitor with automatic gain redraws the pulse larger or smaller from one beat to the next. Ratios formed inside one
beat do not care; whatever compares a beat with another one does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from devices.gating.pulse import usual_height
from devices.gating.report import Bools, Floats
from devices.gating.traces import Ints

STEP = 0.15  # [E] least change of height in one beat that is called a change of gain
REACH = 5  # beats on either side
SAME_PRESSURE = 0.1  # [E] the plateau must not have changed by more


@dataclass(frozen=True, slots=True, eq=False)
class Gain:
    """``monitor``: gain of the monitor at each beat against the first beats; ``own``: the beat against those around.

    Both of shape (beats,), 1 where nothing is known. ``steps``: changes of the monitor's gain.
    """

    monitor: Floats
    own: Floats
    steps: int


def gain_of(height: Floats, inflated: Bools, plateau_mmhg: Floats) -> Gain:
    """Find gain steps in the heights of the systolic upstrokes; beats without a height take part in nothing."""
    known = np.isfinite(height) & (height > 0)
    ones = np.ones(height.size)
    if known.sum() < 2 * REACH + 1:
        return Gain(ones, ones, 0)
    index = np.flatnonzero(known)
    log = np.log(height[index])
    steps = _steps(log, inflated[index], plateau_mmhg[index])
    monitor = np.exp(np.interp(np.arange(height.size), index, np.cumsum(steps)))
    own = ones.copy()
    for state in (inflated, ~inflated):
        level = np.where(state, height / monitor, np.nan)
        if np.isfinite(level).any():
            usual = usual_height(level)
            own = np.where(known & state, level / usual, own)
    return Gain(monitor, np.clip(own, 0.3, 2.0), int((steps != 0).sum()))


def _steps(log: Floats, inflated: Bools, plateau: Floats) -> Floats:
    """Change of the logarithm of the gain that takes place between each beat and the one before; mostly 0."""
    steps = np.zeros(log.size)
    windows = sliding_window_view(log, REACH)
    middle = np.median(windows, axis=1)
    spread = np.median(np.abs(windows - middle[:, None]), axis=1)
    at = np.arange(REACH, log.size - REACH + 1)
    change = middle[at] - middle[at - REACH]
    sudden = np.abs(log[at] - log[at - 1]) > 0.5 * np.abs(change)
    steady = (spread[at] < np.abs(change) / 4) & (spread[at - REACH] < np.abs(change) / 4)
    state = sliding_window_view(inflated, 2 * REACH)[at - REACH]
    one_state = state.all(axis=1) | ~state.any(axis=1)
    large = np.abs(change) > np.log(1 + STEP)
    found = large & sudden & steady & one_state & ~_pressure_moved(plateau, at)
    for k in np.flatnonzero(found):
        # Of neighbours that all see the same step only the largest change counts.
        near = slice(max(0, k - REACH), k + REACH + 1)
        if np.abs(change[k]) == np.max(np.where(found[near], np.abs(change[near]), 0.0)):
            steps[at[k]] = change[k]
    return steps


def _pressure_moved(plateau: Floats, at: Ints) -> Bools:
    """True where the plateaus before and after are known and differ; cuffs at rest have none and did not move."""
    before = plateau[np.clip(at - 2, 0, None)]
    after = plateau[np.clip(at + 1, None, plateau.size - 1)]
    return np.asarray(np.abs(after - before) > SAME_PRESSURE * np.fmax(after, before))
