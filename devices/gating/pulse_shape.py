"""Which pulses can be read: likeness to the session's own pulses, and noise.

The template is built from this recording's own beats, inflated or not: a counterpulsed pulse looks
nothing like a textbook pulse. Premature beats are excused from the likeness, or every one would be called bad.
"""

import numpy as np

from devices.gating.beats import Beats
from devices.gating.config import GatingConfig
from devices.gating.kernels import unit_rows
from devices.gating.matching import samples_in, start_index
from devices.gating.pulse import Pulses
from devices.gating.quality import NOISY, SHAPE, SecondMap, mark_beats
from devices.gating.report import Bools, Floats

TEMPLATE_S = 0.5
FEWEST = 10  # [E] fewer beats make no template


def readable_pulses(
    pulses: Pulses, beats: Beats, inflated: Bools, premature: Bools, pleth: SecondMap, config: GatingConfig
) -> Bools:
    """Measurable pulses that can be read; the seconds of those that cannot are marked in ``pleth``."""
    noisy = pulses.noise_share > config.pleth_noise_share
    near_ectopic = premature.copy()
    near_ectopic[1:] |= premature[:-1]
    unlike = (_likeness(pulses, inflated) < config.pleth_correlation) & ~near_ectopic
    lost = ~np.isfinite(pulses.foot_s) & np.isfinite(beats.rr_s) & ~near_ectopic
    if pulses.lag_s is not None:
        from_s = beats.r_s + pulses.lag_s
        to_s = from_s + np.where(np.isfinite(beats.rr_s), beats.rr_s, 0.0)
        mark_beats(pleth, from_s, to_s, noisy, NOISY)
        mark_beats(pleth, from_s, to_s, (unlike | lost) & ~noisy, SHAPE)
    return np.asarray(pulses.measurable & ~noisy & ~unlike & _inside(pulses, pleth))


def _inside(pulses: Pulses, pleth: SecondMap) -> Bools:
    """Pulses of which no second is missing, flat or clipped (codes of the samples alone)."""
    bad = ~pleth.readable & (pleth.codes != SHAPE) & (pleth.codes != NOISY)
    until = np.concatenate(([0], np.cumsum(bad)))
    last = max(0, bad.size - 1)
    a, b = (
        np.clip(np.floor(np.where(np.isfinite(t), t, 0.0)), 0, last).astype(np.int64)
        for t in (pulses.foot_s, pulses.next_foot_s)
    )
    if not bad.size:
        return np.zeros(pulses.foot_s.size, dtype=np.bool_)
    return np.asarray(until[b + 1] == until[a])


def _likeness(pulses: Pulses, inflated: Bools) -> Floats:
    """Correlation of each pulse's first half second with the middle pulse of its kind; 1 where it has none."""
    start, width = start_index(pulses.trace, pulses.foot_s), samples_in(pulses.trace, TEMPLATE_S)
    shape, size = unit_rows(pulses.smooth, start, width, False)
    whole = pulses.measurable & np.isfinite(size) & (size > 0)
    result = np.ones(pulses.foot_s.size)
    for kind in (inflated, ~inflated):
        chosen = whole & kind
        if chosen.sum() < FEWEST:
            continue
        unit = shape[chosen]
        middle = np.median(unit[:: max(1, unit.shape[0] // 500)], axis=0)
        result[chosen] = unit @ middle / max(float(np.linalg.norm(middle)), 1e-12)
    return result
