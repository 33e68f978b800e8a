"""When a review is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.milestones import (
    middle_due_since,
    middle_of,
    middle_overdue_since,
    summary_due_since,
)

ENDS = [datetime(2026, 10, 5, 16, tzinfo=UTC) + timedelta(days=day) for day in range(35)]


@pytest.mark.parametrize(("ordered", "middle"), [(35, 17), (36, 18), (2, 1), (1, 1)])
def test_middle_is_half_of_the_ordered_sessions(ordered: int, middle: int) -> None:
    assert middle_of(ordered) == middle


def test_mid_course_review_is_due_from_the_end_of_session_17() -> None:
    assert middle_due_since(ENDS[:16], 35, reviewed=False) is None
    assert middle_due_since(ENDS[:20], 35, reviewed=False) == ENDS[16]


def test_mid_course_review_is_due_no_longer_once_signed() -> None:
    assert middle_due_since(ENDS, 35, reviewed=True) is None


def test_summary_is_due_from_the_last_session_of_a_course_that_is_over() -> None:
    assert summary_due_since(ENDS, is_over=True, reviewed=False) == ENDS[-1]


@pytest.mark.parametrize(("is_over", "reviewed"), [(False, False), (True, True)])
def test_summary_is_not_due_while_the_course_goes_on_or_once_signed(is_over: bool, reviewed: bool) -> None:
    assert summary_due_since(ENDS, is_over=is_over, reviewed=reviewed) is None


def test_course_that_ended_without_a_session_needs_no_summary() -> None:
    assert summary_due_since([], is_over=True, reviewed=False) is None


@given(ordered=st.integers(1, 45), count=st.integers(0, 35))
def test_review_is_due_before_it_is_overdue_and_stays_both(ordered: int, count: int) -> None:
    ended = ENDS[:count]
    due = middle_due_since(ended, ordered, reviewed=False)
    overdue = middle_overdue_since(ended, ordered, reviewed=False)
    assert (due is None) is (count < middle_of(ordered))
    assert (overdue is None) is (count <= middle_of(ordered))
    assert overdue is None or (due is not None and due < overdue)
    later = ENDS[: count + 1]
    assert due is None or middle_due_since(later, ordered, reviewed=False) == due
    assert middle_due_since(ended, ordered, reviewed=True) is None
    assert middle_overdue_since(ended, ordered, reviewed=True) is None
