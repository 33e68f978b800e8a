"""What was prescribed, as the gating engine's settings."""

from devices.gating.config import GatingConfig
from devices.models import Recording


def config_for(recording: Recording) -> GatingConfig:
    """The engine's settings with what was prescribed; without a prescription attainment is not judged."""
    return prescribed_config(recording.prescribed_pressure_mmhg, recording.prescribed_minutes)


def prescribed_config(pressure_mmhg: int | None, minutes: int | None) -> GatingConfig:
    """The settings of one prescription; raises InvalidGatingConfig."""
    return GatingConfig(prescribed_pressure_mmhg=pressure_mmhg, prescribed_minutes=minutes)
