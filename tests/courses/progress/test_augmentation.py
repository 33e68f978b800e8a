from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.augmentation import Position, SessionRatio, augmentation_trend

MONDAY = date(2026, 9, 14)


def course(*weeks: list[float | None]) -> list[SessionRatio]:
    return [
        SessionRatio(MONDAY + timedelta(weeks=week, days=day), ratio)
        for week, ratios in enumerate(weeks)
        for day, ratio in enumerate(ratios)
    ]


def test_first_week_is_compared_with_last() -> None:
    trend = augmentation_trend(course([0.8, 0.9, 1.0], [1.2], [1.5, 1.6, 1.7, 1.6, 1.6]))
    assert (trend.first_week, trend.last_week) == (0.9, 1.6)
    assert (trend.n_first, trend.n_last) == (3, 5)
    assert trend.change == pytest.approx(0.7)
    assert trend.sentence == (
        "Augmentation (D/S): 0.90 in the first week, 1.60 in the last; within the target of 1.5 to 2.0."
    )


@pytest.mark.parametrize(
    ("ratio", "position"),
    [
        (1.49, Position.BELOW),
        (1.5, Position.WITHIN),
        (2.0, Position.WITHIN),
        (2.01, Position.ABOVE),
    ],
)
def test_position_by_the_target(ratio: float, position: Position) -> None:
    assert augmentation_trend(course([ratio])).position is position


def test_a_course_of_one_week_has_nothing_to_compare() -> None:
    trend = augmentation_trend(course([1.0, 1.2], [1.4]))
    assert trend.last_week is None
    assert trend.change is None
    assert "no later week to compare; below the target" in trend.sentence


def test_two_full_weeks_are_compared() -> None:
    trend = augmentation_trend(course([1.0] * 7, [1.4] * 7))
    assert (trend.first_week, trend.last_week) == (1.0, 1.4)


def test_sessions_that_could_not_be_assessed_are_left_out_and_said() -> None:
    trend = augmentation_trend(course([None, 1.0], [None], [1.4]))
    assert (trend.first_week, trend.last_week) == (1.0, 1.4)
    assert trend.sentence.endswith("; 2 sessions could not be assessed.")


def test_an_unknown_first_week_gives_no_change() -> None:
    trend = augmentation_trend(course([None], [], [1.4]))
    assert trend.change is None
    assert "not known in the first week, 1.40 in the last" in trend.sentence
    assert trend.sentence.endswith("; 1 session could not be assessed.")


def test_nothing_known_is_not_known() -> None:
    assert augmentation_trend([]).position is None
    assert augmentation_trend(course([None])).sentence == (
        "Augmentation (D/S): not known; 1 session could not be assessed."
    )


def test_a_ratio_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        augmentation_trend(course([-0.1]))


ratios = st.lists(
    st.builds(
        SessionRatio,
        st.integers(0, 60).map(lambda day: MONDAY + timedelta(days=day)),
        st.none() | st.floats(0, 4),
    ),
    max_size=20,
)


@given(ratios)
def test_medians_lie_among_the_measured_and_order_does_not_matter(sessions: list[SessionRatio]) -> None:
    trend = augmentation_trend(sessions)
    measured = [s.ratio for s in sessions if s.ratio is not None]
    for value in (trend.first_week, trend.last_week):
        assert value is None or min(measured) <= value <= max(measured)
    assert augmentation_trend(sessions[::-1]) == trend
