"""Whose is what, field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eecp_clinic.drafts.merge import Conflict, merge

TABLE = [
    # base, stored, posted -> what is saved, taken over, in conflict
    ("", "", "", "", False, False),
    ("", "", "131", "131", False, False),  # only I wrote
    ("", "131", "", "131", True, False),  # only they wrote
    ("", "131", "131", "131", False, False),  # both wrote the same
    ("", "131", "128", "128", False, True),  # both wrote, each something else
    ("120", "120", "", "", False, False),  # only I emptied it
    ("120", "", "120", "", True, False),  # only they emptied it
    ("120", "131", "", "", False, True),  # I emptied what they corrected
    ("120", "", "131", "131", False, True),  # I corrected what they emptied
]


@pytest.mark.parametrize(("base", "stored", "posted", "value", "taken", "asked"), TABLE)
def test_field_is_merged_by_who_changed_it(
    base: str, stored: str, posted: str, value: str, taken: bool, asked: bool
) -> None:
    merged = merge({"systolic": base}, {"systolic": stored}, {"systolic": posted})
    assert merged.values == {"systolic": value}
    assert merged.taken_over == (("systolic",) if taken else ())
    assert merged.conflicts == ({"systolic": Conflict(mine=posted, theirs=stored)} if asked else {})


def test_field_that_the_form_did_not_show_is_taken_as_posted() -> None:
    assert merge({}, {"weight": "71"}, {"weight": "72"}).values == {"weight": "72"}


def test_choice_settles_what_was_seen() -> None:
    merged = merge({"a": ""}, {"a": "131"}, {"a": "128"}, choices={"a": "131"})
    assert (merged.values, merged.conflicts) == ({"a": "128"}, {})


def test_choice_does_not_settle_what_was_stored_since() -> None:
    merged = merge({"a": ""}, {"a": "140"}, {"a": "128"}, choices={"a": "131"})
    assert merged.conflicts == {"a": Conflict(mine="128", theirs="140")}


def test_values_of_different_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="different fields: b"):
        merge({}, {"a": ""}, {"a": "", "b": ""})


TEXTS = st.sampled_from(["", "1", "2", "3"])
FORMS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5)


def columns(rows: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{str(n): row[column] for n, row in enumerate(rows)} for column in range(3)]


@given(FORMS)
def test_nothing_that_somebody_else_stored_is_overwritten_unasked(rows: list[tuple[str, str, str]]) -> None:
    base, stored, posted = columns(rows)
    merged = merge(base, stored, posted)
    for name, value in merged.values.items():
        if stored[name] != base[name] and value != stored[name]:
            assert name in merged.conflicts


@given(FORMS)
def test_nothing_that_was_typed_is_dropped_unasked(rows: list[tuple[str, str, str]]) -> None:
    base, stored, posted = columns(rows)
    merged = merge(base, stored, posted)
    for name, value in merged.values.items():
        if posted[name] != base[name]:
            assert value == posted[name]


@given(FORMS)
def test_alone_one_gets_exactly_what_one_posted(rows: list[tuple[str, str, str]]) -> None:
    base, _stored, posted = columns(rows)
    merged = merge(base, base, posted)
    assert (merged.values, merged.taken_over, merged.conflicts) == (posted, (), {})


@given(FORMS)
def test_choosing_every_conflict_leaves_none(rows: list[tuple[str, str, str]]) -> None:
    base, stored, posted = columns(rows)
    asked = merge(base, stored, posted).conflicts
    assert not merge(base, stored, posted, {name: stored[name] for name in asked}).conflicts
