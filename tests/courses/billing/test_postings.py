"""How entries add up: sums that a reversal undoes, days that share an amount, and what nobody pays."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.postings import Posting, Reason, balance, by_line, shares, total
from tests.courses.billing.money import usd

POSTED = datetime(2026, 12, 20, 15, 0, tzinfo=UTC)


def entry(
    paid: int, *reasons: tuple[str, str, int], line: int | None = 1, is_reversal: bool = False
) -> Posting:
    sign = -1 if is_reversal else 1
    return Posting(
        claim=1,
        line=line,
        remittance=1,
        answer=1,
        posted_at=POSTED,
        paid_on=date(2026, 12, 18),
        charge=Decimal(150 * sign),
        paid=Decimal(paid),
        reasons=tuple(Reason(group, code, Decimal(amount)) for group, code, amount in reasons),
        is_reversal=is_reversal,
    )


PAID = entry(100, ("CO", "45", 30), ("PR", "2", 20))
TAKEN_BACK = entry(-100, ("CO", "45", -30), ("PR", "2", -20), is_reversal=True)


def test_paid_adjusted_and_patient_owes_are_kept_apart() -> None:
    found = balance(Decimal(150), [PAID])
    assert (found.paid, found.adjusted, found.patient_owes, found.open) == usd(100, 30, 20, 0)
    assert found.answered


def test_line_without_an_answer_is_open_and_says_that_nothing_is_known() -> None:
    found = balance(Decimal(150), [])
    assert found.open == 150
    assert not found.answered


def test_line_that_was_never_sent_has_nothing_open() -> None:
    assert balance(None, []).open is None


def test_reversal_leaves_the_line_open_and_unanswered() -> None:
    found = balance(Decimal(150), [PAID, TAKEN_BACK])
    assert (found.paid, found.adjusted, found.patient_owes, found.open) == usd(0, 0, 0, 150)
    assert not found.answered


def test_payment_after_a_reversal_is_what_stands() -> None:
    found = balance(Decimal(150), [PAID, TAKEN_BACK, entry(120, ("CO", "45", 30))])
    assert (found.paid, found.adjusted, found.patient_owes, found.open) == usd(120, 30, 0, 0)
    assert found.answered


@pytest.mark.parametrize(
    ("found", "denied"),
    [
        (entry(0, ("CO", "50", 150)), True),
        (entry(0, ("PR", "1", 150)), False),
        (entry(100, ("CO", "45", 50)), False),
        (TAKEN_BACK, False),
    ],
)
def test_denied_is_what_nobody_pays(found: Posting, denied: bool) -> None:
    assert found.is_denied is denied


def test_entries_of_no_line_are_not_a_lines() -> None:
    assert list(by_line([PAID, entry(0, line=None)])) == [1]


def test_total_counts_what_was_asked_for() -> None:
    found = total([balance(Decimal(150), [PAID]), balance(None, [])])
    assert (found.asked, found.paid, found.patient_owes) == usd(150, 100, 20)


@given(st.decimals(-99999, 99999, places=2), st.integers(1, 31))
def test_shares_add_up_to_the_cent(amount: Decimal, count: int) -> None:
    found = shares(amount, count)
    assert sum(found) == amount
    assert all(share == share.quantize(Decimal("0.01")) for share in found)


def test_nothing_is_shared_by_no_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        shares(Decimal(1), 0)
