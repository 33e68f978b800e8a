"""Counts, shares and medians of the beat table by stretch (a minute, or the whole), all stretches at once."""

from dataclasses import dataclass

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.medians import medians_between, quartile_ranges_between
from devices.gating.report import BeatTable, Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """One row per stretch; all arrays of shape (stretches,), NaN where a stretch cannot say.

    ``n``, ``inflated``: beats. ``inflation_ok`` to ``late``: shares of the beats that could be judged. ``treated`` and
    ``maybe_treated``: shares of all beats that are known to be treated, and that are not known not to be.
    ``off_ms``, ``off_iqr_ms``, ``ds_peak`` are those of inflated beats; ``ds_credited`` takes early ones as 0.
    """

    n: Ints
    inflated: Ints
    sensitivity: Floats
    inflation_ok: Floats
    early: Floats
    late: Floats
    treated: Floats
    maybe_treated: Floats
    rr_ms: Floats
    off_ms: Floats
    off_iqr_ms: Floats
    lead_ej_ms: Floats
    ds_peak: Floats
    ds_credited: Floats
    plateau_mmhg: Floats


def stretches_of(beats: BeatTable, edges: Ints, config: GatingConfig) -> Stretches:
    """Stretch k holds the beats from ``edges[k]`` to before ``edges[k + 1]``; ``edges`` ascends."""
    gated = beats.inflated == 1
    early = beats.early_inflation == 1
    judged = gated & np.isfinite(beats.early_inflation)
    ok = (beats.off_inf_ms >= config.inflation_early_ms) & (beats.off_inf_ms <= config.inflation_late_ms)
    n = np.diff(edges)

    def count(flags: Bools) -> Ints:
        until = np.concatenate(([0], np.cumsum(flags)))
        return np.asarray(until[edges[1:]] - until[edges[:-1]])

    def share(hits: Bools, of: Ints) -> Floats:
        return np.where(of > 0, count(hits) / np.maximum(of, 1), np.nan)

    def median(values: Floats) -> Floats:
        return np.asarray(medians_between(values, edges[:-1], edges[1:]))

    n_judged, off_ms = count(judged), np.where(gated, beats.off_inf_ms, np.nan)
    ds_peak = np.where(gated, beats.ds_peak, np.nan)
    return Stretches(
        n=n,
        inflated=count(gated),
        sensitivity=share(beats.triggered == 1, count(np.isfinite(beats.triggered))),
        inflation_ok=share(ok & judged, n_judged),
        early=share(early & judged, n_judged),
        late=share(beats.late_deflation == 1, count(np.isfinite(beats.late_deflation))),
        treated=share(beats.treated == 1, n),
        maybe_treated=share(beats.treated != 0, n),
        rr_ms=median(beats.rr_ms),
        off_ms=median(off_ms),
        off_iqr_ms=np.asarray(quartile_ranges_between(off_ms, edges[:-1], edges[1:])),
        lead_ej_ms=median(beats.lead_ej_ms),
        ds_peak=median(ds_peak),
        ds_credited=median(credited(ds_peak, early)),
        plateau_mmhg=median(beats.plateau_mmhg),
    )


def credited(ds_peak: Floats, early: Bools) -> Floats:
    """Diastolic to systolic ratio as the grade reads it: an early inflation earns nothing by its height."""
    return np.where(np.isfinite(ds_peak) & early, 0.0, ds_peak)


def known(value: float) -> float | None:
    """None for a figure that a stretch does not know."""
    return float(value) if np.isfinite(value) else None
