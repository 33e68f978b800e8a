"""What is hidden, and that it cannot be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.small_counts import LEAST, hidden_groups, total_is_hidden

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((12, 30, 9), set()),
        ((12, 0, 9), set()),
        ((3, 30, 9), {0, 2}),  # the smallest of the others goes with it
        ((3, 30, 2), {0, 2}),  # together five: enough
        ((2, 30, 1), {0, 1, 2}),  # together three: the two would still be told
        ((4, 0, 0), {0}),  # alone: then the total is hidden, too
    ],
)
def test_small_group_hides_another_with_it(counts: tuple[int, ...], hidden: set[int]) -> None:
    assert hidden_groups(counts) == hidden


def test_total_of_fewer_than_five_is_hidden() -> None:
    assert total_is_hidden((4, 0)) and total_is_hidden((2, 2))
    assert not total_is_hidden((3, 2))
    assert not total_is_hidden((0, 0))


def test_count_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than no cases"):
        hidden_groups((4, -1))


@given(COUNTS)
def test_no_small_group_is_shown_and_none_can_be_worked_out(counts: list[int]) -> None:
    hidden = hidden_groups(counts)
    assert all(count == 0 or count >= LEAST for place, count in enumerate(counts) if place not in hidden)
    if hidden and not total_is_hidden(counts):
        # What a reader knows is the sum of the hidden ones, and that none of them is empty.
        assert len(hidden) >= 2
        assert sum(counts[place] for place in hidden) >= LEAST


@given(COUNTS)
def test_nothing_is_hidden_without_a_small_group(counts: list[int]) -> None:
    if all(count == 0 or count >= LEAST for count in counts):
        assert not hidden_groups(counts)
