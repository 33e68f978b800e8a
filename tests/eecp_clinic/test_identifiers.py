"""NPI and MBI are checked by their own form; a wrong one is refused with what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eecp_clinic.identifiers import check_mbi, check_npi, check_tax_id, check_taxonomy

LETTERS = "ACDEFGHJKMNPQRTUVWXY"
BY_POSITION = ["123456789", LETTERS, LETTERS + "0123456789", "0123456789"]
PATTERN = [0, 1, 2, 3, 1, 2, 3, 1, 1, 3, 3]
mbis = st.tuples(*(st.sampled_from(BY_POSITION[kind]) for kind in PATTERN)).map("".join)


def test_npi_of_the_standards_example_is_right() -> None:
    assert check_npi("123456789-3") == "1234567893"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1234567890", "last digit"),
        ("1234567983", "last digit"),
        ("3234567893", "begins with 1 or 2"),
        ("123456789", "ten digits"),
        ("", "ten digits"),
        ("12345678९3", "ten digits"),
    ],
)
def test_wrong_npi_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_npi(text)


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_in_an_npi_is_always_noticed(position: int, shift: int) -> None:
    digits = list("1234567893")
    digits[position] = str((int(digits[position]) + shift) % 10)
    with pytest.raises(ValueError, match="NPI"):
        check_npi("".join(digits))


def test_mbi_is_stored_in_capitals_without_dashes() -> None:
    assert check_mbi(" 1eg4-te5-mk73 ") == "1EG4TE5MK73"


@given(mbis)
def test_every_mbi_of_the_published_pattern_is_accepted(mbi: str) -> None:
    assert check_mbi(f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}".lower()) == mbi


@given(mbis, st.integers(0, 10), st.sampled_from("SLOIBZslobiz"))
def test_letters_that_look_like_digits_are_refused(mbi: str, position: int, letter: str) -> None:
    with pytest.raises(ValueError, match="Medicare"):
        check_mbi(mbi[:position] + letter + mbi[position + 1 :])


@pytest.mark.parametrize("text", ["", "1EG4TE5MK7", "1EG4TE5MK733", "0EG4TE5MK73", "123-45-6789A"])
def test_wrong_mbi_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Medicare number"):
        check_mbi(text)


def test_tax_id_is_stored_without_dashes() -> None:
    assert check_tax_id("36-0000000") == "360000000"


@pytest.mark.parametrize(("typed", "said"), [("36-000000", "nine digits"), ("07-0000000", "begins with 07")])
def test_impossible_tax_id_is_refused(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_tax_id(typed)


def test_social_security_number_has_no_prefix_of_an_employer() -> None:
    assert check_tax_id("078-05-1120", "SY") == "078051120"


def test_taxonomy_code_is_stored_in_capitals() -> None:
    assert check_taxonomy("207rc0000x") == "207RC0000X"


@pytest.mark.parametrize("typed", ["207RC0000", "207RC0000Y", "ABCDEFGHIX", ""])
def test_other_forms_of_a_taxonomy_code_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="ten characters"):
        check_taxonomy(typed)
