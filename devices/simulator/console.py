"""A counterpulsation console: it sees the ECG only as it comes, and may therefore err.

Nothing here looks ahead in time, and nothing is shared with ``heart``: the triggers are the console's opinion.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import signal

from devices.simulator.limits import Intervals
from devices.simulator.settings import Settings
from devices.waveform import Channel, Cuff

Times = NDArray[np.float64]

CUFFS = (Cuff.CALF, Cuff.THIGH, Cuff.HIP)
_REFRACTORY_S = 0.25
_LEARN_S = 2.0  # the first threshold comes from the first two seconds, in which nothing is triggered
_RELEASE_DELAY_S = 0.006  # from an early R wave to the valve
_SHORTEST_INFLATION_S = 0.1  # less time than this between the hip valve and release: the beat is skipped
_BEATS_TO_PREDICT = 8
_FIRST_STEP_MMHG = 80
_STEP_MMHG = 20


def triggers(ecg: Channel) -> Times:
    """Times at which a real-time detector fires, in seconds.

    Causal band-pass, size of the slope, a threshold at 0.4 of the running height of earlier beats that halves
    each second without a beat, and a refractory time.
    """
    rate = ecg.rate_hz
    learn, refractory = round(_LEARN_S * rate), round(_REFRACTORY_S * rate)
    if ecg.samples.size <= learn:
        return np.empty(0)
    sos = signal.butter(2, [8.0, min(30.0, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    filtered = np.asarray(signal.sosfilt(sos, np.nan_to_num(ecg.samples)), dtype=np.float64)
    slope = np.abs(np.diff(filtered, prepend=0.0))
    height = float(np.max(slope[learn // 4 : learn]))
    fired: list[int] = []
    at = learn
    while at < slope.size:
        window = slope[at : at + round(rate)]
        over = window > max(0.4 * height, 1e-6)
        if not over.any():
            height *= 0.5
            at += window.size
            continue
        at += int(np.argmax(over))
        fired.append(at)
        seen = float(np.max(slope[at : at + refractory]))
        height += 0.2 * (min(seen, 2 * height) - height)  # one artefact must not deafen the detector
        at += refractory
    return np.array(fired, dtype=np.float64) / rate


def on_beats(r_s: Times, settings: Settings, rng: np.random.Generator) -> Times:
    """Triggers of a console that misses nothing: each true R, its latency and jitter later."""
    late = settings.trigger_latency_ms + settings.trigger_jitter_ms * rng.standard_normal(r_s.size)
    return np.sort(r_s + np.maximum(late, 0.0) / 1000)


def with_errors(fired_s: Times, settings: Settings, rng: np.random.Generator) -> Times:
    """Triggers with some lost and some false ones between two beats, as the settings ask."""
    lost = rng.random(fired_s.size) < settings.missed_trigger_share
    followed = rng.random(max(fired_s.size - 1, 0)) < settings.extra_trigger_share
    place = rng.uniform(0.4, 0.75, followed.size)
    extra = (fired_s[:-1] + place * np.diff(fired_s))[followed]
    return np.sort(np.concatenate((fired_s[~lost], extra)))


@dataclass(frozen=True, slots=True)
class Stroke:
    """One inflation and release of the cuffs.

    Attributes
    ----------
    inflate_s : seconds at which the valve of each of ``CUFFS`` opens; NaN where a release came first.
    deflate_s : seconds at which all cuffs are released.
    target_mmhg : the pressure that the cuffs go to.
    """

    inflate_s: tuple[float, float, float]
    deflate_s: float
    target_mmhg: float


def strokes(trigger_s: Times, settings: Settings, rng: np.random.Generator | None = None) -> list[Stroke]:
    """What the console commands on these triggers; ``rng`` is for the injected jitter."""
    jitter = np.zeros((2, trigger_s.size))
    if rng is not None:
        jitter = np.clip(rng.standard_normal(jitter.shape), -3, 3)
    size = np.array([[settings.inflation_jitter_ms], [settings.deflation_jitter_ms]]) / 1000
    return list(_strokes(trigger_s, _predicted_rr(trigger_s), jitter * size, settings))


def tuning_s(trigger_s: Times, closing_s: Times) -> float:
    """How long after the true closing of the aortic valve the console expects it, seconds (median).

    What an operator takes off by sight, with the pulse wave before the eyes.
    """
    expected = trigger_s + closing_after_trigger_s(_predicted_rr(trigger_s))
    before = np.searchsorted(closing_s, expected)
    near = np.stack([closing_s[np.clip(before + k, 0, closing_s.size - 1)] for k in (-1, 0)])
    error = expected - near
    nearest = np.where(np.abs(error[0]) < np.abs(error[1]), error[0], error[1])
    return float(np.nanmedian(nearest)) if np.isfinite(nearest).any() else 0.0


def closing_after_trigger_s(rr_s: Times) -> Times:
    """From R to the closing of the aortic valve, 506 - 2.1 HR in ms: Weissler's QS2 less 40 ms from Q to R."""
    return np.asarray(0.506 - 0.0021 * 60 / rr_s)


def _predicted_rr(trigger_s: Times) -> Times:
    """The RR that the console expects after each trigger: the median of the last eight; NaN while learning."""
    expected = np.full(trigger_s.size, np.nan)
    if trigger_s.size > _BEATS_TO_PREDICT:
        windows = sliding_window_view(np.diff(trigger_s), _BEATS_TO_PREDICT)
        expected[_BEATS_TO_PREDICT:] = np.median(windows, axis=1)
    return expected


def _strokes(trigger_s: Times, expected_rr: Times, jitter: Times, settings: Settings) -> Iterator[Stroke]:
    spacing = settings.spacing_ms / 1000
    closing_s = trigger_s + closing_after_trigger_s(expected_rr)
    lead = settings.inflation_lead_ms / 1000
    release_s = trigger_s + expected_rr - settings.deflation_lead_ms / 1000
    started_s = 0.0
    columns = (trigger_s, closing_s, release_s, np.append(trigger_s, np.inf)[1:], *jitter)
    for trigger, closing, release, following, hasty, slow in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        if np.isnan(closing) or trigger < settings.unassisted_s or _paused(trigger, settings.paused_s):
            continue
        started_s = started_s or trigger
        calf = max(closing - lead, trigger + 0.02)
        if release - (calf + 2 * spacing) < _SHORTEST_INFLATION_S:
            continue
        # The injected shifts stand for slow or hasty valves: they come after every decision of the console.
        calf += settings.inflation_shift_ms / 1000 + hasty
        released = min(release, following + _RELEASE_DELAY_S) + settings.deflation_shift_ms / 1000 + slow
        opened = [calf + place * spacing for place in range(3)]
        if opened[0] < released:
            first, second, third = (time if time < released else np.nan for time in opened)
            yield Stroke((first, second, third), released, _target(trigger - started_s, settings))


def _paused(time_s: float, paused_s: Intervals) -> bool:
    return any(start <= time_s < stop for start, stop in paused_s)


def _target(treated_s: float, settings: Settings) -> float:
    """Pressure reached after so long a treatment: steps of 20 mmHg from 80 up to the prescribed one."""
    steps = max(0.0, (settings.pressure_mmhg - _FIRST_STEP_MMHG) / _STEP_MMHG)
    share = 1.0 if settings.ramp_s == 0 else min(1.0, treated_s / settings.ramp_s)
    aimed = min(settings.pressure_mmhg, _FIRST_STEP_MMHG + _STEP_MMHG * float(np.ceil(steps * share)))
    return aimed * settings.delivered_share
