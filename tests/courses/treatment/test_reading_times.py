"""When the next reading is due, and which stretches have none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.reading_times import MISSING_AFTER, next_due, unread

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("read", "pauses", "due"),
    [
        ([], [], 5),
        ([5, 10], [], 15),
        ([10, 5], [], 15),
        ([5], [(6, 8)], 12),
        ([5], [(6, 8), (9, 12)], 15),
        ([5], [(3, 7)], 12),  # paused while it was read: only what came after counts
        ([5], [(1, 4)], 10),
        ([5], [(10, 12)], 10),  # a pause that begins when it is due does not put it off
        ([5], [(11, None)], 10),
    ],
)
def test_next_reading_is_due_an_interval_of_treatment_later(
    read: list[int], pauses: list[tuple[int, int | None]], due: int
) -> None:
    stood = [(at(a), None if b is None else at(b)) for a, b in pauses]
    assert next_due(START, [at(minute) for minute in read], stood, FIVE) == at(due)


def test_nobody_knows_when_it_is_due_while_a_pause_lasts() -> None:
    assert next_due(START, [at(5)], [(at(7), None)], FIVE) is None


def test_stretches_without_a_reading_are_named_and_not_filled() -> None:
    found = unread(START, at(30), [at(5), at(20), at(24)], [], FIVE)
    assert [(one.start, one.end) for one in found] == [(at(5), at(20))]
    assert found[0].treated == timedelta(minutes=15)


def test_one_that_came_a_little_late_is_no_hole() -> None:
    assert unread(START, at(14), [at(7)], [], FIVE) == []


def test_session_without_any_reading_is_one_stretch() -> None:
    assert [(one.start, one.end) for one in unread(START, at(60), [], [], FIVE)] == [(START, at(60))]


def test_paused_time_needs_no_reading() -> None:
    assert unread(START, at(20), [at(5), at(15)], [(at(6), at(13))], FIVE) == []
    assert unread(START, at(20), [at(5)], [(at(8), None)], FIVE) == []


def test_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        next_due(START, [], [], timedelta())


minutes = st.integers(0, 60)
pauses_given = st.lists(st.tuples(minutes, st.integers(0, 20)), max_size=4)


@given(st.lists(minutes, max_size=10), pauses_given)
def test_stretches_lie_in_the_session_and_never_hold_a_reading(
    read: list[int], pauses: list[tuple[int, int]]
) -> None:
    stood = [(at(a), at(a + length)) for a, length in pauses]
    found = unread(START, at(60), [at(minute) for minute in read], stood, FIVE)
    for one in found:
        assert START <= one.start < one.end <= at(60)
        assert not any(one.start < at(minute) < one.end for minute in read)
        assert MISSING_AFTER * FIVE < one.treated <= one.end - one.start


@given(st.lists(minutes, max_size=10), pauses_given)
def test_reading_is_never_due_before_an_interval_has_passed(
    read: list[int], pauses: list[tuple[int, int]]
) -> None:
    stood = [(at(a), at(a + length)) for a, length in pauses]
    due = next_due(START, [at(minute) for minute in read], stood, FIVE)
    assert due is not None
    assert due >= at(max([0, *read])) + FIVE
