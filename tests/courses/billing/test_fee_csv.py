"""A fee schedule from a file: what is taken, what is told by its row, and what is no fee schedule."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.fee_csv import Fee, FeeFileError, read_fees

HEADING = "year,locality,code,modifier,amount\n"


def test_amounts_are_taken_by_year_and_locality() -> None:
    found = read_fees(
        f"{HEADING}2026,16,g0166,,150.00\n2026,16,G0166,76,150\n2027,16,G0166,,155.5\n".encode()
    )
    assert found.findings == ()
    assert found.schedules == ((2026, "16"), (2027, "16"))
    assert found.of(2026, "16") == (
        Fee(2026, "16", "G0166", "", Decimal("150.00")),
        Fee(2026, "16", "G0166", "76", Decimal(150)),
    )


def test_columns_are_known_by_other_names_in_any_order() -> None:
    content = b'\xef\xbb\xbfHCPCS Code,Fee,Year,Note\nG0166,"$1,150.00",2026,new\n'
    (fee,) = read_fees(content).fees
    assert (fee.code, fee.amount, fee.locality, fee.modifier) == ("G0166", Decimal(1150), "", "")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("26,16,G0166,,150", "not a year"),
        ("2026,16,G166,,150", "not a code"),
        ("2026,16,G0166,761,150", "not a modifier"),
        ("2026,16,G0166,,0", "not an amount"),
        ("2026,16,G0166,,-5", "not an amount"),
        ("2026,16,G0166,,1.005", "not an amount"),
        ("2026,16,G0166,", "not an amount"),
        ("2026,16,G0299,,10\n", "stands there twice"),
    ],
)
def test_row_that_is_not_taken_is_told_and_the_others_are_taken(row: str, said: str) -> None:
    found = read_fees(f"{HEADING}2026,16,G0299,,99\n\n{row}\n".encode())
    assert [fee.code for fee in found.fees] == ["G0299"]
    assert [(finding.row, said in finding.sentence) for finding in found.findings] == [(4, True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"code,amount\nG0166,150\n", "no column year"),
        (b"\xff\xfe\x00", "UTF-8"),
        ((HEADING + "2026,,G0166,,1\n" * 20_001).encode(), "more than"),
    ],
)
def test_file_that_is_no_fee_schedule_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FeeFileError, match=said):
        read_fees(content)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: (HEADING + text).encode())))
def test_anything_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_fees(content)
    except FeeFileError:
        return
    assert all(fee.amount > 0 for fee in found.fees)
