"""What an averaged beat is: a drawn pulse with its marks. Apart from the engine, so that a page which shows one need not
load it.
"""

from dataclasses import dataclass

import numpy as np

from devices.gating.report import Floats

BEFORE_MS, AFTER_MS, STEP_MS = 150, 1000, 10
#: Milliseconds from the systolic foot at which an average has its points.
OFFSETS_MS: Floats = np.arange(-BEFORE_MS, AFTER_MS + STEP_MS, STEP_MS, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class AverageBeat:
    """One averaged pulse.

    Attributes
    ----------
    n, of : int
        Beats that entered, and beats of this kind in the stretch.
    augmented : int
        Of the beats that entered, those with a visible second upstroke.
    level : ndarray, shape of ``OFFSETS_MS``
        Height above the foot as a share of the systolic peak of this average; NaN where fewer than half of
        the beats reach, and everywhere if fewer than ``FEWEST`` entered.
    foot_ms : float
        Median time from R to the systolic foot.
    notch_ms, augmentation_ms, next_foot_ms : float
        Median times from the foot to aortic closure, to the start of the augmentation, and to the next foot.
        NaN where not known; the augmentation's too where fewer than half of the beats show it.
    """

    n: int
    of: int
    augmented: int
    level: Floats
    foot_ms: float
    notch_ms: float
    augmentation_ms: float
    next_foot_ms: float

    @property
    def is_drawn(self) -> bool:
        return bool(np.isfinite(self.level).any())


@dataclass(frozen=True, slots=True, eq=False)
class BeatAverages:
    """The usual inflated beat of the whole recording and of each of its minutes, and the usual unassisted one."""

    whole: AverageBeat
    unassisted: AverageBeat
    minutes: tuple[AverageBeat, ...]


NOTHING = AverageBeat(0, 0, 0, np.full(OFFSETS_MS.size, np.nan), np.nan, np.nan, np.nan, np.nan)
