"""Dollars in tests."""

from decimal import Decimal


def usd(*amounts: int) -> tuple[Decimal | None, ...]:
    return tuple(Decimal(amount) for amount in amounts)
