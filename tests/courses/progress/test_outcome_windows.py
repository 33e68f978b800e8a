"""When outcomes are due, and how far from their day they count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.outcome_windows import (
    POINTS,
    TOLERANCES,
    CourseDays,
    State,
    Window,
    endings_that_wait,
    windows,
)

FIRST = date(2026, 10, 5)
ALL = [FIRST + timedelta(days=n + 2 * (n // 5)) for n in range(35)]
WHOLE = CourseDays(begins_on=None, sessions_on=ALL, ordered=35, ended_on=ALL[-1])


def of(point: str, found: tuple[Window, ...]) -> Window:
    return next(window for window in found if window.point == point)


def test_days_follow_from_the_course() -> None:
    found = windows(WHOLE, {}, ALL[-1])
    assert [window.due_on for window in found] == [
        FIRST,
        FIRST + timedelta(days=14),
        ALL[16],
        ALL[-1],
        date(2027, 5, 20),
        date(2027, 11, 20),
    ]


def test_last_day_of_a_shorter_month_stands_for_one_that_is_not_there() -> None:
    ended = CourseDays(begins_on=None, sessions_on=[], ordered=35, ended_on=date(2026, 8, 31))
    assert of("six_months", windows(ended, {}, FIRST)).due_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("days_after", "state"),
    [(-10, State.LATER), (-2, State.DUE), (0, State.DUE), (3, State.OVERDUE), (8, State.MISSED)],
)
def test_two_weeks_go_from_later_to_missed(days_after: int, state: State) -> None:
    today = FIRST + timedelta(days=14 + days_after)
    assert of("two_weeks", windows(WHOLE, {}, today)).state is state


def test_measured_within_and_outside_its_window() -> None:
    measured = {"end": ALL[-1] + timedelta(days=3), "middle": ALL[16] + timedelta(days=9)}
    found = windows(WHOLE, measured, ALL[-1] + timedelta(days=30))
    assert of("end", found).state is State.MEASURED
    assert of("middle", found).state is State.OUTSIDE


def test_before_the_first_session_the_first_booked_hour_counts() -> None:
    planned = CourseDays(begins_on=FIRST, sessions_on=[], ordered=35, ended_on=None)
    baseline = of("baseline", windows(planned, {}, FIRST - timedelta(days=7)))
    assert (baseline.state, baseline.is_waiting) == (State.DUE, True)
    assert of("end", windows(planned, {}, FIRST)).state is State.LATER


def test_strange_point_is_refused() -> None:
    with pytest.raises(ValueError, match="someday"):
        windows(WHOLE, {"someday": FIRST}, FIRST)


@given(st.integers(0, 500), st.sampled_from(POINTS))
def test_window_holds_its_day_and_waits_only_inside_it(days: int, point: str) -> None:
    today = FIRST + timedelta(days=days)
    window = of(point, windows(WHOLE, {}, today))
    assert window.first_day is not None and window.due_on is not None and window.last_day is not None
    assert window.first_day <= window.due_on <= window.last_day
    assert (window.last_day - window.first_day).days == sum(TOLERANCES[point])
    assert window.is_waiting is (window.first_day <= today <= window.last_day)


@given(
    ended_on=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    later=st.integers(0, 500),
    length=st.integers(0, 60),
)
def test_no_course_that_waits_for_a_point_ended_outside_the_stretches(
    ended_on: date, later: int, length: int
) -> None:
    today, begins_on = ended_on + timedelta(days=later), ended_on - timedelta(days=length)
    days = CourseDays(
        begins_on=begins_on,
        sessions_on=[begins_on + timedelta(days=n) for n in range(length + 1)],
        ordered=35,
        ended_on=ended_on,
    )
    is_waiting = any(window.is_waiting for window in windows(days, {}, today))
    assert not is_waiting or any(first <= ended_on <= last for first, last in endings_that_wait(today))


def test_course_that_ended_long_ago_is_in_no_stretch() -> None:
    today = date(2026, 11, 23)
    for days in (30, 100, 300, 430):
        ended_on = today - timedelta(days=days)
        assert not any(first <= ended_on <= last for first, last in endings_that_wait(today)), days
