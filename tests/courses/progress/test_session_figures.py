"""Figures from a report's JSON."""

from courses.progress.session_figures import NONE_KNOWN, figures_of


def test_figures_are_read_from_their_places() -> None:
    report = {
        "pressure": {"plateau_mmhg": {"value": 251.5}},
        "inflation": {"off_inf_ms": {"value": -12}, "good_share": {"value": None}},
    }
    found = figures_of(report)
    assert (found.pressure_mmhg, found.inflation_ms, found.inflation_good_share) == (251.5, -12.0, None)


def test_report_without_groups_knows_nothing() -> None:
    assert figures_of({"minutes": []}) == NONE_KNOWN
