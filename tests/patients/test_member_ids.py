"""A member id has the format of its plan."""

import pytest

from patients.member_ids import check_member_id


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("original_medicare", "1eg4-te5-mk73", "1EG4TE5MK73"),
        ("medicare_advantage", " H1234  567 ", "H1234 567"),
        ("commercial", "xyz-000123", "xyz-000123"),
        ("medicaid", "", ""),
        ("self_pay", " ", ""),
    ],
)
def test_member_id_is_stored_as_its_plan_writes_it(kind: str, typed: str, stored: str) -> None:
    assert check_member_id(kind, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("original_medicare", "", "11 letters and digits"),
        ("original_medicare", "1EG4TE5MK7S", "not the form of a Medicare number"),
        ("commercial", "id: 1/2", "Copy it from the plan's card"),
        ("commercial", "X", "3 to 40"),
        ("self_pay", "ABC123", "has no member id"),
    ],
)
def test_member_id_of_another_format_is_refused(kind: str, typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_member_id(kind, typed)
