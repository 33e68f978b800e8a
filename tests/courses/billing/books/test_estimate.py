"""What a good-faith estimate may say, and what it must not be made of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from courses.billing.books.estimate import NoEstimate, items_of, refuse_period
from courses.billing.books.packaged_rules import estimate_rules

FIRST = date(2026, 12, 1)
ASKED: dict[str, Any] = {"service": "X", "code": "G0166", "diagnoses": ["I20.2"], "sessions": 35}


def test_expected_charge_is_so_many_single_charges() -> None:
    (item,) = items_of(**ASKED, charge=Decimal("150.00"), package=None)
    assert (item.each, item.expected, item.diagnoses) == (Decimal("150.00"), Decimal("5250.00"), ("I20.2",))


def test_package_has_its_own_price() -> None:
    (item,) = items_of(**ASKED, charge=Decimal("150.00"), package=Decimal("4200.00"))
    assert (item.each, item.expected) == (None, Decimal("4200.00"))


def test_without_a_price_there_is_no_estimate() -> None:
    with pytest.raises(NoEstimate, match="not known") as refused:
        items_of(**ASKED, charge=None, package=None)
    assert refused.value.field == "sessions"


def test_no_session_is_no_estimate() -> None:
    with pytest.raises(NoEstimate):
        items_of(**ASKED | {"sessions": 0}, charge=Decimal(1), package=None)


@pytest.mark.parametrize("last", [date(2026, 12, 1), date(2027, 12, 1)])
def test_period_up_to_twelve_months_stands_in_one_estimate(last: date) -> None:
    refuse_period(FIRST, last, estimate_rules())


@pytest.mark.parametrize("last", [date(2026, 11, 30), date(2027, 12, 2)])
def test_period_that_is_backwards_or_too_long_is_refused(last: date) -> None:
    with pytest.raises(NoEstimate):
        refuse_period(FIRST, last, estimate_rules())


def test_limit_is_that_of_the_rules() -> None:
    with pytest.raises(NoEstimate, match="6 months"):
        refuse_period(FIRST, date(2027, 6, 2), replace(estimate_rules(), longest_months=6))


def test_packaged_figures_name_their_source_and_wait_for_confirmation() -> None:
    rules = estimate_rules()
    assert "45 CFR 149.610" in rules.source
    assert not rules.confirmed
