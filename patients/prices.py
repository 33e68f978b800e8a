"""What a course costs a patient who pays. PURE: the price is the clinic's (``prices.toml``) or not known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patients.toml_table import TomlTable


@dataclass(frozen=True, slots=True)
class Prices:
    """``session_usd`` is None where the clinic has set no price; then only the published magnitude is known."""

    published_course_usd: Decimal
    published_source: str
    published_url: str
    session_usd: Decimal | None
    session_usd_from: date | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What ``sessions`` cost (USD), and whether that is the clinic's price or the published magnitude."""

    sessions: int
    total_usd: Decimal
    is_clinics: bool


def estimate(prices: Prices, *, sessions: int, on: date, course_sessions: int = 35) -> Estimate:
    """The estimate for a number of sessions from ``on``. Raises ValueError for no session at all.

    Without a price of the clinic that holds on that day it is the published magnitude, in proportion.
    """
    if sessions < 1:
        raise ValueError(f"An estimate is for one session or more, not {sessions}.")
    price, since = prices.session_usd, prices.session_usd_from
    if price is not None and (since is None or since <= on):
        return Estimate(sessions, price * sessions, is_clinics=True)
    total = prices.published_course_usd * sessions / course_sessions
    return Estimate(sessions, total.quantize(Decimal(1)), is_clinics=False)


def read_prices(text: str, file: str) -> Prices:
    """The prices from the text of their file. Raises TomlError."""
    root = TomlTable.parse(text, file)
    price = root.number_or_none("session_usd")
    if price is not None and not 0 < price < 10_000:
        raise root.refusal("session_usd", "must be more than 0 and less than $10,000")
    prices = Prices(
        published_course_usd=Decimal(root.take("published_course_usd", int)),
        published_source=root.take("published_source", str),
        published_url=root.take("published_url", str),
        session_usd=None if price is None else Decimal(str(price)),
        session_usd_from=root.take_or_none("session_usd_from", date),
    )
    root.finish()
    return prices
