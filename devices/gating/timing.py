"""Deflation against the next ejection (section 8.3), and inflations so early that the pulse hides them."""

from dataclasses import dataclass

import numpy as np

from devices.gating.beats import Beats
from devices.gating.config import GatingConfig
from devices.gating.cycles import Cycles
from devices.gating.figures import median_figure, share_figure, unknown
from devices.gating.pressure import Pressures
from devices.gating.report import Basis, Deflation, Figure, Floats, Reason
from devices.gating.triggers import CLOCK_LOST
from devices.gating.waves import Waves

NO_DEFLATION = Reason("no_deflation", "No deflation could be followed to the next beat.")
NOT_BY_RHYTHM = Reason(
    "not_by_rhythm",
    "Even a steady rhythm would make these deflations late: the setting explains it, not the rhythm.",
)


def early_inflations(
    off_ms: Floats, waves: Waves, cycles: Cycles, beats: Beats, ejection_s: Floats, config: GatingConfig
) -> Floats:
    """1 early, 0 not, NaN not known. Where a readable pulse shows no second upstroke, the valve may tell.

    An inflation that runs far into systole leaves no upstroke of its own: it is then early if the valve opened more
    than ``hidden_early_lead_ms`` before aortic closure (R + pre-ejection + ejection time).
    """
    early = np.where(np.isfinite(off_ms), (off_ms < config.inflation_early_ms).astype(np.float64), np.nan)
    lead_ms = (beats.r_s + config.pre_ejection_ms / 1000 + ejection_s - cycles.first_s) * 1000
    hidden = np.isfinite(waves.ds_peak) & ~np.isfinite(off_ms) & (lead_ms > config.hidden_early_lead_ms)
    return np.where(hidden, 1.0, early)


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """Per beat, ms, NaN where not known: deflation command to next R, empty cuffs to next ejection."""

    lead_r_ms: Floats
    lead_ej_ms: Floats
    basis: Basis


def leads_of(
    cycles: Cycles, beats: Beats, pressures: Pressures, clock_lost: bool, config: GatingConfig
) -> Leads:
    """Where no cuff pressure tells when the cuffs are empty, 120 ms of evacuation are assumed: "estimated"."""
    next_r = beats.r_s + beats.rr_s
    if clock_lost:
        return Leads(np.full(beats.n, np.nan), np.full(beats.n, np.nan), Basis.MEASURED)
    ejection = next_r + config.pre_ejection_ms / 1000
    measured = bool(pressures.by_cuff) and bool(np.isfinite(pressures.plateau_mmhg).any())
    empty = pressures.empty_s if measured else cycles.deflate_s + config.assumed_evacuation_ms / 1000
    lead_ej = (ejection - empty) * 1000 - config.transit_ms
    if measured:
        # Cuffs that never empty before the next inflation are the latest of all, not unknown.
        stuck = np.isfinite(pressures.plateau_mmhg) & ~np.isfinite(empty) & np.isfinite(next_r)
        stuck &= np.isfinite(cycles.deflate_s) & (pressures.residual_mmhg > config.residual_limit_mmhg)
        lead_ej = np.where(stuck, (ejection - np.fmin(cycles.next_s, ejection + 0.3)) * 1000, lead_ej)
    return Leads((next_r - cycles.deflate_s) * 1000, lead_ej, Basis.MEASURED if measured else Basis.ESTIMATED)


def deflation_of(leads: Leads, beats: Beats, clock_lost: bool, config: GatingConfig) -> Deflation:
    of = int(np.isfinite(leads.lead_r_ms).sum())
    reason = CLOCK_LOST if clock_lost else NO_DEFLATION
    known = leads.lead_ej_ms[np.isfinite(leads.lead_ej_ms)]
    lead = median_figure(known, "ms", of=of, reason=reason, basis=leads.basis)
    return Deflation(
        lead_ej_ms=lead,
        lead_r_ms=median_figure(leads.lead_r_ms, "ms", of=of, reason=reason),
        late_share=share_figure(known < 0, of=of, reason=reason, basis=leads.basis),
        early_share=share_figure(known > config.deflation_early_ms, of=of, reason=reason, basis=leads.basis),
        late_expected_share=_expected_late(lead.value, beats, reason),
    )


def _expected_late(lead_ms: float | None, beats: Beats, reason: Reason) -> Figure:
    """Share of beats that came further ahead of the rhythm than the median lead: late for any console.

    The rhythm's forecast is the mean of the last 4 intervals. For normal errors of SD s this is Phi(-lead/s).
    """
    if lead_ms is None:
        return unknown("1", reason)
    if lead_ms <= 0:
        return unknown("1", NOT_BY_RHYTHM)
    rr = beats.rr_s
    if rr.size < 6:
        return unknown("1", NO_DEFLATION)
    last = np.lib.stride_tricks.sliding_window_view(rr, 4).mean(axis=1)[:-1]
    short_ms = (last - rr[4:]) * 1000
    return share_figure(short_ms[np.isfinite(short_ms)] > lead_ms, of=beats.n, reason=NO_DEFLATION)
