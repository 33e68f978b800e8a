"""How the beats of this recording follow each other: the usual interval, its scatter, and premature beats."""

import numpy as np

from devices.gating.detector_path import Premature, Prior, around
from devices.gating.report import Floats, Ints

_LOW, _STEP, _BINS = float(np.log(0.2)), 0.06, 46

#: [E] Before any beat is known. A ventricular premature beat most often leaves the sinus node's own rhythm as it was:
#: the next beat comes where it would have come, two usual intervals after the last.
PREMATURE = Premature(log_share=float(np.log(0.02)), log_total_sd=0.08, earliest=0.4, latest=0.85)
_PREMATURE_BEATS = 100.0  # [E] what the premature beats of one recording must outweigh


def first_prior() -> Prior:
    """Before any beat is known: a wide one."""
    return _log_prior(_usual_spread(0.3, 0.5, 0.3))


def intervals(
    at_s: Floats, path: Ints, weight: Floats, tau_s: float, prior_beats: float
) -> tuple[Floats, Prior]:
    """The usual interval at each candidate, and how intervals of this recording scatter around it.

    ``at_s`` are the times of all candidates, ``path`` the indices of the beats, ``weight`` how sure each of those is.
    """
    rr = np.diff(at_s[path])
    weight = np.minimum(weight[1:], weight[:-1]) * (rr < 2.5) + 1e-9
    usual, _ = around(at_s[path][1:], np.log(rr), weight, tau_s)
    edges = _LOW + _STEP * (np.arange(_BINS + 1) - 0.5)
    counts, _ = np.histogram(np.log(rr) - usual, bins=edges, weights=weight)
    counts = np.convolve(counts, (0.25, 0.5, 0.25), "same")
    known = counts / _STEP + prior_beats * _usual_spread(0.12, 0.45, 0.2)
    return np.exp(everywhere(at_s, path[1:], usual)), _log_prior(known / (counts.sum() + prior_beats))


def premature_beats(at_s: Floats, path: Ints, weight: Floats, usual_s: Floats) -> Premature:
    """How common premature beats with a pause are among the beats that are sure; arguments as ``intervals``."""
    rr = np.diff(at_s[path])
    first, both, usual = rr[:-1], rr[:-1] + rr[1:], usual_s[path[2:]]
    early = (first > PREMATURE.earliest * usual) & (first < PREMATURE.latest * usual)
    paused = np.abs(np.log(both / (2 * usual))) < 2 * PREMATURE.log_total_sd
    sure = np.minimum(weight[1:-1], np.minimum(weight[:-2], weight[2:]))
    seen = float(sure[early & paused].sum()) + _PREMATURE_BEATS * np.exp(PREMATURE.log_share)
    return PREMATURE._replace(log_share=float(np.log(seen / (float(sure.sum()) + _PREMATURE_BEATS))))


def everywhere(at_s: Floats, path: Ints, level: Floats) -> Floats:
    """What is known at the beats, between them too."""
    at_all: Floats = np.interp(at_s, at_s[path], level)
    return at_all


def _usual_spread(narrow: float, wide: float, wide_share: float) -> Floats:
    """Density of log(RR / usual RR): steady rhythm, irregular rhythm, and three in a hundred anything."""
    x = _LOW + _STEP * np.arange(_BINS)

    def bell(sd: float) -> Floats:
        density: Floats = np.exp(-0.5 * (x / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
        return density

    return (0.97 - wide_share) * bell(narrow) + wide_share * bell(wide) + 0.03 / (_BINS * _STEP)


def _log_prior(density: Floats) -> Prior:
    return Prior(np.log(density), _LOW, _STEP)
