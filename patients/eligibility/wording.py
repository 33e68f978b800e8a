"""How values read in the sentences of a decision: dates, lists and numbers of things."""

from collections.abc import Iterable
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROMAN = ("0", "I", "II", "III", "IV")


def day_text(day: date) -> str:
    """A date as the whole app shows it, whatever the locale: 09-Sep-2026."""
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"


def listed(words: Iterable[str], joiner: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"


def roman(angina_class: int) -> str:
    """A CCS or NYHA class (0 to 4) as it is written in a chart."""
    return _ROMAN[angina_class]


def roman_list(classes: Iterable[int], joiner: str = "or") -> str:
    return listed([roman(c) for c in sorted(classes)], joiner)


def counted(number: int, noun: str) -> str:
    """``1 session``, ``35 sessions``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
