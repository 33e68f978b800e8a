"""R peaks of one ECG lead, found offline: nothing is learnt from left to right, every beat sees the whole recording.

1. ``detector_signal``: 200 Hz, pacing spikes out, energy in a sharp (12-38 Hz) and a broad (4-12 Hz) band; candidates
   are the peaks of both.
2. ``detector_path``: evidence of each candidate against the noise around it, and the likeliest path through all.
3. ``detector_shape`` and ``detector_rhythm``: likeness to the shapes of the beats found so far, and their intervals;
   with these and the levels of those beats the path is found again, until it stays as it is.
4. ``detector_place``: the R peak between samples, in the signal at its own rate.

All figures are [E]: chosen on seven MIT-BIH records, with and without noise, and on drawn ECGs
(``benchmarks/detectors.py``); ``docs/gating.md`` tells how.
"""

from dataclasses import dataclass

import numpy as np

from devices.gating.detector_path import Costs, Model, Premature, Prior, around, best_path, evidence_of
from devices.gating.detector_place import placed
from devices.gating.detector_rhythm import PREMATURE, everywhere, first_prior, intervals, premature_beats
from devices.gating.detector_shape import all_likeness, templates_of
from devices.gating.detector_signal import (
    WORK_HZ,
    bands,
    bridged,
    candidates,
    greatest_near,
    joined,
    prepared,
)
from devices.gating.kernels import greatest_between, is_finite
from devices.gating.medians import running_medians
from devices.gating.report import Floats, Ints

_BLOCK_S = 2.0
_BLOCK = 4096  # samples at WORK_HZ filtered at a time
_APART, _SAME = 24, 18  # samples at WORK_HZ: between candidates of one band; of two bands that are one
_NEAR_S = 1.5  # within this time a beat is compared with what is none
_HALF = 16  # half of a shape, likewise
_NOTHING: Floats = np.empty(0)
_COSTS = Costs(
    pause=-8.0,
    pause_hz=1.0,
    run=-2.5,
    run_sd=0.1,
    noise_hz=4.5,
    companion=14.0,
    companion_apart=0.5,
    broad_margin=0.2,
)
_SHARP = Model(sd_below=0.4, sd_above=0.4, cap=8.0)
_BROAD = Model(sd_below=0.5, sd_above=0.5, cap=5.0)


@dataclass(frozen=True, slots=True)
class Tuning:
    """Every figure of the detector. Levels are natural logs of energy."""

    costs: Costs = _COSTS
    sharp: Model = _SHARP
    broad: Model = _BROAD
    broad_cost: float = 2.0  # beats that show in the broad band alone are rare
    beat_tau_s: float = 30.0  # how far around a place the height of beats is taken from
    noise_tau_s: float = 8.0
    rr_tau_s: float = 25.0
    noise_sd_least: float = 0.4
    noise_sd_most: float = 0.9
    # How sure a beat must be to teach: half of its weight at this evidence.
    level_sure_at: float = 4.0  # the usual height: too strict, and heights that fall slowly are lost
    shape_sure_at: float = 6.0  # shapes and intervals: too lenient, and noise teaches itself
    sure_likeness: float = 0.7  # and less like the templates than this it teaches little
    unsure_weight: float = 0.1
    prior_beats: float = 150.0  # what the intervals of one recording must outweigh
    likeness_middle: float = 0.6  # neither for nor against a beat
    likeness_gain: float = 3.0  # evidence for each 1.0 of likeness, twice that in heavy noise
    likeness_cap: float = 1.5  # likewise
    heavy_noise: float = 1.5  # log ratio of beats to noise below which noise begins to be heavy
    trap: int = 1
    same_shape: float = 0.8
    most_shapes: int = 6
    rarest_shape: float = 0.02
    rounds: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places that may be beats; all arrays of shape (n,). ``sharp`` and ``broad`` are logs of energy."""

    at: Ints
    at_s: Floats
    sharp: Floats
    broad: Floats
    first_sharp: Floats  # usual level of beats there, before any beat is known
    first_broad: Floats
    band: Floats  # the sharp band itself, at WORK_HZ
    energy: Floats  # its moving root mean square


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The beats, all arrays of shape (n,) but ``energy``: the sharp energy at WORK_HZ.

    ``likeness`` is the correlation with the recording's usual shapes. ``prominence`` is how many times sharper the
    beat is than all that lies within 1.5 s of it and is no beat; infinite where nothing does.
    """

    r_s: Floats
    likeness: Floats
    prominence: Floats
    energy: Floats


