"""Inflation against aortic closure (section 8.2)."""

import numpy as np

from devices.gating.beats import Beats
from devices.gating.config import GatingConfig
from devices.gating.evidence import Device, Finger
from devices.gating.figures import median_figure, share_figure, unknown
from devices.gating.report import Figure, Floats, Inflation, Reason
from devices.gating.triggers import CLOCK_LOST

NO_AUGMENTATION = Reason(
    "no_augmentation",
    "No start of augmentation could be seen in the finger pulse, so inflation cannot be timed.",
)
NO_VALVES = Reason("no_valve_events", "The recording holds no valve events that belong to a beat.")


def inflation_of(beats: Beats, device: Device, finger: Finger, config: GatingConfig) -> Inflation:
    """Offsets, their bands, and the valves against R and cuff pressure."""
    off_ms, waves, cycles = finger.off_inf_ms, finger.waves, device.cycles
    of, judged = int(cycles.inflated.sum()), np.isfinite(finger.early)
    known = off_ms[judged]  # a hidden early beat has no offset: it is neither good nor late
    reason = NO_AUGMENTATION if of else NO_VALVES
    basis = finger.calibration.ejection.basis
    good = (known >= config.inflation_good_from_ms) & (known <= config.inflation_good_to_ms)
    early, late = finger.early[judged] == 1, known > config.inflation_late_ms
    good_share, fair_share, early_share, late_share = (
        share_figure(x, of=of, reason=reason, basis=basis)
        for x in (good, ~good & ~early & ~late, early, late)
    )
    from_r = {cuff.value: (times - beats.r_s) * 1000 for cuff, times in cycles.by_cuff_s.items()}
    to_half = {cuff.value: found.rise_ms for cuff, found in device.pressures.by_cuff.items()}
    return Inflation(
        inflated=of,
        off_inf_ms=median_figure(off_ms, "ms", of=of, reason=reason, basis=basis),
        good_share=good_share,
        fair_share=fair_share,
        early_share=early_share,
        late_share=late_share,
        r_to_inflation_ms=_by_cuff(from_r, of, device.clock.lost),
        valve_to_pressure_ms=_by_cuff(to_half, of, device.clock.lost),
        hidden_early=int((judged & ~np.isfinite(off_ms)).sum()),
        notch_visible=int((waves.notch_seen & np.isfinite(off_ms)).sum()),
        ejection_ms=_usual_ejection(beats, finger),
    )


def _by_cuff(values_ms: dict[str, Floats], of: int, clock_lost: bool) -> dict[str, Figure]:
    return {
        cuff: unknown("ms", CLOCK_LOST)
        if clock_lost
        else median_figure(values, "ms", of=of, reason=NO_VALVES)
        for cuff, values in values_ms.items()
    }


def _usual_ejection(beats: Beats, finger: Finger) -> Figure:
    """Ejection time at the median RR, and what it stands on."""
    if not np.isfinite(beats.rr_s).any():
        return unknown("ms", NO_AUGMENTATION)
    ejection = finger.calibration.ejection
    usual = np.array([np.nanmedian(beats.rr_s)])
    return Figure(float(ejection.of(usual)[0]) * 1000, "ms", ejection.n, 1.0, basis=ejection.basis)
