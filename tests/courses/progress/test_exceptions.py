"""Delivered against prescribed: what differs, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.exceptions import (
    USUAL,
    Absence,
    Delivery,
    Kind,
    ended_early,
    exceptions,
    is_short,
    judged,
)
from devices.gating.config import GatingConfig

FULL = Delivery(
    number=1,
    ordered_minutes=60,
    minutes=Decimal("59.4"),
    stopped_early=False,
    stop_reason="",
    symptoms="",
    recorded=True,
    without_recording_reason="",
    grade="A",
    grade_reason="",
)


BARE = replace(FULL, recorded=False, without_recording_reason="Agent was down", grade="")


def test_full_session_of_good_gating_is_no_exception() -> None:
    assert exceptions([FULL]) == ()


@pytest.mark.parametrize(("minutes", "short"), [("60", False), ("58", False), ("57.9", True), ("0", True)])
def test_two_minutes_may_be_missing(minutes: str, short: bool) -> None:
    assert is_short(60, Decimal(minutes)) is short


def test_short_session_tells_its_reason_and_symptoms() -> None:
    short = replace(
        FULL, minutes=Decimal("41.2"), stopped_early=True, stop_reason="Pain", symptoms="Left calf"
    )
    (found,) = exceptions([short])
    assert (found.kind, found.what, found.why) == (Kind.SHORT, "41 of 60 min", "Pain; Left calf")


def test_session_stopped_early_is_told_even_where_the_minutes_are_full() -> None:
    assert exceptions([replace(FULL, stopped_early=True)])[0].kind is Kind.SHORT


def test_unknown_minutes_are_told_as_not_known() -> None:
    (found,) = exceptions([replace(FULL, minutes=None)])
    assert found.kind is Kind.MINUTES_NOT_KNOWN
    assert "not known" in found.what


@pytest.mark.parametrize("grade", ["C", "D", "not assessable"])
def test_poor_gating_is_told_with_the_rule_that_capped_it(grade: str) -> None:
    (found,) = exceptions([replace(FULL, grade=grade, grade_reason="Inflation came late.")])
    assert (found.kind, found.why) == (Kind.GATING, "Inflation came late.")


def test_session_without_recording_is_told_once_and_not_also_for_its_grade() -> None:
    (found,) = exceptions([BARE])
    assert (found.kind, found.why) == (Kind.NO_RECORDING, "Agent was down")


def test_minutes_that_no_recording_could_give_are_no_row_of_their_own() -> None:
    (found,) = exceptions([replace(BARE, minutes=None)])
    assert (found.kind, found.what) == (Kind.NO_RECORDING, "No recording, so minutes not known")


def test_session_stopped_early_without_recording_is_two_facts() -> None:
    stopped = replace(BARE, minutes=None, stopped_early=True, stop_reason="Pain")
    assert [(one.kind, one.what, one.why) for one in exceptions([stopped])] == [
        (Kind.SHORT, "Stopped early, minutes not known, 60 min ordered", "Pain"),
        (Kind.NO_RECORDING, "No recording, so minutes not known", "Agent was down"),
    ]


@pytest.mark.parametrize(
    ("delivery", "not_judged"),
    [
        (FULL, {"pressure", "ds_ratio", "timing"}),
        (replace(FULL, minutes=None, ds_peak=1.4, late_share=0.0), {"pressure"}),
        (replace(FULL, pressure_mmhg=250.0), {"pressure", "ds_ratio", "timing"}),
        (replace(FULL, pressure_mmhg=250.0, prescribed_mmhg=260), {"ds_ratio", "timing"}),
        (BARE, {"pressure", "ds_ratio", "timing", "gating"}),
        (replace(BARE, minutes=None), {"minutes", "pressure", "ds_ratio", "timing", "gating"}),
        (replace(BARE, minutes=None, stopped_early=True), {"pressure", "ds_ratio", "timing", "gating"}),
    ],
)
def test_session_is_judged_only_in_what_is_known_of_it(delivery: Delivery, not_judged: set[str]) -> None:
    everything = {str(kind.parameter) for kind in Kind} - {"attendance"}
    assert judged(delivery) == everything - not_judged


@given(
    minutes=st.none() | st.decimals(0, 70, places=1),
    recorded=st.booleans(),
    stopped=st.booleans(),
    pressure=st.none() | st.floats(0, 350),
    ratio=st.none() | st.floats(0, 3),
    inflation=st.none() | st.floats(-200, 200),
    grade=st.sampled_from(["", "A", "C", "not assessable"]),
)
def test_nothing_is_told_in_what_could_not_be_judged_and_nothing_twice(
    minutes: Decimal | None,
    recorded: bool,
    stopped: bool,
    pressure: float | None,
    ratio: float | None,
    inflation: float | None,
    grade: str,
) -> None:
    delivery = replace(
        FULL,
        minutes=minutes,
        recorded=recorded,
        stopped_early=stopped,
        pressure_mmhg=pressure,
        prescribed_mmhg=260,
        ds_peak=ratio,
        inflation_ms=inflation,
        grade=grade,
    )
    told = [one.kind.parameter for one in exceptions([delivery])]
    assert set(told) <= judged(delivery)
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("minutes", "stopped", "early"),
    [
        (Decimal(60), False, False),
        (Decimal(41), False, True),
        (Decimal(60), True, True),
        (None, True, True),
        (None, False, None),
    ],
)
def test_early_end_is_not_known_without_minutes(
    minutes: Decimal | None, stopped: bool, early: bool | None
) -> None:
    assert ended_early(60, minutes, stopped_early=stopped) is early


@pytest.mark.parametrize(
    ("change", "kind", "what"),
    [
        ({"pressure_mmhg": 220.9, "prescribed_mmhg": 260}, Kind.PRESSURE, "221 of 260 mmHg"),
        ({"ds_peak": 0.94}, Kind.DS_RATIO, "D/S peak 0.94, below 1.0"),
        ({"ds_peak": 1.1, "ds_first_week": 1.5}, Kind.DS_RATIO, "D/S peak 1.10, 1.50 in the first week"),
        ({"inflation_ms": -96.0}, Kind.TIMING, "Inflation 96 ms early"),
        ({"inflation_ms": 62.0}, Kind.TIMING, "Inflation 62 ms late"),
        ({"late_share": 0.12}, Kind.TIMING, "12 % of deflations late"),
        ({"pauses": 3, "paused_min": 4.0}, Kind.INTERRUPTIONS, "3 pauses, 4 min"),
        ({"pauses": 1, "paused_min": 9.4}, Kind.INTERRUPTIONS, "1 pause, 9 min"),
    ],
)
def test_each_parameter_beyond_its_threshold_is_told(
    change: dict[str, object], kind: Kind, what: str
) -> None:
    (found,) = exceptions([replace(FULL, **change)])  # type: ignore[arg-type]  # rows of one table
    assert (found.kind, found.what) == (kind, what)


@pytest.mark.parametrize(
    "change",
    [
        {"pressure_mmhg": 221.0, "prescribed_mmhg": 260},
        {"pressure_mmhg": 100.0, "prescribed_mmhg": None},
        {"ds_peak": 1.0},
        {"ds_peak": 1.21, "ds_first_week": 1.6},
        {"inflation_ms": -80.0, "late_share": 0.05},
        {"pauses": 2, "paused_min": 5.0},
    ],
)
def test_on_the_threshold_nothing_is_told(change: dict[str, object]) -> None:
    assert exceptions([replace(FULL, **change)]) == ()  # type: ignore[arg-type]  # rows of one table


def test_grade_is_not_told_again_where_a_parameter_explains_it() -> None:
    found = exceptions([replace(FULL, grade="C", inflation_ms=70.0, grade_reason="Late.")])
    assert [(one.kind, one.why) for one in found] == [(Kind.TIMING, "Late.")]


def test_hour_that_was_not_given_is_told_after_the_sessions() -> None:
    found = exceptions([replace(FULL, ds_peak=0.5)], [Absence("h1", "Missed Mon 30-Nov-2026", "Bus")])
    assert [(one.kind.parameter, one.number, one.hour) for one in found] == [
        ("ds_ratio", 1, ""),
        ("attendance", None, "h1"),
    ]


def test_thresholds_that_repeat_the_engines_are_the_engines() -> None:
    engine = GatingConfig(prescribed_pressure_mmhg=None)
    assert (USUAL.inflation_from_ms, USUAL.inflation_to_ms) == (
        engine.inflation_early_ms,
        engine.inflation_late_ms,
    )
    assert USUAL.pressure_least_share == engine.attained_fair_share
    assert (USUAL.ds_least, USUAL.late_most_share) == (engine.ds_poor, engine.minute_late_share)
