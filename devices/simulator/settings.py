"""What can be set on the simulated device and patient, with our choice of defaults."""

from dataclasses import dataclass

# What a value may be; outside it the model would answer with nonsense instead of a session.
_LIMITS = {
    "pressure_mmhg": (60, 350),
    "unassisted_s": (0, 3600),
    "ramp_s": (0, 1800),
    "spacing_ms": (0, 100),
    "inflation_lead_ms": (0, 300),
    "deflation_lead_ms": (0, 400),
    "inflation_shift_ms": (-200, 200),
    "deflation_shift_ms": (-200, 200),
    "extra_trigger_share": (0, 0.5),
    "missed_trigger_share": (0, 0.5),
    "displaced_ml": (0, 80),
    "stroke_volume_ml": (20, 150),
    "resistance": (0.3, 3),
    "compliance": (0.3, 3),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """One session's settings.

    Attributes
    ----------
    pressure_mmhg : prescribed cuff pressure, reached in steps over ``ramp_s``.
    unassisted_s : time before the first inflation, in which an engine can learn the pulse of this patient.
    spacing_ms : calf to thigh, and thigh to hip (40 ms stands in K050172; other consoles differ).
    inflation_lead_ms : the calf valve opens this long before the predicted closing of the aortic valve, about
        the time the wave takes to the root.
    deflation_lead_ms : all cuffs are released this long before the predicted next R.
    inflation_shift_ms, deflation_shift_ms : injected error; above 0 is late.
    extra_trigger_share, missed_trigger_share : injected false and lost triggers, a share of all beats.
    displaced_ml : blood that inflation to 260 mmHg moves; about 40 mL give the published ratios.
    resistance : peripheral resistance, mmHg·s/mL. compliance : mL/mmHg, 0.8 is a stiff artery.
    """

    pressure_mmhg: float = 260
    unassisted_s: float = 30
    ramp_s: float = 180
    spacing_ms: float = 40
    inflation_lead_ms: float = 130
    deflation_lead_ms: float = 110
    inflation_shift_ms: float = 0
    deflation_shift_ms: float = 0
    extra_trigger_share: float = 0
    missed_trigger_share: float = 0
    displaced_ml: float = 40
    stroke_volume_ml: float = 70
    resistance: float = 1.0
    compliance: float = 1.3

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must lie within {low} to {high}, not {value}.")
