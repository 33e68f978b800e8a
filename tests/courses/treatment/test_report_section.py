"""A report on the page: every figure with what it rests on, and an unknown one with its reason."""

from typing import Any

import numpy as np
import pytest

from courses.treatment.report_minutes import panel_of, worst_of
from courses.treatment.report_pictures import bands_of, timing_in_words
from courses.treatment.report_section import section_of
from courses.treatment.strips import live_strip
from devices.gating.average_beat import NOTHING, OFFSETS_MS, AverageBeat
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
    report = GatingReport(report=content, grade=grade, engine_version="1.0.0", code="abc", config={})
    return section_of(report)


def test_minutes_have_letter_colour_and_reason() -> None:
    cells = [line.cell for line in section(CONTENT).minutes]
    assert [cell.letter for cell in cells] == ["A", "C", "–"]
    assert [cell.css for cell in cells] == ["grade-a", "grade-c", "grade-none"]
    assert cells[1].title == "Minute 2: C. Inflation came early."


def test_figures_have_unit_spread_number_and_coverage() -> None:
    rows = {row.label: row for row in section(CONTENT).figures}
    notch = rows["Inflation to notch"]
    assert (notch.value, notch.spread) == (
        "−12\N{NO-BREAK SPACE}ms",
        "middle half −30 to +2\N{NO-BREAK SPACE}ms",
    )
    assert (notch.rests_on, notch.coverage) == ("4,028 beats", "98.6\N{NO-BREAK SPACE}%")
    assert rows["Inflation in the good band"].value == "90\N{NO-BREAK SPACE}%"


def test_unknown_figure_says_why() -> None:
    rows = {row.label: row for row in section(CONTENT).figures}
    attained = rows["Prescribed pressure attained"]
    assert (attained.value, attained.reason) == (None, "No cuff pressure was recorded.")


def test_course_without_beats_is_drawn_from_the_minutes_and_says_so() -> None:
    shown = section(CONTENT)
    ratio = next(drawing for drawing in shown.drawings if drawing.name == "ds_peak")
    assert ratio.svg.count("<circle") == 2  # the third minute is not known
    assert ratio.alt == "D/S peak by minute: 1.4 to 1.4 D/S, known in 2 of 3 minutes"
    assert {drawing.name for drawing in shown.drawings} == {"ds_peak", "inflation_median_ms"}
    assert "before beats were kept" in shown.beats_note


def test_empty_report_is_shown_as_one() -> None:
    shown = section({"minutes": []}, grade="A")
    assert (shown.minutes, shown.figures, shown.drawings, shown.worst) == ([], [], [], None)


def minute(number: int, grade: str, reasons: int = 0) -> dict[str, Any]:
    return {"minute": number, "grade": grade, "reasons": [{"sentence": "so"}] * reasons}


@pytest.mark.parametrize(
    ("minutes", "worst"),
    [
        ([minute(0, "A"), minute(1, "B", 1), minute(2, "D", 1), minute(3, "C", 4)], 3),
        ([minute(0, "D", 1), minute(1, "D", 3), minute(2, "D", 3)], 2),
        ([minute(0, "not assessable", 1), minute(1, "B", 1)], 2),
        ([minute(0, "A"), minute(1, "not assessable", 1)], None),
        ([], None),
    ],
)
def test_worst_minute_has_the_worst_grade_then_most_reasons_then_comes_first(
    minutes: list[dict[str, Any]], worst: int | None
) -> None:
    assert worst_of(minutes) == worst


def test_minute_has_its_neighbours_and_none_beyond_the_ends() -> None:
    first, last = (panel_of(CONTENT["minutes"], None, bands_of({}), number) for number in (1, 3))
    assert first is not None
    assert last is not None
    assert (first.before, first.after, last.before, last.after) == (None, 2, 2, None)
    assert panel_of(CONTENT["minutes"], None, bands_of({}), 4) is None
    assert panel_of(CONTENT["minutes"], None, bands_of({}), 0) is None


def test_bands_are_those_the_report_was_judged_by() -> None:
    assert bands_of({"inflation_good_to_ms": 35.0}).inflation_ms == (-40.0, 35.0)
    assert bands_of({}).prescribed_mmhg is None


def test_beat_in_words_says_where_it_should_be() -> None:
    level = np.zeros(OFFSETS_MS.size)
    early = AverageBeat(9, 9, 9, level, 270.0, 300.0, 230.0, 800.0)
    assert timing_in_words(early, bands_of({})) == (
        "Augmentation starts at −70 ms from the notch; good is −40 to +20 ms."
    )
    assert "no start of an augmentation" in timing_in_words(NOTHING, bands_of({}))


def test_strip_before_any_signal_is_all_to_come() -> None:
    assert {cell.title.split(": ")[1] for cell in live_strip(None, 60)} == {"to come"}
    assert len(live_strip(None, 60)) == 60


def test_strip_of_a_longer_recording_goes_on() -> None:
    assert len(live_strip({"until_s": 62 * 60.0}, 60)) == 63
