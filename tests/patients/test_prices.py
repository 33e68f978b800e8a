"""What a course costs who pays: the clinic's price where it has one, the published magnitude where it has none."""

from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from patients.prices import estimate, read_prices
from patients.toml_table import TomlError

TEXT = files("patients").joinpath("prices.toml").read_text("utf-8")
OWN = TEXT.replace("# session_usd", "session_usd")
DAY = date(2026, 11, 23)


def test_without_a_price_the_published_magnitude_is_given_and_named() -> None:
    found = estimate(read_prices(TEXT, "prices.toml"), sessions=35, on=DAY)
    assert (found.total_usd, found.is_clinics) == (Decimal(4500), False)


def test_clinics_price_goes_first_from_its_day_on() -> None:
    prices = read_prices(OWN, "prices.toml")
    found = estimate(prices, sessions=35, on=date(2026, 1, 1))
    assert (found.total_usd, found.is_clinics) == (Decimal(4900), True)
    assert not estimate(prices, sessions=35, on=date(2025, 12, 31)).is_clinics


def test_estimate_of_no_session_is_refused() -> None:
    with pytest.raises(ValueError, match="one session or more, not 0"):
        estimate(read_prices(TEXT, "prices.toml"), sessions=0, on=DAY)


@pytest.mark.parametrize("price", ["0", "-5", "10000", '"140"'])
def test_price_that_cannot_be_is_refused(price: str) -> None:
    with pytest.raises(TomlError, match="session_usd must be"):
        read_prices(OWN.replace("= 140", f"= {price}"), "prices.toml")
