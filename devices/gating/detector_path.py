"""The middle of the detector: which candidates are beats, found as the likeliest path through all of them.

Each candidate carries evidence, the log of how much likelier it is to be a QRS than noise. Each step of the path
earns the log density of its RR interval over that of noise. Where the ECG is clean the evidence decides alone;
where noise hides the beats their rhythm decides with it.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from devices.gating.report import Floats, Ints

SHORTEST_RR_S = 0.2  # [E] no heart beats twice within this time
LONGEST_RR_S = 3.0  # [E] longer is a pause, whatever its length
_COMPANION_S = 0.45  # [E] P and T waves lie nearer to their QRS than this
_SURE_COMPANION_S = 0.33  # [E] nearer than this even a broad and tall wave is one


class Prior(NamedTuple):
    """Log density of log(RR / usual RR) at ``low + step * k``."""

    log_density: Floats
    low: float
    step: float


class Premature(NamedTuple):
    """Premature beats with the pause that makes up for them: both intervals together last two usual ones."""

    log_share: float  # of all beats
    log_total_sd: float  # scatter of log(both intervals / two usual ones)
    earliest: float  # shares of the usual interval that a premature beat takes
    latest: float


class Costs(NamedTuple):
    """What steps of the path cost, as log likelihood."""

    pause: float  # of an interval longer than LONGEST_RR_S
    pause_hz: float  # and of each further second
    run: float  # log share of the intervals that are like the one before because they are of a run of their own
    run_sd: float  # scatter of log(RR / RR before) in it
    noise_hz: float  # candidates that noise makes in a second
    companion: float  # of taking a P or T wave beside its QRS for a beat
    companion_apart: float  # log ratio of sharpness from which on two neighbours may be QRS and companion
    broad_margin: float  # log ratio of broad energy up to which the less sharp one is no beat of its own


class Model(NamedTuple):
    """Gaussian in log energy of a beat, and the greatest evidence for or against it."""

    sd_below: float
    sd_above: float
    cap: float


@njit(cache=True, nogil=True)
def best_path(
    at_s: Floats,
    sharp: Floats,
    broad: Floats,
    evidence: Floats,
    usual_s: Floats,
    prior: Prior,
    premature: Premature,
    costs: Costs,
) -> Ints:
    """Indices of the candidates on the path of greatest total evidence; empty where nothing is worth a beat.

    ``at_s`` ascends; ``sharp`` and ``broad`` are log energies, ``usual_s`` the RR expected at each candidate.
    """
    n = at_s.size
    best = np.empty(n)
    back = np.empty(n, dtype=np.int64)
    between = np.full(n, -1)  # the premature beat of a step of two intervals
    before = np.empty(n)  # log of the last interval of the best path to each
    log_run_sd, log_noise_hz = np.log(costs.run_sd * np.sqrt(2 * np.pi)), np.log(costs.noise_hz)
    # The best path that ended more than LONGEST_RR_S ago, as if it had ended at LONGEST_RR_S: pauses cost by length.
    far_best, far_at, far_next = 0.0, -1, 0
    for i in range(n):
        while at_s[i] - at_s[far_next] > LONGEST_RR_S:
            ended = best[far_next] + costs.pause_hz * (at_s[far_next] + LONGEST_RR_S)
            if ended > far_best:
                far_best, far_at = ended, far_next
            far_next += 1
        log_usual = np.log(usual_s[i])
        top, top_at = far_best - costs.pause_hz * at_s[i] + (costs.pause if far_at >= 0 else 0.0), far_at
        for j in range(i - 1, far_next - 1, -1):
            rr = at_s[i] - at_s[j]
            if rr < SHORTEST_RR_S:
                continue
            log_rr = np.log(rr)
            # In a run an interval is like the one before it, whatever the usual one is.
            run = costs.run - log_run_sd - 0.5 * ((log_rr - before[j]) / costs.run_sd) ** 2
            gain = max(_interval_gain(log_rr - log_usual, prior), run) - log_rr - log_noise_hz
            gain -= _companion_cost(rr, sharp[i] - sharp[j], broad[i] - broad[j], costs)
            if best[j] + gain > top:
                top, top_at = best[j] + gain, j
        gain, j, k = _best_premature(i, at_s, sharp, broad, evidence, best, usual_s[i], premature, costs)
        if gain > top:
            top, top_at, between[i] = gain, j, k
        best[i] = top + evidence[i]
        back[i] = top_at
        last = max(top_at, between[i])  # -1 where the path begins
        before[i] = np.log(at_s[i] - at_s[last]) if last >= 0 else np.inf
    for j in range(far_next, n):
        ended = best[j] + costs.pause_hz * at_s[j]
        if ended > far_best:
            far_best, far_at = ended, j
    return _walked(back, between, far_at)


@njit(cache=True, nogil=True)
def _best_premature(
    i: int,
    at_s: Floats,
    sharp: Floats,
    broad: Floats,
    evidence: Floats,
    best: Floats,
    usual_s: float,
    premature: Premature,
    costs: Costs,
) -> tuple[float, int, int]:
    """The best path to ``i`` over a premature beat ``k`` after ``j``, less the evidence of ``i``: its total, j, k."""
    most = np.exp(3 * premature.log_total_sd)
    top, top_at, top_between = -np.inf, -1, -1
    for j in range(i - 2, -1, -1):
        total = (at_s[i] - at_s[j]) / (2 * usual_s)
        if total > most:
            break
        if total < 1 / most:
            continue
        for k in range(j + 1, i):
            first, second = at_s[k] - at_s[j], at_s[i] - at_s[k]
            if first > premature.latest * usual_s:
                break
            if first < max(premature.earliest * usual_s, SHORTEST_RR_S) or second < SHORTEST_RR_S:
                continue
            gain = _premature_gain(first, second, usual_s, premature)
            gain -= np.log(first * second * costs.noise_hz**2)
            gain -= _companion_cost(first, sharp[k] - sharp[j], broad[k] - broad[j], costs)
            gain -= _companion_cost(second, sharp[i] - sharp[k], broad[i] - broad[k], costs)
            gain += best[j] + evidence[k]
            if gain > top:
                top, top_at, top_between = gain, j, k
    return top, top_at, top_between


@njit(cache=True, nogil=True)
def _walked(back: Ints, between: Ints, end: int) -> Ints:
    path = np.empty(back.size, dtype=np.int64)
    first = back.size
    while end >= 0:
        first -= 1
        path[first] = end
        if between[end] >= 0:
            first -= 1
            path[first] = between[end]
        end = back[end]
    return path[first:]


@njit(cache=True, nogil=True)
def _premature_gain(first: float, second: float, usual: float, premature: Premature) -> float:
    """Log density of log(first) and log(second), the intervals before and after a premature beat."""
    apart = np.log((first + second) / (2 * usual)) / premature.log_total_sd
    height = premature.log_total_sd * np.sqrt(2 * np.pi) * np.log(premature.latest / premature.earliest)
    gain: float = premature.log_share - 0.5 * apart * apart - np.log(height * (first + second) / second)
    return gain


@njit(cache=True, nogil=True)
def _interval_gain(log_ratio: float, prior: Prior) -> float:
    """Log density of log(RR / usual RR)."""
    x = (log_ratio - prior.low) / prior.step
    k = min(max(int(x), 0), prior.log_density.size - 2)
    part = min(max(x - k, 0.0), 1.0)
    gain: float = prior.log_density[k] + part * (prior.log_density[k + 1] - prior.log_density[k])
    return gain


@njit(cache=True, nogil=True)
def _companion_cost(rr: float, sharper: float, broader: float, costs: Costs) -> float:
    """Cost of two beats so near, where one is much less sharp and no broader: it is the other's P or T wave."""
    apart = abs(sharper) - costs.companion_apart
    if apart <= 0 or rr >= _COMPANION_S:
        return 0.0
    if sharper > 0:  # seen from the less sharp one
        broader = -broader
    slight = min(max(2.0 * (costs.broad_margin - broader), 0.0), 1.0)
    sure = 1.0 - min(max((rr - _SURE_COMPANION_S) / 0.05, 0.0), 1.0)
    near = min(1.0, (_COMPANION_S - rr) / 0.1)
    return costs.companion * min(2.0 * apart, 1.0) * near * (slight + (1.0 - slight) * sure)


