"""The console's triggers against the reference beats: clock, sensitivity, predictive value, delay."""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from devices.gating.beats import Beats, in_seconds
from devices.gating.config import GatingConfig
from devices.gating.figures import share_figure, unknown
from devices.gating.matching import apart_from, match
from devices.gating.report import Bools, Figure, Floats, Reason, Triggers

NO_TRIGGERS = Reason("no_triggers", "The recording holds no trigger events.")
NO_REFERENCE = Reason("no_reference", "No beat of the ECG could be read, so triggers cannot be judged.")
TOO_SHORT = Reason("too_short", "Too few beats over too short a time to measure the drift of the clocks.")
CLOCK_LOST = Reason(
    "clock_lost", "The clocks of signal and events part too far; event timing cannot be given."
)

BLOCK_S = 30.0
SHORTEST_FIT_S = 300.0  # [E] less says nothing about parts per million
STEP_MS = 40.0  # [E] a jump of the delay by more than this is not a drift


@dataclass(frozen=True, slots=True)
class Clock:
    """How the events' clock runs against the signal's: ``rate`` in s/s, to be taken off; ``lost`` if hopeless."""

    drift_ppm: Figure
    rate: float
    lost: bool


def clock_of(triggers_s: Floats, beats: Beats, config: GatingConfig) -> Clock:
    """Fit the usual delay of each half minute by a straight line over time (section 8.9)."""
    middle, delay = _delays(triggers_s, beats.r_s)
    if middle.size < 8 or middle[-1] - middle[0] < SHORTEST_FIT_S:
        return Clock(unknown("ppm", TOO_SHORT), 0.0, False)
    slope, intercept = _theil_sen(middle, delay)
    residual = np.abs(delay - intercept - slope * middle)
    figure = Figure(slope * 1e6, "ppm", int(middle.size), 1.0)
    stepped = float(np.percentile(residual, 90)) * 1000 > STEP_MS
    per_hour = abs(slope) * 3600 * 1000
    if stepped or per_hour > config.drift_limit_ms_per_h:
        return Clock(figure, 0.0 if stepped else slope, True)
    # A slope within its own uncertainty (twice the scatter over the span) is not worth correcting.
    scatter = 1.4826 * float(np.median(residual)) / (float(np.ptp(middle)) * np.sqrt(middle.size / 12))
    worth = per_hour > config.drift_note_ms_per_h and abs(slope) > 2 * scatter
    return Clock(figure, slope if worth else 0.0, False)


def _delays(triggers_s: Floats, r_s: Floats) -> tuple[Floats, Floats]:
    """Middle and usual delay (trigger minus R) of each half minute, following the delay as it moves."""
    if not triggers_s.size or not r_s.size:
        return np.empty(0), np.empty(0)
    block = np.floor(triggers_s / BLOCK_S)
    centre, middles, delays = _usual_delay(triggers_s[block <= block[0] + 2], r_s, 0.0), [], []
    for times in np.split(triggers_s, np.flatnonzero(np.diff(block)) + 1):
        if times.size < 8:
            continue
        centre = _usual_delay(times, r_s, centre)
        middles.append(float(times.mean()))
        delays.append(centre)
    return np.array(middles), np.array(delays)


@njit(cache=True, nogil=True)
def _usual_delay(times_s: Floats, r_s: Floats, centre: float) -> float:
    """Median distance to the nearest R after taking off the delay of the stretch before."""
    near = np.empty(times_s.size)
    count, after = 0, np.searchsorted(r_s, times_s[0] - centre)
    for time_s in times_s:
        moved = time_s - centre
        while after < r_s.size and r_s[after] < moved:
            after += 1
        distance = moved - r_s[min(after, r_s.size - 1)]
        if after > 0 and moved - r_s[after - 1] <= abs(distance):
            distance = moved - r_s[after - 1]
        if abs(distance) < 0.25:
            near[count] = distance
            count += 1
    return centre + (np.median(near[:count]) if count else 0.0)


