from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.intervals import Interval, UnusableInterval, uncovered

NINE = datetime(2026, 11, 2, 14, tzinfo=UTC)


def stretch(begin: int, end: int) -> Interval:
    return Interval(NINE + timedelta(minutes=begin), NINE + timedelta(minutes=end))


stretches = st.builds(
    lambda begin, length: stretch(begin, begin + length), st.integers(0, 90), st.integers(1, 60)
)


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UnusableInterval, match="ends before"):
        stretch(10, 10)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(UnusableInterval, match="no zone"):
        Interval(NINE.replace(tzinfo=None), NINE)


def test_length_counts_the_hour_that_the_clocks_repeat() -> None:
    zone = ZoneInfo("America/New_York")
    night = Interval(datetime(2026, 11, 1, 0, tzinfo=zone), datetime(2026, 11, 1, 3, tzinfo=zone))
    assert night.length == timedelta(hours=4)


def test_intervals_that_touch_do_not_overlap_unless_they_must_lie_apart() -> None:
    assert not stretch(0, 60).overlaps(stretch(60, 120))
    assert stretch(0, 60).overlaps(stretch(60, 120), apart=timedelta(minutes=1))
    assert stretch(60, 120).overlaps(stretch(0, 60), apart=timedelta(minutes=1))


@pytest.mark.parametrize(
    ("covers", "gaps"),
    [
        ([], [(0, 60)]),
        ([(0, 60)], []),
        ([(-5, 20), (20, 70)], []),
        ([(0, 20), (30, 60)], [(20, 30)]),
        ([(10, 50)], [(0, 10), (50, 60)]),
        ([(0, 50), (10, 20)], [(50, 60)]),
        ([(70, 90), (-20, -10)], [(0, 60)]),
    ],
)
def test_uncovered_parts_are_what_no_cover_holds(
    covers: list[tuple[int, int]], gaps: list[tuple[int, int]]
) -> None:
    found = uncovered(stretch(0, 60), [stretch(*cover) for cover in covers])
    assert found == tuple(stretch(*gap) for gap in gaps)


@given(stretches, st.lists(stretches, max_size=5))
def test_every_minute_is_either_covered_or_in_a_gap(whole: Interval, covers: list[Interval]) -> None:
    gaps = uncovered(whole, covers)
    moment = whole.start
    while moment < whole.end:
        covered = any(cover.start <= moment < cover.end for cover in covers)
        assert covered != any(gap.start <= moment < gap.end for gap in gaps)
        moment += timedelta(minutes=1)
