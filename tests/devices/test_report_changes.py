"""Two reports of one recording: what moved is named with its unit, what did not is not."""

from typing import Any

import pytest

from devices.report_changes import changes


def report(value: float | None, unit: str = "ms", name: str = "off_inf_ms") -> dict[str, Any]:
    return {"grade": "A", "inflation": {name: {"value": value, "unit": unit}, "by_cuff": {}}, "minutes": [{}]}


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (report(-12.4), report(-10.1), "inflation.off_inf_ms: -12 ms to -10 ms (+2 ms)"),
        (report(None), report(-10.1), "inflation.off_inf_ms: not known to -10 ms"),
        (report(0.99, "1"), report(0.982, "1"), "inflation.off_inf_ms: 99.0 % to 98.2 % (-0.8 %)"),
        (
            report(1.4, "1", "ds_peak"),
            report(1.31, "1", "ds_peak"),
            "inflation.ds_peak: 1.40 to 1.31 (-0.09)",
        ),
        (report(57, "min"), report(56.5, "min"), "inflation.off_inf_ms: 57.0 min to 56.5 min (-0.5 min)"),
    ],
)
def test_figure_that_moved_is_named(before: dict[str, Any], after: dict[str, Any], sentence: str) -> None:
    assert [change.sentence for change in changes(before, after)] == [sentence]


@pytest.mark.parametrize(
    ("before", "after"),
    [(report(-12.4), report(-12.1)), (report(None), report(None)), (report(0.99, "1"), report(0.9901, "1"))],
)
def test_figure_that_did_not_move_for_a_reader_is_not(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changes(before, after) == ()


def test_figure_within_a_group_is_found() -> None:
    before = {"pressure": {"by_cuff_mmhg": {"calf": {"value": 250.0, "unit": "mmHg"}}}}
    after = {"pressure": {"by_cuff_mmhg": {"calf": {"value": 240.0, "unit": "mmHg"}}}}
    assert changes(before, after)[0].name == "pressure.by_cuff_mmhg.calf"


def test_figure_that_only_one_engine_gives_is_no_change() -> None:
    assert changes(report(1.0), {}) == ()
