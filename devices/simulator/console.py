"""A counterpulsation console: it sees the ECG only as it comes, and may therefore err.

Nothing here looks ahead in time, and nothing is shared with ``heart``: the triggers are the console's opinion.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import signal

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
    target_mmhg : the pressure aimed at.
    """

    inflate_s: tuple[float, float, float]
    deflate_s: float
    target_mmhg: float


def strokes(trigger_s: Times, settings: Settings) -> list[Stroke]:
    """What the console commands on these triggers."""
    return list(_strokes(trigger_s, _predicted_rr(trigger_s), settings))


def _predicted_rr(trigger_s: Times) -> Times:
    """The RR that the console expects after each trigger: the median of the last eight; NaN while learning."""
    expected = np.full(trigger_s.size, np.nan)
    if trigger_s.size > _BEATS_TO_PREDICT:
        windows = sliding_window_view(np.diff(trigger_s), _BEATS_TO_PREDICT)
        expected[_BEATS_TO_PREDICT:] = np.median(windows, axis=1)
    return expected


def _strokes(trigger_s: Times, expected_rr: Times, settings: Settings) -> Iterator[Stroke]:
    spacing = settings.spacing_ms / 1000
    next_trigger = np.append(trigger_s, np.inf)[1:]
    started_s = 0.0
    for trigger, rr, following in zip(
        trigger_s.tolist(), expected_rr.tolist(), next_trigger.tolist(), strict=True
    ):
        if np.isnan(rr) or trigger < settings.unassisted_s:
            continue
        started_s = started_s or trigger
        # From R to the closing of the aortic valve, 506 - 2.1 HR in ms: Weissler's QS2 less 40 ms from Q to R.
        closing = trigger + 0.506 - 0.0021 * 60 / rr
        calf = max(closing - settings.inflation_lead_ms / 1000, trigger + 0.02)
        release = trigger + rr - settings.deflation_lead_ms / 1000
        if release - (calf + 2 * spacing) < _SHORTEST_INFLATION_S:
            continue
        # The injected shifts stand for slow or hasty valves: they come after every decision of the console.
        calf += settings.inflation_shift_ms / 1000
        release = min(release, following + _RELEASE_DELAY_S) + settings.deflation_shift_ms / 1000
        opened = [calf + place * spacing for place in range(3)]
        if opened[0] < release:
            first, second, third = (time if time < release else np.nan for time in opened)
            yield Stroke((first, second, third), release, _target(trigger - started_s, settings))


def _target(treated_s: float, settings: Settings) -> float:
    """Pressure aimed at after so long a treatment: steps of 20 mmHg from 80 up to the prescribed one."""
    steps = max(0.0, (settings.pressure_mmhg - _FIRST_STEP_MMHG) / _STEP_MMHG)
    share = 1.0 if settings.ramp_s == 0 else min(1.0, treated_s / settings.ramp_s)
    return min(settings.pressure_mmhg, _FIRST_STEP_MMHG + _STEP_MMHG * float(np.ceil(steps * share)))
