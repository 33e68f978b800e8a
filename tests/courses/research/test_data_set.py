"""How coarsely a data set tells of people: never a combination that fewer than five share."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.research.data_set import COURSE_COLUMNS, GRAINS, LEAST, TooFew, told_coarsely


def people(*described: tuple[int | None, str]) -> list[dict[str, Any]]:
    return [{"age": age, "sex": sex} for age, sex in described]


@pytest.mark.parametrize(
    ("described", "grain", "least"),
    [
        ([(72, "F")] * 5 + [(66, "M")] * 6, 0, 5),
        ([(71, "F")] * 3 + [(76, "F")] * 3, 1, 6),
        ([(68, "F")] * 3 + [(76, "F")] * 3, 2, 6),
        ([(68, "F")] * 3 + [(76, "M")] * 3, 3, 6),
        ([(50, "F")] * 3 + [(76, "F")] * 3, 4, 6),
        ([(50, "F")] * 3 + [(76, "M")] * 3, 5, 6),
    ],
)
def test_age_and_sex_are_told_as_finely_as_five_allow(
    described: list[tuple[int, str]], grain: int, least: int
) -> None:
    told = told_coarsely(people(*described))
    assert (told.grain, told.least) == (GRAINS[grain], least)


def test_ages_end_at_ninety() -> None:
    told = told_coarsely(people(*[(90, "F"), (94, "F"), (99, "F"), (101, "F"), (91, "F")]))
    assert {row["age_band"] for row in told.rows} == {"90+"}


def test_four_courses_make_no_data_set() -> None:
    with pytest.raises(TooFew, match="at least 5 courses"):
        told_coarsely(people(*[(72, "F")] * 4))


def test_age_in_years_never_leaves() -> None:
    assert "age" not in {column.name for column in COURSE_COLUMNS}
    assert all("age" not in row for row in told_coarsely(people(*[(72, "F")] * 5)).rows)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(30, 105)), st.sampled_from(["F", "M", "other", "unknown"])
        ),
        min_size=LEAST,
        max_size=80,
    )
)
def test_no_combination_is_rarer_than_five(described: list[tuple[int | None, str]]) -> None:
    told = told_coarsely(people(*described))
    shared = Counter((row["age_band"], row["sex"]) for row in told.rows)
    assert min(shared.values()) == told.least >= LEAST
    assert len(told.rows) == len(described)
