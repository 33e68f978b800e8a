"""The size of each pulse: changes of the monitor's own gain, and how much each beat differs from those around.

A monitor with automatic gain redraws the pulse larger or smaller from one beat to the next. Ratios formed inside one
beat do not care; whatever compares a beat with another one does. A change of gain scales the whole pulse alike; what
the cuffs or the heart change, they change in one part of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from devices.gating.medians import levels
from devices.gating.pulse import usual_height
from devices.gating.report import Bools, Floats, Ints

STEP = 0.15  # [E] least change of size in one beat that is called a change of gain
REACH = 8  # [E] beats on either side
ALIKE = 0.25  # [E] how far two measures of the size may differ on a change, as share of it
SAME_PRESSURE = 0.1  # [E] the plateau must not have changed by more


@dataclass(frozen=True, slots=True, eq=False)
class Gain:
    """``monitor``: gain of the monitor at each beat against the first beats; ``own``: the beat against those around.

    Both of shape (beats,), 1 where nothing is known. ``steps``: changes of the monitor's gain.
    """

    monitor: Floats
    own: Floats
    steps: int


def gain_of(height: Floats, span: Floats, inflated: Bools, plateau_mmhg: Floats) -> Gain:
    """Find steps of the gain; beats whose size is not known take part in nothing.

    ``height``: of the systolic upstroke. ``span``: from the lowest to the highest point of the whole pulse.
    """
    known = np.isfinite(height) & (height > 0) & np.isfinite(span) & (span > 0)
    ones = np.ones(height.size)
    if known.sum() < 2 * REACH + 1:
        return Gain(ones, ones, 0)
    index = np.flatnonzero(known)
    steps = _steps(np.log(height[index]), np.log(span[index]), inflated[index], plateau_mmhg[index])
    monitor = np.exp(np.interp(np.arange(height.size), index, np.cumsum(steps)))
    own = ones.copy()
    for state in (inflated, ~inflated):
        level = np.where(state, height / monitor, np.nan)
        if np.isfinite(level).any():
            usual = usual_height(level)
            own = np.where(known & state, level / usual, own)
    return Gain(monitor, np.clip(own, 0.3, 2.0), int((steps != 0).sum()))


def _steps(height: Floats, span: Floats, inflated: Bools, plateau: Floats) -> Floats:
    """Change of the logarithm of the gain that takes place between each beat and the one before; mostly 0."""
    steps = np.zeros(height.size)
    at = np.arange(REACH, height.size - REACH + 1)
    change, steady = _changes(height, at)
    of_span, span_steady = _changes(span, at)
    alike = np.abs(change - of_span) < ALIKE * np.abs(of_span)
    state = sliding_window_view(inflated, 2 * REACH)[at - REACH]
    one_state = state.all(axis=1) | ~state.any(axis=1)
    large = np.abs(of_span) > np.log(1 + STEP)
    found = large & alike & steady & span_steady & one_state & ~_pressure_moved(plateau, at)
    for k in np.flatnonzero(found):
        # Of neighbours that all see the same step only the largest change counts.
        near = slice(max(0, k - REACH), k + REACH + 1)
        if np.abs(of_span[k]) == np.max(np.where(found[near], np.abs(of_span[near]), 0.0)):
            steps[at[k]] = of_span[k]
    return steps


def _changes(log: Floats, at: Ints) -> tuple[Floats, Bools]:
    """Change of level at each place, and whether it is one sudden step between two steady levels."""
    middle, spread = levels(log, REACH)
    change = middle[at] - middle[at - REACH]
    sudden = np.abs(log[at] - log[at - 1] - change) < 0.5 * np.abs(change)
    steady = np.maximum(spread[at], spread[at - REACH]) < np.abs(change) / 3
    return change, np.asarray(sudden & steady)


def _pressure_moved(plateau: Floats, at: Ints) -> Bools:
    """True where the plateaus before and after are known and differ; cuffs at rest have none and did not move."""
    before = plateau[np.clip(at - 2, 0, None)]
    after = plateau[np.clip(at + 1, None, plateau.size - 1)]
    return np.asarray(np.abs(after - before) > SAME_PRESSURE * np.fmax(after, before))
