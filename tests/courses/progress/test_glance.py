"""What a picture says at a glance, and when it says nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.exceptions import USUAL, Delivery, Kind, exceptions
from courses.progress.glance import (
    Glance,
    State,
    change_state,
    in_band,
    in_time,
    late_state,
    pressure_state,
    short_sessions,
    weeks_glance,
)
from courses.progress.trends import Direction
from courses.progress.weekly import Source, Week


@pytest.mark.parametrize(
    ("value", "state"),
    [(None, None), (1.49, "below"), (1.5, "within"), (2.0, "within"), (2.01, "above")],
)
def test_value_stands_below_within_or_above_its_band(value: float | None, state: str | None) -> None:
    assert in_band(value, 1.5, 2.0) == state


@pytest.mark.parametrize(("ms", "state"), [(None, None), (-41, "early"), (-40, "in_time"), (21, "late")])
def test_inflation_is_early_in_time_or_late(ms: float | None, state: str | None) -> None:
    assert in_time(ms, -40, 20) == state


@given(given_mmhg=st.floats(0, 350), target=st.integers(100, 300))
def test_pressure_is_reached_exactly_where_no_exception_is_told(given_mmhg: float, target: int) -> None:
    delivery = Delivery(
        number=1,
        ordered_minutes=60,
        minutes=None,
        stopped_early=False,
        stop_reason="",
        symptoms="",
        recorded=True,
        without_recording_reason="",
        grade="",
        grade_reason="",
        pressure_mmhg=given_mmhg,
        prescribed_mmhg=target,
    )
    told = any(one.kind is Kind.PRESSURE for one in exceptions([delivery], limits=USUAL))
    assert (pressure_state(given_mmhg, target) is State.NOT_REACHED) is told


@pytest.mark.parametrize(("percent", "state"), [(None, None), (5.0, "in_limit"), (5.1, "beyond")])
def test_deflations_are_late_beyond_the_threshold_of_the_exceptions(
    percent: float | None, state: str | None
) -> None:
    assert late_state(percent) == state


def test_pressure_without_a_target_or_without_a_value_says_nothing() -> None:
    assert pressure_state(None, 260) is None
    assert pressure_state(250, None) is None


@pytest.mark.parametrize(
    ("early", "found"),
    [
        ([], (None, 0, 0)),
        ([None], (None, 0, 0)),
        ([False, None, False], (State.IN_FULL, 0, 2)),
        ([True, None, False], (State.SHORT, 1, 2)),
    ],
)
def test_short_sessions_are_counted_of_those_that_are_known(
    early: list[bool | None], found: tuple[State | None, int, int]
) -> None:
    assert short_sessions(early) == found


@pytest.mark.parametrize("direction", list(Direction))
def test_better_and_worse_are_those_of_the_trends(direction: Direction) -> None:
    state = change_state(direction)
    assert (state is None) is (direction is Direction.NOT_KNOWN)
    assert state is None or str(state) == str(direction)


def week(number: int, episodes: int | None, source: Source = Source.SESSIONS, days: int = 5) -> Week:
    return Week(number, date(2026, 11, 2) + timedelta(weeks=number), episodes, None, source, days)


@pytest.mark.parametrize(
    ("weeks", "glance"),
    [
        ([], None),
        ([week(1, 4)], None),
        ([week(0, 9), week(1, 4)], None),
        ([week(1, 4), week(2, None), week(3, 1)], Glance("4 → 1", State.BETTER)),
        ([week(1, 4), week(2, 4)], Glance("4 → 4", State.SAME)),
        ([week(1, 1), week(2, 4)], Glance("1 → 4", State.WORSE)),
        ([week(1, 4), week(2, 1, days=2)], Glance("4 → 1")),
        ([week(1, 4), week(2, 1, Source.DIARY)], Glance("4 → 1")),
    ],
)
def test_weeks_are_compared_only_where_as_much_stands_behind_both(
    weeks: list[Week], glance: Glance | None
) -> None:
    assert weeks_glance(weeks) == glance


@pytest.mark.parametrize(
    ("state", "light"),
    [
        (None, "idle"),
        (State.SAME, "idle"),
        (State.BETTER, "go"),
        (State.WORSE, "look"),
        (State.SHORT, "look"),
    ],
)
def test_light_asks_for_a_look_where_something_is_not_as_it_should_be(
    state: State | None, light: str
) -> None:
    assert Glance("", state).light == light
