"""The diastolic wave of the session: how high it stands against the systolic one, on and off (section 8.4)."""

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.evidence import Finger
from devices.gating.figures import median_figure, share_figure
from devices.gating.report import Augmentation, Bools, Reason
from devices.gating.stretches import credited

NO_PLETH = Reason("no_pleth", "No finger pulse could be read, so augmentation is not known.")
NO_UNASSISTED = Reason(
    "no_unassisted", "No beat without inflation could be read, so there is nothing to compare with."
)


def augmentation_of(finger: Finger, inflated: Bools, config: GatingConfig) -> Augmentation:
    """Medians and quartiles on and off; ``ds_peak_credited`` gives early inflations no credit for their height."""
    waves, unassisted, basis = finger.waves, finger.unassisted, finger.calibration.ejection.basis
    on, off = int(inflated.sum()), int(unassisted.sum())
    peak, area = waves.ds_peak[inflated], waves.ds_area[inflated]
    paid = credited(waves.ds_peak, finger.early == 1)[inflated]
    known = np.isfinite(peak)
    seen = np.isfinite(waves.start_s[inflated])[known]
    return Augmentation(
        ds_peak=median_figure(peak, "1", of=on, reason=NO_PLETH, basis=basis),
        ds_area=median_figure(area, "1", of=on, reason=NO_PLETH, basis=basis),
        ds_peak_unassisted=median_figure(
            waves.ds_peak[unassisted], "1", of=off, reason=NO_UNASSISTED, basis=basis
        ),
        ds_area_unassisted=median_figure(
            waves.ds_area[unassisted], "1", of=off, reason=NO_UNASSISTED, basis=basis
        ),
        ds_peak_credited=median_figure(paid, "1", of=on, reason=NO_PLETH, basis=basis),
        sought_share=share_figure(peak[known] >= config.ds_sought, of=on, reason=NO_PLETH, basis=basis),
        augmented_share=share_figure(seen, of=on, reason=NO_PLETH, basis=basis),
        gain_steps=finger.gain_steps,
    )
