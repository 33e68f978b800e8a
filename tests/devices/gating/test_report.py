"""A report as JSON: nothing unknown is lost, nothing unsafe gets in, and it is the same every time."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from devices.gating.analyse import analyse
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.figures import median_figure, share_figure, wilson
from devices.gating.report import GatingReport, plain
from devices.waveform import Waveform


def test_the_report_is_json_without_nan_and_names_engine_and_settings(
    good: GatingReport, config: GatingConfig
) -> None:
    content = json.loads(json.dumps(good.to_dict(), allow_nan=False))
    assert content["engine_version"] == ENGINE_VERSION
    assert content["config_fingerprint"] == config.fingerprint()
    assert content["grade"] == "A"
    assert content["beats"] == {"n": good.beats.n}
    assert len(content["minutes"]) == 4


def test_the_same_recording_gives_the_same_report(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    again = analyse(good_waveform, config)
    assert json.dumps(again.to_dict()) == json.dumps(good.to_dict())
    assert again.beats.to_dict() == good.beats.to_dict()


def test_rows_of_beats_hold_none_for_not_known(good: GatingReport) -> None:
    rows = good.beats.to_dict()
    assert {len(column) for column in rows.values()} == {good.beats.n}
    assert rows["off_inf_ms"][0] is None
    json.dumps(rows, allow_nan=False)


def test_a_median_of_nothing_is_not_known_and_says_why() -> None:
    figure = median_figure(np.array([np.nan, np.nan]), "ms", of=2)
    assert figure.value is None
    assert figure.reason is not None


@given(n=st.integers(1, 500), part=st.floats(0, 1))
def test_the_wilson_interval_holds_the_share(n: int, part: float) -> None:
    hits = round(part * n)
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    figure = share_figure(np.arange(n) < hits, of=n)
    assert figure.value == hits / n


def test_infinity_is_not_known() -> None:
    assert plain({"a": float("inf"), "b": (np.float64("nan"), 1.0)}) == {"a": None, "b": [None, 1.0]}
