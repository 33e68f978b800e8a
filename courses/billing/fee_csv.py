"""A fee schedule from a CSV file: year, locality, code, modifier, amount. PURE.

A row that cannot be taken is told with its number (1 is the heading) and the others are taken. Nothing is guessed: an
amount without a year is no amount.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

#: What each column may be called in its heading.
HEADINGS: Mapping[str, frozenset[str]] = {
    "year": frozenset({"year"}),
    "locality": frozenset({"locality", "carrier locality"}),
    "code": frozenset({"code", "hcpcs", "hcpcs code", "cpt"}),
    "modifier": frozenset({"modifier", "mod"}),
    "amount": frozenset({"amount", "fee", "charge", "price", "non-facility amount"}),
}
_NEEDED = ("year", "code", "amount")
_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)
MOST_ROWS = 20_000


class FeeFileError(ValueError):
    """A file of which nothing can be taken."""


@dataclass(frozen=True, slots=True)
class Fee:
    year: int
    locality: str
    code: str
    modifier: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Why the row of that number was not taken."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class FeeFile:
    fees: tuple[Fee, ...]
    findings: tuple[RowFinding, ...]

    def of(self, year: int, locality: str) -> tuple[Fee, ...]:
        """The amounts of one year and locality: one schedule."""
        return tuple(fee for fee in self.fees if (fee.year, fee.locality) == (year, locality))

    @property
    def schedules(self) -> tuple[tuple[int, str], ...]:
        return tuple(dict.fromkeys((fee.year, fee.locality) for fee in self.fees))


def read_fees(content: bytes) -> FeeFile:
    """The amounts of a file, and what was not taken of it. Raises FeeFileError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeeFileError("The file is not text in UTF-8. Save it as “CSV UTF-8” and try again.") from None
    rows = csv.reader(StringIO(text, newline=""))
    try:
        return _read(rows)
    except csv.Error as error:
        raise FeeFileError(f"The file is no CSV: {error}. Save it as “CSV UTF-8” and try again.") from None


def _read(rows: Iterable[list[str]]) -> FeeFile:
    places: dict[str, int] | None = None
    taken: dict[tuple[int, str, str, str], Fee] = {}
    findings: list[RowFinding] = []
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row):
            continue
        if number > MOST_ROWS:
            raise FeeFileError(
                f"The file has more than {MOST_ROWS:,} rows. Leave only the codes that you bill."
            )
        if places is None:
            places = _places(row)
            continue
        fee = _fee({name: row[at].strip() if at < len(row) else "" for name, at in places.items()})
        if isinstance(fee, str):
            findings.append(RowFinding(number, fee))
        elif (key := (fee.year, fee.locality, fee.code, fee.modifier)) in taken:
            findings.append(
                RowFinding(number, f"{fee.code} {fee.modifier} stands there twice. The first is taken.")
            )
        else:
            taken[key] = fee
    if places is None:
        raise FeeFileError("The file is empty. It needs a heading: year, locality, code, modifier, amount.")
    return FeeFile(tuple(taken.values()), tuple(findings))


def _places(heading: list[str]) -> dict[str, int]:
    names = [" ".join(cell.lower().split()) for cell in heading]
    places = {
        column: next(at for at, name in enumerate(names) if name in called)
        for column, called in HEADINGS.items()
        if called & set(names)
    }
    if missing := [column for column in _NEEDED if column not in places]:
        raise FeeFileError(
            f"The heading has no column {', '.join(missing)}. Name the columns in the first row."
        )
    return places


def _fee(cells: Mapping[str, str]) -> Fee | str:
    """The amount of a row, or why it is not one."""
    year, code = cells["year"], cells["code"].upper()
    modifier = cells.get("modifier", "").upper()
    amount = cells["amount"].replace("$", "").replace(",", "").strip()
    if not re.fullmatch(r"20[0-9]{2}", year, re.ASCII):
        return f"“{year[:20]}” is not a year such as 2026."
    if not re.fullmatch(r"[0-9A-Z]{5}", code, re.ASCII):
        return f"“{code[:20]}” is not a code of five characters such as G0166."
    if modifier and not re.fullmatch(r"[0-9A-Z]{2}", modifier, re.ASCII):
        return f"“{modifier[:20]}” is not a modifier of two characters."
    if not _AMOUNT.fullmatch(amount) or not Decimal(amount):
        return f"“{amount[:20]}” is not an amount above zero such as 150.00."
    return Fee(int(year), cells.get("locality", "")[:20], code, modifier, Decimal(amount))
