"""A list of patients, however a spreadsheet saved it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.csv_list import BadList, read_list, repeated, values_of

HEAD = "Last name,First name,Date of birth,MRN"


@pytest.mark.parametrize(
    "given",
    [
        f"{HEAD}\nMüller,Otto,1950-01-31,EX-1\n".encode(),
        f"\ufeff{HEAD}\r\nMüller,Otto,1950-01-31,EX-1\r\n".encode(),
        f"{HEAD}\nMüller,Otto,1950-01-31,EX-1".encode("cp1252"),
        f"{HEAD}\nMüller,Otto,1950-01-31,EX-1\n".replace(",", ";").encode(),
        f"{HEAD}\nMüller,Otto,1950-01-31,EX-1\n".replace(",", "\t").encode(),
        'SURNAME,"Given Name",DOB,Chart number\n"Müller"," Otto ",1950-01-31,EX-1\n,,,\n'.encode(),
    ],
    ids=["utf-8", "with a mark", "code page", "semicolons", "tabs", "other names"],
)
def test_list_is_read_however_it_was_saved(given: bytes) -> None:
    [(number, texts)] = read_list(given).rows
    assert number == 2
    assert texts == {"family_name": "Müller", "given_name": "Otto", "birth_date": "1950-01-31", "mrn": "EX-1"}


def test_columns_that_are_not_taken_are_named() -> None:
    assert read_list(f"{HEAD},Shoe size\nA,B,1950-01-31,1,44\n".encode()).ignored == ("Shoe size",)


def test_line_of_the_file_is_told_also_after_a_cell_of_two_lines() -> None:
    given = f'{HEAD},Alerts\nA,B,1950-01-31,1,"two\nlines"\nC,D,1950-01-31,2,\n'
    assert [number for number, _ in read_list(given.encode()).rows] == [3, 4]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x00 a workbook", "no text"),
        (b"Last name,MRN\nA,1\n", "no column for: given name, date of birth"),
        (HEAD.encode(), "no patient beneath it"),
        ((HEAD + "\nA,B,1950-01-31,1" * 1001).encode(), "at most 1000"),
    ],
)
def test_file_that_is_no_list_is_refused_with_the_way_out(given: bytes, sentence: str) -> None:
    with pytest.raises(BadList, match=sentence):
        read_list(given)


def test_cells_become_values() -> None:
    values, problems = values_of(
        {"birth_date": "03/04/1951", "sex": "female", "language": "Español"},
        {"spanish": "es", "espanol": "es"},
    )
    assert not problems
    assert (values["birth_date"], values["sex"], values["language"]) == (date(1951, 3, 4), "F", "es")


def test_what_cannot_be_read_is_said_and_never_guessed() -> None:
    values, problems = values_of({"birth_date": "03/04/51", "sex": "?"}, {})
    assert set(problems) == {"birth_date", "sex"}
    assert values["birth_date"] is None


def test_repeated_values_are_found() -> None:
    assert repeated([{"mrn": "a"}, {"mrn": "A"}, {"mrn": ""}, {"mrn": ""}], "mrn") == {"a"}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(given: bytes) -> None:
    try:
        read_list(HEAD.encode() + b"\n" + given)
    except BadList as refused:
        assert str(refused)
