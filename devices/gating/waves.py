"""The diastolic wave: where it starts, and how high it stands against the systolic one (section 8.4)."""

from dataclasses import dataclass

import numpy as np

from devices.gating.calibration import Calibration
from devices.gating.config import GatingConfig
from devices.gating.ejection import notch_near
from devices.gating.gain import Gain
from devices.gating.kernels import wave_sizes
from devices.gating.matching import rows, start_index
from devices.gating.pulse import Pulses, first_fall, last_bend, trace_values
from devices.gating.report import Bools, Floats
from devices.gating.template import Template, rises_of

EARLIEST_S, LATEST_S = -0.25, 0.20  # [E] where augmentation may begin, around aortic closure
RISE_S = 0.1  # [E] from its beginning to its steepest rise at most


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Per beat, NaN where not found: foot, aortic closure and start of augmentation in the finger, and the ratios."""

    foot_s: Floats
    notch_s: Floats
    start_s: Floats
    notch_seen: Bools
    ds_peak: Floats
    ds_area: Floats

    @classmethod
    def nothing(cls, n: int) -> "Waves":
        none = np.full(n, np.nan)
        return cls(none, none, none, np.zeros(n, dtype=np.bool_), none, none)


def waves_of(
    pulses: Pulses,
    calibration: Calibration,
    before_s: Floats,
    readable: Bools,
    inflated: Bools,
    gain: Gain,
    config: GatingConfig,
) -> Waves:
    """Measure every readable beat; only inflated beats can have an augmentation.

    With the session's own unassisted pulse the augmentation is what a beat has above it. Without one, the second
    upstroke of the beat itself has to do, and its foot is drawn towards a notch near by.
    """
    ejection_s = calibration.ejection.of(before_s)
    notch = np.where(readable, pulses.timed_foot_s + ejection_s, np.nan)
    seen = np.zeros(notch.size, dtype=np.bool_)
    if calibration.template is not None:
        start = _start_above_template(pulses, calibration.template, ejection_s, notch, gain, config)
        start = np.where(inflated, start, np.nan)
    else:
        start = np.where(inflated, _augmented_start(pulses, notch, config), np.nan)
        notch, seen = _with_visible_notch(pulses, notch, start, config)
    # Without a visible second upstroke diastole begins where the valve closes.
    diastole = np.where(np.isfinite(start), start, notch)
    ds_peak, ds_area = _ratios(pulses, diastole, notch)
    foot = np.where(readable, pulses.timed_foot_s, np.nan)
    return Waves(foot, notch, start, seen, ds_peak, ds_area)


def _start_above_template(
    pulses: Pulses, template: Template, ejection_s: Floats, notch: Floats, gain: Gain, config: GatingConfig
) -> Floats:
    """Where each pulse leaves its unassisted twin for good, NaN where it does not rise enough above it."""
    until_s = np.fmin(notch + LATEST_S + RISE_S, pulses.next_foot_s - 0.04)
    rises = rises_of(
        pulses.trace,
        pulses.slope,
        template,
        pulses.anchor_s,
        ejection_s,
        gain.monitor * gain.own,
        until_s,
    )
    least = np.maximum(config.augmentation_upstroke_share, 3 * pulses.noise_share) * pulses.height
    within = (rises.start_s >= notch + EARLIEST_S) & (rises.start_s <= notch + LATEST_S)
    return np.where(within & (rises.height >= least), rises.start_s, np.nan)


def _augmented_start(pulses: Pulses, notch: Floats, config: GatingConfig) -> Floats:
    """Foot of the second upstroke near aortic closure, NaN where there is none of sufficient height."""
    trace = pulses.trace
    from_s = np.fmax(notch + EARLIEST_S, pulses.descent_s)
    to_s = np.fmin(notch + LATEST_S + RISE_S, pulses.next_foot_s - 0.04)
    cut = rows(trace, pulses.slope, from_s, 0.5)
    time = (start_index(trace, from_s)[:, None] + np.arange(cut.shape[1])[None, :]) / trace.rate_hz
    cut = np.where(np.isfinite(cut) & (time <= to_s[:, None]), cut, -np.inf)
    at = np.argmax(cut, axis=1)
    row = np.arange(cut.shape[0])
    upstroke = np.where(cut[row, at] > 0, time[row, at], np.nan)
    start = last_bend(trace, pulses.bend, upstroke, 0.16, not_before_s=pulses.descent_s)
    top = first_fall(trace, pulses.slope, upstroke)
    rise = trace_values(trace, pulses.smooth, top) - trace_values(trace, pulses.smooth, start)
    least = np.maximum(config.augmentation_upstroke_share, 3 * pulses.noise_share) * pulses.height
    within = (start >= notch + EARLIEST_S) & (start <= notch + LATEST_S)
    return np.where(within & (rise >= least), start, np.nan)


def _with_visible_notch(
    pulses: Pulses, notch: Floats, start: Floats, config: GatingConfig
) -> tuple[Floats, Bools]:
    """In late beats the notch may show before the augmentation: then it is used, rather than the expected one."""
    late = start - notch > config.inflation_late_ms / 1000
    seen_s = notch_near(pulses, np.where(late, notch, np.nan), 0.06, start - 0.05)
    bend_seen = trace_values(pulses.trace, pulses.bend, seen_s)
    bend_start = trace_values(pulses.trace, pulses.bend, start)
    seen = np.isfinite(seen_s) & (bend_seen >= 0.2 * bend_start)
    return np.where(seen, seen_s, notch), seen


def _ratios(pulses: Pulses, diastole: Floats, notch: Floats) -> tuple[Floats, Floats]:
    """Diastolic over systolic: by peak, and by area; baseline is the straight line from foot to next foot."""
    systole = np.fmin(diastole, notch)
    sizes = wave_sizes(
        pulses.smooth, pulses.trace.rate_hz, pulses.foot_s, pulses.next_foot_s, systole, diastole
    )
    systolic, diastolic, before, after = sizes.T
    # A wave that never rises above the line has no height.
    return _quotient(np.maximum(diastolic, 0.0), systolic), _quotient(after, before)


def _quotient(above: Floats, below: Floats) -> Floats:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
