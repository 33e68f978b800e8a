"""A good-faith estimate: what a patient who pays alone may expect to be charged. PURE.

What it must hold is 45 CFR 149.610(c): patient with date of birth, the service in plain words with its days, each item
with diagnosis, code and expected charge, every provider with NPI, tax id and place, and what the estimate is not. A
series of services may stand in one estimate with its time, its frequency and its number, for 12 months at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from courses.months import months_after


class NoEstimate(ValueError):
    """What is missing or cannot be, in a sentence; ``field`` mends it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRules:
    """The figures of the law as the packaged file has them; ``confirmed`` by the clinic, or not yet."""

    version: str
    confirmed: bool
    source: str
    dispute_usd: int
    dispute_days: int
    longest_months: int
    information: str
    telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: so many of a service at so much each (USD)."""

    service: str
    code: str
    diagnoses: tuple[str, ...]
    count: int
    each: Decimal | None
    expected: Decimal


def items_of(
    *,
    service: str,
    code: str,
    diagnoses: Sequence[str],
    sessions: int,
    charge: Decimal | None,
    package: Decimal | None,
) -> tuple[Item, ...]:
    """The session's line, at the package's price or at so many single charges. Raises NoEstimate."""
    if sessions < 1:
        raise NoEstimate("sessions", f"An estimate is for one session or more, not {sessions}.")
    if package is None and charge is None:
        sentence = "What one session is charged is not known. Import the clinic's fee schedule first."
        raise NoEstimate("sessions", sentence)
    each = None if package is not None else charge
    expected = package if package is not None else (charge or Decimal(0)) * sessions
    return (
        Item(
            service=service,
            code=code,
            diagnoses=tuple(diagnoses),
            count=sessions,
            each=each,
            expected=expected,
        ),
    )


def refuse_period(first_day: date, last_day: date, rules: EstimateRules) -> None:
    """The days must follow one another and fit into one estimate. Raises NoEstimate."""
    if last_day < first_day:
        raise NoEstimate("last_day", "The last day lies before the first. Correct one of the two.")
    limit = months_after(first_day, rules.longest_months)
    if last_day > limit:
        raise NoEstimate(
            "last_day",
            f"One estimate holds for {rules.longest_months} months at most, to {limit:%d-%b-%Y}. Make another for later.",
        )
