"""A report on the page: every figure with what it rests on, and an unknown one with its reason."""

from typing import Any

from courses.treatment.report_section import section_of
from courses.treatment.strips import live_strip, report_strip
from devices.models import GatingReport

MINUTE: dict[str, Any] = {"grade": "A", "reasons": [], "ds_peak": 1.423, "inflation_median_ms": -12.4}
CONTENT: dict[str, Any] = {
    "minutes": [
        {**MINUTE, "minute": 0},
        {**MINUTE, "minute": 1, "grade": "C", "reasons": [{"sentence": "Inflation came early."}]},
        {**MINUTE, "minute": 2, "grade": "not assessable", "ds_peak": None},
    ],
    "findings": [{"sentence": "Move inflation later."}],
    "inflation": {
        "off_inf_ms": {"value": -12.4, "unit": "ms", "n": 4028, "coverage": 0.986, "low": -30.2, "high": 2.0},
        "good_share": {"value": 0.9, "unit": "1", "n": 4028},
    },
    "pressure": {
        "attained_share": {
            "value": None,
            "unit": "1",
            "reason": {"code": "no_pressure", "sentence": "No cuff pressure was recorded."},
        }
    },
}


def section(content: dict[str, Any], grade: str = "C") -> Any:
    return section_of(GatingReport(report=content, grade=grade, engine_version="1.0.0", code="abc"))


def test_strip_has_letter_colour_and_reason() -> None:
    cells = report_strip(CONTENT)
    assert [cell.letter for cell in cells] == ["A", "C", "–"]
    assert [cell.css for cell in cells] == ["grade-a", "grade-c", "grade-none"]
    assert cells[1].title == "Minute 2: C. Inflation came early."


def test_figures_have_unit_spread_number_and_coverage() -> None:
    rows = {row.label: row for row in section(CONTENT).figures}
    notch = rows["Inflation to notch"]
    assert (notch.value, notch.spread) == (
        "−12\N{NO-BREAK SPACE}ms",
        "−30\N{NO-BREAK SPACE}ms to +2\N{NO-BREAK SPACE}ms",
    )
    assert (notch.n, notch.coverage) == (4028, "98.6\N{NO-BREAK SPACE}%")
    assert rows["Inflation in the good band"].value == "90\N{NO-BREAK SPACE}%"


def test_unknown_figure_says_why() -> None:
    rows = {row.label: row for row in section(CONTENT).figures}
    attained = rows["Prescribed pressure attained"]
    assert (attained.value, attained.reason) == (None, "No cuff pressure was recorded.")


def test_chart_leaves_an_unknown_minute_out() -> None:
    chart = section(CONTENT).charts[0]
    assert chart["rows"] == [[1, 1.42], [2, 1.42], [3, None]]
    assert chart["band"]["label"] == "target 1.5 to 2.0"


def test_empty_report_is_shown_as_one() -> None:
    shown = section({"minutes": []}, grade="A")
    assert (shown.strip, shown.figures, shown.charts) == ([], [], [])


def test_strip_before_any_signal_is_all_to_come() -> None:
    assert {cell.title.split(": ")[1] for cell in live_strip(None, 60)} == {"to come"}
    assert len(live_strip(None, 60)) == 60


def test_strip_of_a_longer_recording_goes_on() -> None:
    assert len(live_strip({"until_s": 62 * 60.0}, 60)) == 63
