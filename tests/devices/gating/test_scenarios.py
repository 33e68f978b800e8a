"""Every packaged scenario ends in the class that its truth demands, with its timing within 5 ms.

The simulator shares no code with the engine. Validated on simulated counterpulsation: no public recording of real
counterpulsation exists.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.matching import nearest
from devices.gating.report import GatingReport, Grade
from devices.simulator.scenario import read_scenario, run
from devices.simulator.truth import to_dict

FOLDER = files("devices.simulator") / "scenarios"
NAMES = sorted(file.name.removesuffix(".toml") for file in FOLDER.iterdir() if file.name.endswith(".toml"))
TIMING_MS = 5.0
#: Where the pulse itself says less: a pulse of its own for each beat of fibrillation; the release of the cuffs running
#: into systole under an early inflation; a third of the pulse left.
WIDER_MS = {"fibrillation": 8.0, "both-wrong": 12.0, "probe-off": 9.0, "ramp": 7.0}


@lru_cache(maxsize=2)
def judged(name: str) -> tuple[GatingReport, dict[str, Any]]:
    scenario = read_scenario((FOLDER / f"{name}.toml").read_text())
    simulation = run(scenario, seed=1)
    truth = to_dict(simulation)
    config = GatingConfig(
        prescribed_pressure_mmhg=truth["prescribed_pressure_mmhg"],
        prescribed_minutes=truth["session"]["inflated_beats"] / truth["session"]["beats"] * scenario.minutes,
    )
    return analyse(simulation.waveform, config), truth


def column(truth: dict[str, Any], name: str) -> NDArray[np.float64]:
    return np.array([np.nan if x is None else x for x in truth["beats"][name]], dtype=np.float64)


def errors_ms(report: GatingReport, truth: dict[str, Any], name: str) -> NDArray[np.float64]:
    """Found less true, beat by beat, where both are known."""
    beat = nearest(report.beats.r_s, column(truth, "r_s"))
    difference = getattr(report.beats, name) - column(truth, name)[beat]
    return np.asarray(difference[np.isfinite(difference)])


@pytest.mark.parametrize("name", NAMES)
def test_timing_is_that_of_the_truth_beat_by_beat(name: str) -> None:
    report, truth = judged(name)
    inflation = errors_ms(report, truth, "off_inf_ms")
    assert inflation.size >= 60
    assert abs(np.median(inflation)) <= WIDER_MS.get(name, TIMING_MS)
    if truth["units"]["CUFF_CALF"] == "mmHg":
        deflation = errors_ms(report, truth, "lead_ej_ms")
        assert deflation.size > 300
        assert abs(np.median(deflation)) <= TIMING_MS


INFLATION = {"early": "early_share", "good": "good_share", "fair": "fair_share", "late": "late_share"}


@pytest.mark.parametrize("name", NAMES)
def test_the_class_is_that_of_the_truth(name: str) -> None:
    report, truth = judged(name)
    expected = truth["expected"]
    if (word := expected.get("inflation")) in INFLATION:
        shares = {w: getattr(report.inflation, field).value for w, field in INFLATION.items()}
        assert max(shares, key=lambda w: shares[w] or 0.0) == word
    if truth["units"]["CUFF_CALF"] == "mmHg" and (word := expected.get("deflation")) is not None:
        late, early = (getattr(report.deflation, f"{w}_share").value for w in ("late", "early"))
        assert (late > 0.05) == (word == "late")
        assert (early > 0.5) == (word == "early")
    if (word := expected.get("triggers")) is not None:
        least = min(report.triggers.sensitivity.value or 0, report.triggers.ppv.value or 0)
        assert ("good" if least >= 0.97 else "poor") == word
    if (word := expected.get("rhythm")) is not None:
        assert (report.rhythm.af_flag is True) == (word == "fibrillation")
        assert ((report.rhythm.ectopy_share.value or 0) >= 0.1) == (word == "ectopy")
    if (hopeless := expected.get("not_assessable")) is not None:
        assert (report.grade is Grade.NOT_ASSESSABLE) == hopeless
    if (worst := expected.get("grade_at_most")) is not None:
        assert report.grade.rank >= Grade(worst).rank
    if (best := expected.get("grade_at_least")) is not None:
        assert report.grade.rank <= Grade(best).rank
