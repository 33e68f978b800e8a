"""CSV cells that no spreadsheet runs."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.books.safe_cells import csv_of, safe


@pytest.mark.parametrize(
    "text", ["=1+1", "+SUM(A1)", "-2+3", "@import", "\tx", "\rx", "\n=1", "-", "=HYPERLINK(1)"]
)
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [("-12.50", "-12.50"), ("150.00", "150.00"), ("O'Hara", "O'Hara"), (None, "")]
)
def test_numbers_and_plain_text_stay_as_they_are(value: object, text: str) -> None:
    assert safe(value) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_cell_of_a_file_begins_a_formula(cells: list[str]) -> None:
    rows = list(csv.reader(StringIO(csv_of(["a"] * len(cells), [cells]), newline="")))
    assert len(rows) == 2
    for read, given_ in zip(rows[1], cells, strict=True):
        assert read.removeprefix("'") == given_.removeprefix("'") or read == given_
        assert not read.startswith(("=", "@", "\t", "\r"))
