"""Amounts of money on pages."""

from decimal import Decimal

from django import template

from courses.billing.dollars import usd

register = template.Library()


@register.filter(name="usd")
def usd_filter(amount: Decimal | None) -> str:
    """'$1,234.50', and '-$50.00' for what is taken back; empty where there is none."""
    return "" if amount is None else usd(amount)
