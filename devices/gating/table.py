"""The evidence by beat: one row each, from which every figure of a minute or of the session follows."""

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.evidence import Evidence, inflation_flags
from devices.gating.report import BeatTable, Floats


def table_of(evidence: Evidence, config: GatingConfig) -> BeatTable:
    """One row per reference beat; what the clocks cannot tell is NaN."""
    heart, device, finger = evidence.heart, evidence.device, evidence.finger
    beats, found, waves = heart.beats, device.triggers, finger.waves
    clock_fine = np.nan if device.clock.lost else 1.0
    triggered = np.where(found.expected, found.matched.astype(np.float64), np.nan)
    inflated = inflation_flags(beats, device)
    lead, plateau = device.leads.lead_ej_ms, device.pressures.plateau_mmhg
    return BeatTable(
        r_s=beats.r_s,
        rr_ms=beats.rr_s * 1000,
        ectopic=heart.premature.wide,
        premature_narrow=heart.premature.narrow,
        triggered=triggered * clock_fine,
        trigger_delay_ms=found.delay_s * 1000 * clock_fine,
        inflated=inflated,
        r_to_inflation_ms=(device.cycles.first_s - beats.r_s) * 1000 * clock_fine,
        foot_s=waves.foot_s,
        notch_s=waves.notch_s,
        augmentation_s=waves.start_s,
        off_inf_ms=finger.off_inf_ms,
        early_inflation=finger.early,
        lead_r_ms=device.leads.lead_r_ms,
        lead_ej_ms=lead,
        late_deflation=np.where(np.isfinite(lead), (lead < 0).astype(np.float64), np.nan),
        ds_peak=waves.ds_peak,
        ds_area=waves.ds_area,
        plateau_mmhg=plateau,
        residual_mmhg=device.pressures.residual_mmhg,
        treated=_treated(triggered, inflated, plateau, config),
    )


def _treated(triggered: Floats, inflated: Floats, plateau: Floats, config: GatingConfig) -> Floats:
    """Triggered, inflated, and full enough: 0 as soon as one is known to fail, NaN while one is not known."""
    if config.prescribed_pressure_mmhg is None:
        full = np.full(plateau.size, np.nan)
    else:
        least = config.attained_fair_share * config.prescribed_pressure_mmhg
        full = np.where(np.isfinite(plateau), plateau >= least, np.nan)
    failed = (triggered == 0) | (inflated == 0) | (full == 0)
    all_known = np.isfinite(triggered) & np.isfinite(inflated) & np.isfinite(full)
    return np.where(failed, 0.0, np.where(all_known, 1.0, np.nan))
