"""How an amount is written. PURE."""

from decimal import Decimal


def usd(amount: Decimal) -> str:
    """'$1,234.50', and '-$50.00' for what is taken back."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