def r_peaks(samples_mv: Floats, rate_hz: float) -> Floats:
    """R peaks of one lead as fractional sample positions, ascending.

    Parameters
    ----------
    samples_mv
        One lead in any unit of voltage and either polarity; shape (n,). What is not finite is bridged.
    rate_hz
        100 to 2000 samples a second.

    Returns
    -------
    Positions in samples from the first; empty for a flat signal and for less than two seconds.

    Raises
    ------
    ValueError
        The rate is not between 100 and 2000 Hz.
    """
    return find(samples_mv, rate_hz).r_s * rate_hz


def find(samples_mv: Floats, rate_hz: float, tuning: Tuning | None = None) -> Found:
    """R peaks in seconds with what is known of each; arguments and errors as ``r_peaks``."""
    if not 100.0 <= rate_hz <= 2000.0:
        raise ValueError(f"{rate_hz} Hz is outside 100 to 2000 Hz: resample the ECG first.")
    tuning = tuning or Tuning()
    samples = np.ascontiguousarray(samples_mv, dtype=np.float64)
    if samples.size < 2 * rate_hz or not (is_finite(samples) or np.isfinite(samples).any()):
        return Found(_NOTHING, _NOTHING, _NOTHING, _NOTHING)
    clean, work = prepared(bridged(samples), rate_hz)
    seen = _candidates(work)
    if seen is None or not seen.at.size:
        return Found(_NOTHING, _NOTHING, _NOTHING, _NOTHING)
    path, likeness = _chosen(seen, tuning)
    if not path.size:
        return Found(_NOTHING, _NOTHING, _NOTHING, seen.energy)
    r_s = placed(clean, seen.at_s[path] + 0.5 / WORK_HZ, rate_hz)
    keep = np.append(True, np.diff(r_s) > 0) & (r_s >= 0)
    return Found(r_s[keep], likeness[path][keep], _prominence(seen, path)[keep], seen.energy)


def _prominence(seen: Candidates, path: Ints) -> Floats:
    others = np.delete(np.arange(seen.at.size), path)
    first = np.searchsorted(seen.at_s[others], seen.at_s[path] - _NEAR_S)
    last = np.searchsorted(seen.at_s[others], seen.at_s[path] + _NEAR_S)
    sharpest = greatest_between(seen.sharp[others], first, last)
    return np.where(last > first, np.exp(seen.sharp[path] - sharpest), np.inf)


def _candidates(work: Floats) -> Candidates | None:
    """None where the signal is flat."""
    band, energy, slow = bands(work, _BLOCK)
    heights, slow_heights = _block_heights(energy), _block_heights(slow)
    # Rounding leaves about 1e-8 of an offset behind.
    if not heights.max() > 1e-7 * float(np.abs(work).max()):
        return None
    least, slow_least = 0.02 * _living_median(heights), 0.1 * _living_median(slow_heights)
    at = joined(candidates(energy, _APART, least), candidates(slow, _APART, slow_least), _SAME)
    return Candidates(
        at,
        at / WORK_HZ,
        np.log(np.maximum(greatest_near(energy, at, 8), least)),
        np.log(np.maximum(greatest_near(slow, at, 12), 0.1 * slow_least)),
        _first_level(at, heights, least),
        _first_level(at, slow_heights, slow_least),
        band,
        energy,
    )


def _block_heights(energy: Floats) -> Floats:
    heights: Floats = np.maximum.reduceat(energy, np.arange(0, energy.size, int(_BLOCK_S * WORK_HZ)))
    return heights


def _living_median(heights: Floats) -> float:
    return float(np.median(heights[heights > 1e-3 * heights.max()]))


def _first_level(at: Ints, heights: Floats, least: float) -> Floats:
    """Log of the usual height of a beat at each candidate: the middle of 15 blocks that are not flat."""
    alive = np.flatnonzero(heights > least)
    middle = np.log(running_medians(heights[alive], 15))
    level: Floats = np.interp(at / WORK_HZ, _BLOCK_S * (alive + 0.5), middle)
    return level