def _theil_sen(x: Floats, y: Floats) -> tuple[float, float]:
    a, b = np.triu_indices(x.size, 1)
    slope = float(np.median((y[b] - y[a]) / (x[b] - x[a])))
    return slope, float(np.median(y - slope * x))


@dataclass(frozen=True, slots=True, eq=False)
class TriggerMatch:
    """Per beat: ``expected`` (a trigger could be asked for), ``matched``, ``delay_s``. Per trigger: ``judged``, ``true``."""

    expected: Bools
    matched: Bools
    delay_s: Floats
    judged: Bools
    true: Bools
    trigger_s: Floats


def match_triggers(
    triggers_s: Floats, beats: Beats, usable: Bools, silent: Bools, config: GatingConfig
) -> TriggerMatch:
    """Match triggers, less their usual delay, one-to-one with the reference.

    Beats in seconds that are ``silent`` (paused, or their events never arrived) are not expected to trigger;
    triggers near a beat that only one detector saw are not judged.
    """
    window = config.match_window_ms / 1000
    delay = np.full(beats.n, np.nan)
    expected, matched = np.zeros(beats.n, dtype=np.bool_), np.zeros(beats.n, dtype=np.bool_)
    if not triggers_s.size or not beats.n:
        return TriggerMatch(
            expected,
            matched,
            delay,
            np.zeros(triggers_s.size, np.bool_),
            np.zeros(triggers_s.size, np.bool_),
            triggers_s,
        )
    usual = _usual_delay(triggers_s, beats.r_s, 0.0)
    in_t, in_r = match(triggers_s - usual, beats.r_s, window)
    matched[in_r] = True
    delay[in_r] = triggers_s[in_t] - beats.r_s[in_r]
    true = np.zeros(triggers_s.size, dtype=np.bool_)
    true[in_t] = True
    moved = triggers_s - usual
    judged = in_seconds(moved, usable) & apart_from(moved, beats.disputed_s, window)
    within = (beats.r_s >= moved[0] - window) & (beats.r_s <= moved[-1] + window)
    expected = within & ~in_seconds(beats.r_s, silent) | matched
    return TriggerMatch(expected, matched, delay, judged | true, true, triggers_s)


def triggers_of(
    found: TriggerMatch, missed_by: dict[str, int], clock: Clock, config: GatingConfig
) -> Triggers:
    """Shares with Wilson intervals; delay and jitter only where the clocks can be trusted."""
    reason = NO_REFERENCE if found.trigger_s.size else NO_TRIGGERS
    delay_ms = found.delay_s[found.matched] * 1000
    if clock.lost:
        return _unknown_triggers(CLOCK_LOST, missed_by)
    sensitivity = share_figure(found.matched[found.expected], of=found.matched.size, reason=reason)
    ppv = share_figure(found.true[found.judged], of=found.trigger_s.size, reason=reason)
    if not delay_ms.size:
        return replace(_unknown_triggers(reason, missed_by), sensitivity=sensitivity, ppv=ppv)
    low, middle, high = (float(q) for q in np.percentile(delay_ms, [25, 50, 75]))
    off = np.abs(delay_ms - middle)
    n, coverage = int(delay_ms.size), min(1.0, delay_ms.size / max(1, found.matched.size))
    return Triggers(
        sensitivity,
        ppv,
        share_figure(off <= config.on_time_window_ms, of=int(found.expected.sum())),
        Figure(middle, "ms", n, coverage, low, high),
        Figure(float(np.percentile(off, 95)), "ms", n, coverage),
        sum(missed_by.values()),
        missed_by,
        int((found.judged & ~found.true).sum()),
    )


def _unknown_triggers(reason: Reason, missed_by: dict[str, int]) -> Triggers:
    share, time = unknown("1", reason), unknown("ms", reason)
    return Triggers(share, share, share, time, time, 0, dict.fromkeys(missed_by, 0), 0)
