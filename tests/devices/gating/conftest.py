"""Sessions that several tests look at, drawn and analysed once."""

import pytest

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.report import GatingReport
from devices.waveform import Waveform
from tests.devices.gating.synthetic import Session, draw


@pytest.fixture(scope="session")
def config() -> GatingConfig:
    return GatingConfig(prescribed_pressure_mmhg=260, prescribed_minutes=3)


@pytest.fixture(scope="session")
def good_waveform() -> Waveform:
    return draw(Session(minutes=4))


@pytest.fixture(scope="session")
def good(good_waveform: Waveform, config: GatingConfig) -> GatingReport:
    return analyse(good_waveform, config)
