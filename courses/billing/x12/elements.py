"""Values as X12 writes them, each checked where it is written. PURE.

Every function takes the ``field`` as a biller calls it and raises X12Refusal, which names it and says the way out.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from courses.billing.x12.characters import EXTENDED, plain
from eecp_clinic.identifiers import check_npi

#: Ten characters with the point (element 782, as 005010X222A1 limits it).
MOST_DOLLARS = Decimal(100_000_000)


class X12Refusal(ValueError):
    """A value that cannot be written; ``field`` is where it is mended, on ``line`` if one, ``sentence`` what to do."""

    def __init__(self, field: str, sentence: str, *, line: int | None = None) -> None:
        where = field if line is None else f"Line {line}, {field.lower()}"
        super().__init__(f"{where}: {sentence}")
        self.field = field
        self.sentence = sentence
        self.line = line


def text(field: str, value: str, longest: int, *, shortest: int = 1) -> str:
    """Text in capitals, of ``shortest`` to ``longest`` characters; ``shortest`` 0: may be empty."""
    written, lost = plain(value)
    if lost:
        raise X12Refusal(
            field,
            f"An electronic claim cannot carry {' '.join(lost)}. Write it as it stands on the insurance card.",
        )
    if len(written) < shortest:
        raise X12Refusal(field, "It is not known. Enter it first." if not written else _too_short(shortest))
    if len(written) > longest:
        raise X12Refusal(
            field,
            f"It has {len(written)} characters; an electronic claim has room for {longest}. Shorten it.",
        )
    return written


def _too_short(shortest: int) -> str:
    return f"It needs at least {shortest} characters. Look for a missing one."


def code(field: str, value: str, pattern: str, form: str) -> str:
    """A code of a fixed ``pattern`` (the whole of it); ``form`` says in words what it looks like."""
    if not re.fullmatch(pattern, value, re.ASCII):
        known = f"“{value}” is not" if value else "It is not known: it must be"
        raise X12Refusal(field, f"{known} {form}. Correct it.")
    return value


def npi(field: str, value: str) -> str:
    """A National Provider Identifier with a right check digit."""
    try:
        return check_npi(value)
    except ValueError as error:
        raise X12Refusal(field, str(error)) from error


def postal_code(field: str, value: str, *, nine: bool = False) -> str:
    """A ZIP code without its dash: five or nine digits; ``nine``: only nine will do (billing provider, facility)."""
    digits = re.sub(r"[\s-]", "", value)
    if nine:
        return code(field, digits, "[0-9]{9}", "a ZIP+4 code of nine digits, which this address needs")
    return code(field, digits, "[0-9]{5}([0-9]{4})?", "a ZIP code of five or nine digits")


def state(field: str, value: str) -> str:
    return code(field, value.strip().upper(), "[A-Z]{2}", "a state of two letters")


def phone(field: str, value: str) -> str:
    digits = re.sub(r"[^0-9]", "", value)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return code(field, digits, "[0-9]{10}", "a phone number of ten digits")


def email(field: str, value: str) -> str:
    if "@" not in value or not set(value) <= EXTENDED or len(value) > 256:
        raise X12Refusal(
            field, "It is not an e-mail address that a claim can carry. Correct it or leave it out."
        )
    return value


def day(value: date) -> str:
    """CCYYMMDD (format qualifier D8)."""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def short_day(value: datetime) -> str:
    """YYMMDD, in the interchange header only."""
    return day(value)[2:]


def clock(value: datetime) -> str:
    return f"{value.hour:02}{value.minute:02}"


def amount(field: str, value: Decimal, *, negative: bool = False) -> str:
    """An amount in dollars without needless zeros, at most ten characters (element 782 in 005010X222A1)."""
    if not value.is_finite():
        raise X12Refusal(field, "It is not an amount in whole cents. Correct it.")
    if abs(value) >= MOST_DOLLARS:
        raise X12Refusal(field, "The amount is too large for a claim. Look for a misplaced point.")
    if value != value.quantize(Decimal("0.01")):
        raise X12Refusal(field, "It is not an amount in whole cents. Correct it.")
    if value < 0 and not negative:
        raise X12Refusal(field, "An amount is not negative. Correct it.")
    return number(value)


def number(value: Decimal) -> str:
    """A decimal number as X12 writes it: no exponent, no trailing zeros, no minus zero."""
    written = f"{value:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written
