"""Amounts of money on pages."""

from decimal import Decimal

from django import template

from eecp_clinic.dollars import usd

register = template.Library()


@register.filter(name="usd")
def usd_filter(amount: Decimal | int | str | None) -> str:
    """'$1,234.50', and '-$50.00' for what is taken back; empty where there is none. A paper's facts keep amounts as text."""
    return "" if amount is None else usd(Decimal(amount))
