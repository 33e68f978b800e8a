"""Phone numbers are kept as typed and shown as read."""

import pytest

from patients.phones import check_phone, shown_phone


@pytest.mark.parametrize("typed", ["312-555-0199", "(312) 555 0199", "+1 312.555.0199", "3125550199"])
def test_us_number_is_shown_in_one_form(typed: str) -> None:
    assert shown_phone(typed) == "(312) 555-0199"


@pytest.mark.parametrize(
    "typed", ["312-555-0199 ext. 4", "+49 30 901820", "555-0199", "312-555-0199 (daughter)"]
)
def test_anything_else_is_shown_as_it_was_typed(typed: str) -> None:
    assert check_phone(typed) == typed
    assert shown_phone(typed) == typed


def test_number_that_nobody_could_dial_is_refused() -> None:
    with pytest.raises(ValueError, match="at least seven digits"):
        check_phone("555")


def test_empty_is_not_known_and_not_refused() -> None:
    assert check_phone("  ") == ""