def _chosen(seen: Candidates, tuning: Tuning) -> tuple[Ints, Floats]:
    """Indices of the candidates that are beats, and the likeness of every candidate to the usual shapes."""
    beat, broad_beat = seen.first_sharp, seen.first_broad
    quiet, broad_quiet = _quietness(seen.sharp, beat), _quietness(seen.broad, broad_beat)
    evidence = _evidence(seen, beat, broad_beat, quiet, broad_quiet, tuning)
    usual_s = np.full(seen.at.size, 0.8)
    path = _path(seen, evidence, usual_s, first_prior(), PREMATURE, tuning)
    likeness = np.zeros(seen.at.size)
    for _ in range(tuning.rounds):
        if path.size < 3:
            break
        before = path
        likeness = _likeness(seen, path, _trust(evidence[path], tuning.shape_sure_at), tuning)
        typical = np.where(likeness[path] > tuning.sure_likeness, 1.0, tuning.unsure_weight)
        weight = typical * _trust(evidence[path], tuning.level_sure_at)
        beat, broad_beat = (
            everywhere(seen.at_s, path, around(seen.at_s[path], x[path], weight, tuning.beat_tau_s)[0])
            for x in (seen.sharp, seen.broad)
        )
        weight = typical * _trust(evidence[path], tuning.shape_sure_at)
        usual_s, prior = intervals(seen.at_s, path, weight, tuning.rr_tau_s, tuning.prior_beats)
        premature = premature_beats(seen.at_s, path, weight, usual_s)
        others = np.ones(seen.at.size)
        others[path] = 1e-6
        above = beat - _noise(seen.at_s, seen.sharp, others, beat, tuning)[0]
        others *= _unlike(likeness, above)
        evidence = _evidence(seen, beat, broad_beat, others, others, tuning)
        evidence += _shape_evidence(likeness, above, tuning)
        path = _path(seen, evidence, usual_s, prior, premature, tuning)
        if np.array_equal(path, before):
            break
    return path, likeness


def _trust(evidence: Floats, half_at: float) -> Floats:
    """Weight of beats as teachers: one half where their evidence is ``half_at``, never quite nothing."""
    trust: Floats = np.maximum(1 / (1 + np.exp(half_at - evidence)), 1e-6)
    return trust


def _shape_evidence(likeness: Floats, above: Floats, tuning: Tuning) -> Floats:
    """Evidence from likeness; it counts twice where noise is as high as beats, and height tells little."""
    factor = 1.0 + np.clip(tuning.heavy_noise - above, 0.0, 1.0)
    most = tuning.likeness_cap * factor
    return np.clip(tuning.likeness_gain * factor * (likeness - tuning.likeness_middle), -1.0 - most, most)


def _unlike(likeness: Floats, above: Floats) -> Floats:
    """Weight of each candidate as an example of noise: where beats stand clear of it, what looks like them is none.

    Else the beats of a run that the path has missed make their own noise. In heavy noise some of it looks like beats.
    """
    unlike: Floats = 1.0 - np.clip((above - 2.2) / 0.3, 0.0, 1.0) * np.clip(
        (likeness - 0.8) / 0.15, 0.0, 0.999
    )
    return unlike


def _quietness(level: Floats, beat: Floats) -> Floats:
    """Weight of each candidate as an example of noise before any beat is known: more, the lower it is."""
    quiet: Floats = np.clip((beat - level - 0.5) / 2, 0, 1) ** 2
    return quiet


def _path(
    seen: Candidates, evidence: Floats, usual_s: Floats, prior: Prior, premature: Premature, tuning: Tuning
) -> Ints:
    path: Ints = best_path(
        seen.at_s, seen.sharp, seen.broad, evidence, usual_s, prior, premature, tuning.costs
    )
    return path


def _evidence(
    seen: Candidates, beat: Floats, broad_beat: Floats, noise: Floats, broad_noise: Floats, tuning: Tuning
) -> Floats:
    """Of the two bands the one that speaks more for a beat. ``noise`` weighs the examples of noise."""
    sharp = evidence_of(seen.sharp, beat, *_noise(seen.at_s, seen.sharp, noise, beat, tuning), tuning.sharp)
    broad = evidence_of(
        seen.broad, broad_beat, *_noise(seen.at_s, seen.broad, broad_noise, broad_beat, tuning), tuning.broad
    )
    return np.maximum(sharp, broad - tuning.broad_cost)


def _noise(
    at_s: Floats, level: Floats, weight: Floats, beat: Floats, tuning: Tuning
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the log energy of noise around each candidate."""
    weight = weight + 1e-6
    mean, examples = around(at_s, level, weight, tuning.noise_tau_s)
    variance, _ = around(at_s, (level - mean) ** 2, weight, tuning.noise_tau_s)
    mean = np.where(examples < 1.0, np.minimum(mean, beat - 2.0), mean)
    return mean, np.clip(np.sqrt(variance), tuning.noise_sd_least, tuning.noise_sd_most)


def _likeness(seen: Candidates, path: Ints, sure: Floats, tuning: Tuning) -> Floats:
    """Correlation of each candidate with the nearest of the recording's usual shapes."""
    some = slice(None, None, max(1, path.size // 800))
    shapes, mass = templates_of(
        seen.band, seen.at[path][some], sure[some], _HALF, 2, tuning.most_shapes, tuning.same_shape
    )
    usual = mass > min(max(3.0, tuning.rarest_shape * mass.sum()), mass.max() - 1e-9)
    likeness: Floats = all_likeness(seen.band, seen.at, _HALF, 4, np.ascontiguousarray(shapes[usual]))
    return likeness
