"""The hour by minutes: what was judged stands there, what was not stays a hole."""

from types import SimpleNamespace
from typing import Any, cast

from courses.models import Session
from courses.treatment.hour_trend import trend_of
from devices.gating.live import LiveMinute
from devices.live_figures import minutes_so_far


def session(live: dict[str, Any] | None) -> Session:
    order = SimpleNamespace(session_minutes=60, pressure_target_mmhg=260)
    recording = SimpleNamespace(live=live)
    return cast(Session, SimpleNamespace(recording=recording, course=SimpleNamespace(order=order)))


def minute(**figures: float | None) -> LiveMinute:
    return cast(LiveMinute, SimpleNamespace(**figures))


def test_before_the_first_minute_there_is_no_chart() -> None:
    assert trend_of(session(None)) == {"trend_charts": [], "trend": "0"}


def test_minute_that_nobody_judged_is_a_hole_beside_the_ordered_pressure() -> None:
    known = {"ds_peak": 1.523, "pressure_mmhg": 251.4, "hr_bpm": 66.2}
    found = trend_of(session({"minutes": {"0": known, "2": known | {"ds_peak": None}}}))
    ratio, pressure, rate = (chart["rows"] for chart in found["trend_charts"])
    assert found["trend"] == "3"
    assert ratio == [[1, 1.52], [2, None], [3, None]]
    assert pressure == [[1, 251.0, 260], [2, None, 260], [3, 251.0, 260]]
    assert rate == [[1, 66.0], [2, None], [3, 66.0]]


def test_figures_of_a_minute_are_kept_once_just_after_its_end() -> None:
    first = minute(ds_peak=1.5, pressure_mmhg=250.0, hr_bpm=66.0)
    later = minute(ds_peak=1.7, pressure_mmhg=255.0, hr_bpm=70.0)
    live: dict[str, Any] = {}
    for until_s, figures in [(30.0, later), (63.0, first), (66.0, later), (305.0, later)]:
        live = {"minutes": minutes_so_far(live, until_s, figures)}
    assert {number: kept["ds_peak"] for number, kept in live["minutes"].items()} == {"0": 1.5, "4": 1.7}