@njit(cache=True, nogil=True)
def evidence_of(level: Floats, beat: Floats, noise: Floats, noise_sd: Floats, model: Model) -> Floats:
    """Log likelihood ratio of beat against noise from log energy alone; below the usual noise is no more than noise."""
    out = np.empty(level.size)
    for i in range(level.size):
        z = level[i] - beat[i]
        sd = model.sd_below if z < 0 else model.sd_above
        above = max((level[i] - noise[i]) / noise_sd[i], 0.0)
        value = -0.5 * (z / sd) ** 2 + 0.5 * above * above - np.log(sd / noise_sd[i])
        if value > model.cap:  # what is certain stays comparable: a QRS with its own P wave
            value = min(model.cap + 0.25 * (value - model.cap), 1.5 * model.cap)
        out[i] = max(value, -model.cap)
    return out


@njit(cache=True, nogil=True)
def around(at_s: Floats, value: Floats, weight: Floats, tau_s: float) -> tuple[Floats, Floats]:
    """Weighted mean of ``value`` around each time, weights falling to 1/e in ``tau_s``; and the weight it stands on.

    Weights must be positive.
    """
    n = at_s.size
    top, bottom = np.zeros(n), np.zeros(n)
    a = b = 0.0
    for i in range(n):
        fade = np.exp(-(at_s[i] - at_s[i - 1]) / tau_s) if i else 0.0
        a = a * fade + weight[i] * value[i]
        b = b * fade + weight[i]
        top[i] += a
        bottom[i] += b
    a = b = 0.0
    for i in range(n - 2, -1, -1):
        fade = np.exp(-(at_s[i + 1] - at_s[i]) / tau_s)
        a = (a + weight[i + 1] * value[i + 1]) * fade
        b = (b + weight[i + 1]) * fade
        top[i] += a
        bottom[i] += b
    return top / bottom, bottom
