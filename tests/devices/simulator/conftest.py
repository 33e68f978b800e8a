"""Packaged scenarios, each simulated once for all tests."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import pytest

from devices.simulator.scenario import Scenario, read_scenario, run
from devices.simulator.session import Simulation

FOLDER = files("devices.simulator") / "scenarios"
NAMES = sorted(entry.name.removesuffix(".toml") for entry in FOLDER.iterdir() if entry.name.endswith(".toml"))


def packaged(name: str) -> Scenario:
    return read_scenario((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def simulated() -> Callable[[str], Simulation]:
    """The simulation of a packaged scenario, seed 1."""
    return cache(lambda name: run(packaged(name), 1))
