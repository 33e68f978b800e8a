"""Angina by week: from the diary, or from what was told, never from both and never multiplied up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.weekly import Source, Told, weeks

BEGINS = date(2026, 11, 30)


def told(day: int, episodes: int | None, nitroglycerin: int | None = None) -> Told:
    return Told(BEGINS + timedelta(days=day), episodes, nitroglycerin)


def test_sessions_of_a_week_are_added_up() -> None:
    (week,) = weeks(BEGINS, [], [told(0, 2, 1), told(2, 3, 0)], BEGINS + timedelta(days=6))
    assert (week.episodes, week.nitroglycerin, week.source, week.days) == (5, 1, Source.SESSIONS, 2)


def test_diary_of_a_week_stands_in_place_of_its_sessions_and_says_how_many_days() -> None:
    (week,) = weeks(BEGINS, [told(1, 1), told(2, 0)], [told(0, 7)], BEGINS + timedelta(days=6))
    assert (week.episodes, week.source, week.days, week.is_whole) == (1, Source.DIARY, 2, False)


def test_week_without_anything_is_not_known_and_not_none() -> None:
    found = weeks(BEGINS, [], [told(0, 2), told(15, 1)], BEGINS + timedelta(days=15))
    assert [week.episodes for week in found] == [2, None, 1]
    assert found[1].source is Source.NONE


def test_diary_before_the_course_has_weeks_of_its_own() -> None:
    found = weeks(BEGINS, [told(-1, 4)], [told(0, 2)], BEGINS)
    assert [(week.number, week.episodes) for week in found] == [(0, 4), (1, 2)]


def test_nothing_after_the_last_day_counts() -> None:
    (week,) = weeks(BEGINS, [told(9, 4)], [], BEGINS)
    assert week.episodes is None


def test_last_day_before_the_course_is_refused() -> None:
    with pytest.raises(ValueError, match="before the course"):
        weeks(BEGINS, [], [], BEGINS - timedelta(days=1))


def test_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        weeks(BEGINS, [told(0, -1)], [], BEGINS)


@given(st.dictionaries(st.integers(-28, 60), st.integers(0, 50), max_size=40))
def test_every_kept_day_is_counted_once(days: dict[int, int]) -> None:
    found = weeks(BEGINS, [told(day, count) for day, count in days.items()], [], BEGINS + timedelta(days=60))
    assert sum(week.episodes or 0 for week in found) == sum(days.values())
    assert sum(week.days for week in found) == len(days)
    assert [week.number for week in found] == list(range(found[0].number, found[-1].number + 1))
