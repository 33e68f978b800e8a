"""What was typed into the search box is understood."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.search_words import SearchWords, read

BORN = date(1950, 1, 31)


@pytest.mark.parametrize(
    "typed",
    ["31-Jan-1950", "1950-01-31", "1/31/1950", "01311950", "31 Jan 1950", "Jan 31, 1950", "january 31 1950"],
)
def test_date_of_birth_is_read_in_every_usual_form(typed: str) -> None:
    assert read(typed) == SearchWords(born=BORN)


def test_name_and_birth_together() -> None:
    assert read("O'Neil, Mary 1/31/1950") == SearchWords(words=("oneil", "mary"), born=BORN)


@pytest.mark.parametrize("typed", ["(312) 555-0199", "+1 312 555 0199", "3125550199", "312.555.0199"])
def test_phone_number_is_read_without_its_signs(typed: str) -> None:
    assert read(typed) == SearchWords(phone="3125550199")


@pytest.mark.parametrize(
    ("typed", "words"), [("T-00012", ("t", "00012")), ("00012", ("00012",)), ("99999999", ())]
)
def test_short_number_is_a_word(typed: str, words: tuple[str, ...]) -> None:
    assert read(typed).words == words


@given(st.text())
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    read(typed)
