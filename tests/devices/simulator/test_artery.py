"""The aortic root and the finger: sizes of the published order, and times where the truth says they are."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.simulator import artery
from devices.simulator.artery import MODEL_RATE_HZ, Body, root_pressure
from devices.simulator.cuffs import CuffHistory
from devices.simulator.heart import Beats
from devices.simulator.ratios import ratios
from devices.simulator.scenario import run
from devices.simulator.session import Simulation
from devices.simulator.settings import Settings
from tests.devices.simulator.conftest import packaged

Times = NDArray[np.float64]

EMPTY = np.empty(0)
NO_CUFFS = [CuffHistory(EMPTY, EMPTY, EMPTY, EMPTY)] * 3
BODY = Body((0.12, 0.075, 0.05))
TIME = np.arange(0, 60, 1 / MODEL_RATE_HZ)


def steady_heart() -> Beats:
    """70 beats a minute, PEP 55 ms from R, ejection after Weissler."""
    r_s = np.arange(0.5, 59, 60 / 70)
    return Beats(r_s, r_s + 0.055, r_s + 0.055 + 0.294, np.ones(r_s.size))


def session(seed: int = 1, **device: float) -> Simulation:
    scenario = packaged("perfect")
    settings = replace(scenario.setup.settings, **device)  # type: ignore[arg-type]
    return run(replace(scenario, minutes=4, setup=replace(scenario.setup, settings=settings)), seed)


def ratio(seed: int = 1, **device: float) -> float:
    value = session(seed, **device).truth.session.ds_amplitude_unfiltered
    assert value is not None
    return value


def test_root_without_back_flow_is_the_published_windkessel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artery, "_BACKFLOW_ML", 0.0)
    monkeypatch.setattr(artery, "_BACKFLOW_S", 1e-6)
    beats = steady_heart()
    root = root_pressure(TIME, beats, NO_CUFFS, BODY, Settings())
    made = ratios(root, MODEL_RATE_HZ, beats.opening_s, beats.closing_s, np.full(beats.r_s.size, np.nan))
    assert np.nanmedian(made.amplitude) == pytest.approx(0.76, abs=0.02)


def test_incisura_at_the_root_is_where_the_valve_shuts() -> None:
    beats = steady_heart()
    root = root_pressure(TIME, beats, NO_CUFFS, BODY, Settings())
    for closing in beats.closing_s[5:60]:
        near = (closing - 0.04 < TIME) & (closing + 0.04 > TIME)
        assert TIME[near][np.argmin(root[near])] == pytest.approx(closing, abs=1.6 / MODEL_RATE_HZ)


def test_pressure_rises_from_valve_opening_on() -> None:
    beats = steady_heart()
    root = root_pressure(TIME, beats, NO_CUFFS, BODY, Settings())
    for opening in beats.opening_s[5:60]:
        near = (opening - 0.1 < TIME) & (opening + 0.1 > TIME)
        assert TIME[near][np.argmin(root[near])] == pytest.approx(opening, abs=1.1 / MODEL_RATE_HZ)


def test_mean_pressure_is_flow_times_resistance() -> None:
    root = root_pressure(TIME, steady_heart(), NO_CUFFS, BODY, Settings(resistance=1.2))
    assert root[TIME > 20].mean() == pytest.approx(70 * 70 / 60 * 1.2, rel=0.06)


@pytest.mark.parametrize(
    ("displaced_ml", "published"), [(10, 0.85), (20, 1.06), (30, 1.28), (40, 1.49), (50, 1.70), (60, 1.90)]
)
def test_ratio_grows_with_the_displaced_volume_as_in_the_reference_model(
    displaced_ml: float, published: float
) -> None:
    assert ratio(displaced_ml=displaced_ml) == pytest.approx(published, abs=0.08)


def test_earlier_inflation_has_the_higher_ratio() -> None:
    shifts = (-100, -60, 0, 60, 120)
    values = [ratio(inflation_shift_ms=shift) for shift in shifts]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(1.70, abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_shown_ratio_is_of_the_published_size_for_every_person(seed: int) -> None:
    truth = session(seed).truth.session
    assert truth.ds_amplitude is not None
    assert truth.unassisted_ds_amplitude is not None
    assert 1.25 < truth.ds_amplitude < 1.45  # 1.30 ± 0.11 at 260 mmHg
    assert 0.5 < truth.unassisted_ds_amplitude < 0.64  # 0.56 ± 0.04 before


def test_waves_keep_their_distance_on_the_way_to_the_finger() -> None:
    truth = session().truth
    beats, finger = truth.beats, truth.finger
    lag = finger.foot_s - beats.opening_s
    np.testing.assert_allclose(finger.notch_s - beats.closing_s, lag, atol=1e-12)
    known = np.isfinite(finger.onset_s)
    np.testing.assert_allclose((finger.onset_s - truth.acts.arrival_s)[known], lag[known], atol=1e-12)
    assert np.median(lag) == pytest.approx(truth.lag_s, abs=0.002)
    assert lag.std() == pytest.approx(0.005, abs=0.001)
