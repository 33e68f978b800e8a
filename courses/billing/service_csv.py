"""Other services of days of treatment from a CSV file: MRN, date, code, and who bills it. PURE.

A row that cannot be read is told with its number (1 is the heading), and the others are taken. Who bills it is not known
where the file does not say so.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

#: What each column may be called in its heading.
HEADINGS: Mapping[str, frozenset[str]] = {
    "mrn": frozenset({"mrn", "record number", "chart number"}),
    "date": frozenset({"date", "date of service", "service date", "dos"}),
    "code": frozenset({"code", "cpt", "hcpcs", "procedure"}),
    "billed_by": frozenset({"billed by", "billed_by", "who bills"}),
}
BILLED_BY = {
    "": "unknown",
    "clinic": "clinic",
    "us": "clinic",
    "elsewhere": "elsewhere",
    "other": "elsewhere",
}
MOST_ROWS = 500


class ServiceFileError(ValueError):
    """A file of which nothing can be taken."""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    row: int
    mrn: str
    day: date
    code: str
    billed_by: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why the row of that number was not taken."""

    row: int
    sentence: str


def read_services(content: bytes) -> tuple[tuple[ServiceRow, ...], tuple[NotTaken, ...]]:
    """The rows of a file, and those that cannot be read. Raises ServiceFileError."""
    try:
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise ServiceFileError("The file is no CSV in UTF-8. Save it as “CSV UTF-8” and try again.") from None
    if len(rows) > MOST_ROWS + 1:
        raise ServiceFileError(f"The file has more than {MOST_ROWS} rows. Split it.")
    places = _places(rows[0] if rows else [])
    taken: list[ServiceRow] = []
    left: list[NotTaken] = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        found = _row(number, cells)
        if isinstance(found, str):
            left.append(NotTaken(number, found))
        else:
            taken.append(found)
    return tuple(taken), tuple(left)


def _places(heading: list[str]) -> dict[str, int]:
    names = [" ".join(cell.lower().split()) for cell in heading]
    places = {
        column: next(at for at, name in enumerate(names) if name in called)
        for column, called in HEADINGS.items()
        if called & set(names)
    }
    if missing := [column for column in ("mrn", "date", "code") if column not in places]:
        raise ServiceFileError(
            f"The heading has no column {', '.join(missing)}. Name the columns in the first row."
        )
    return places


def _row(number: int, cells: Mapping[str, str]) -> ServiceRow | str:
    code, who = cells["code"].upper(), cells.get("billed_by", "").lower()
    try:
        day = date.fromisoformat(cells["date"])
    except ValueError:
        return f"“{cells['date'][:20]}” is not a day such as 2026-11-30."
    if not cells["mrn"]:
        return "The row names no patient (MRN)."
    if not re.fullmatch(r"[0-9A-Z][0-9]{3}[0-9A-Z]", code, re.ASCII):
        return f"“{code[:20]}” is not a code of five characters such as 99213."
    if who not in BILLED_BY:
        return f"“{who[:20]}” does not say who bills it: clinic, elsewhere, or empty."
    return ServiceRow(number, cells["mrn"], day, code, BILLED_BY[who])
