"""Delivered against prescribed: what differs, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest

from courses.progress.exceptions import Delivery, Kind, ended_early, exceptions, is_short

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
    bare = replace(FULL, recorded=False, without_recording_reason="Agent was down", grade="")
    (found,) = exceptions([bare])
    assert (found.kind, found.why) == (Kind.NO_RECORDING, "Agent was down")


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
