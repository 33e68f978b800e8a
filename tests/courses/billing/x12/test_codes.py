"""Codes in words; one that is not in the list is kept and shown."""

from decimal import Decimal

import pytest

from courses.billing.payer_codes import packaged_codes
from courses.billing.x12.acknowledgements import InterchangeAck, Outcome
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.codes import CodeTableError, Table, parse_codes
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment

BOOK = packaged_codes()


def test_adjustment_says_why_and_who_bears_it() -> None:
    meaning = BOOK.adjustment(Adjustment("CO", "50", Decimal(150)))
    assert meaning.code == "CO-50"
    assert meaning.words.startswith("Not seen as medically necessary. The clinic bears it")


def test_status_names_the_information_and_whose_it_is() -> None:
    meaning = BOOK.status(StatusCode("A7", "562", "85"))
    assert meaning.code == "A7:562:85"
    assert "NPI" in meaning.words
    assert "the billing provider" in meaning.words


@pytest.mark.parametrize(
    "meaning",
    [
        BOOK.meaning(Table.REMARK, "N999"),
        BOOK.adjustment(Adjustment("CO", "999", Decimal(1))),
        BOOK.status(StatusCode("A7", "9999")),
        BOOK.provider_adjustment(ProviderAdjustment("ZZ", "", Decimal(1))),
        BOOK.interchange(InterchangeAck(1, Outcome.REJECTED, "099")),
    ],
)
def test_code_that_is_not_in_the_list_is_kept_and_said_to_be_unknown(meaning: object) -> None:
    assert not getattr(meaning, "is_known", True)
    assert "Not in our list" in getattr(meaning, "words", "")


def test_every_code_has_words_that_are_a_sentence() -> None:
    for table in set(Table) - {Table.ENTITY}:
        assert BOOK.tables[table]
        assert all(words.endswith(".") for words in BOOK.tables[table].values())


def test_code_is_found_in_small_letters_too() -> None:
    assert BOOK.meaning(Table.REMARK, "ma01").words == BOOK.meaning(Table.REMARK, "MA01").words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[carc", "not TOML"),
        ("", "no table"),
        ('[other]\n"1" = "x"', "nothing reads: other"),
        ("[group]\nCO = 1", "write what it means"),
    ],
)
def test_file_of_codes_with_a_mistake_is_refused(text: str, said: str) -> None:
    with pytest.raises(CodeTableError, match=said):
        parse_codes(text)
