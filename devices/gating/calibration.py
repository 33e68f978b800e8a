"""What the unassisted beats of one session teach, kept so that a later minute of it can be judged alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.gating.ejection import MODEL, EjectionTime
from devices.gating.pulse import KnownPulse
from devices.gating.report import Basis
from devices.gating.template import Template


@dataclass(frozen=True, slots=True)
class Calibration:
    """Ejection time, place of the pulse after R, and the unassisted pulse; None where not learnt."""

    ejection: EjectionTime
    pulse: KnownPulse | None
    template: Template | None

    @property
    def is_measured(self) -> bool:
        return self.ejection.basis is Basis.MEASURED

    def to_plain(self) -> dict[str, Any]:
        """JSON-safe."""
        e, p, t = self.ejection, self.pulse, self.template
        return {
            "ejection": {"intercept_s": e.intercept_s, "slope": e.slope, "basis": e.basis.value, "n": e.n},
            "pulse": None if p is None else {"lag_s": p.lag_s, "rise_s": p.rise_s},
            "template": None if t is None else t.to_plain(),
        }

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> "Calibration":
        e, p, t = kept["ejection"], kept["pulse"], kept["template"]
        return cls(
            EjectionTime(e["intercept_s"], e["slope"], Basis(e["basis"]), e["n"]),
            None if p is None else KnownPulse(p["lag_s"], p["rise_s"]),
            None if t is None else Template.from_plain(t),
        )


UNCALIBRATED = Calibration(MODEL, None, None)
