"""A list of patients as a spreadsheet saves it (CSV): bytes in, rows of texts by field out.

Pure. Encoding, delimiter and names of columns are recognised; what the cells say is judged elsewhere, row by row, so that
one bad row never stops the others.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date

from patients.plain_text import plain
from patients.search_words import read_day

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1000
REQUIRED = ("family_name", "given_name", "birth_date", "mrn")
#: What other systems call our fields; compared without case, accents and punctuation.
COLUMNS = {
    "family_name": ("family name", "last name", "surname", "lastname"),
    "given_name": ("given name", "first name", "firstname"),
    "birth_date": ("date of birth", "birth date", "dob", "born", "birthdate"),
    "sex": ("sex", "gender"),
    "mrn": ("MRN", "medical record number", "chart number", "patient id"),
    "phone": ("phone", "home phone", "telephone", "mobile", "cell phone", "phone number"),
    "other_phone": ("other phone", "work phone", "second phone"),
    "email": ("e-mail", "email", "email address"),
    "address": ("address", "street", "street address", "address 1"),
    "city": ("city",),
    "state": ("state",),
    "postal_code": ("ZIP code", "zip", "postal code"),
    "language": ("language", "preferred language"),
    "emergency_name": ("emergency contact", "emergency contact name"),
    "emergency_phone": ("emergency phone", "emergency contact phone"),
    "allergies": ("allergies",),
    "alerts": ("alerts", "alert"),
}
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in map(plain, (*names, field))}
_SEXES = {
    "f": "F",
    "female": "F",
    "m": "M",
    "male": "M",
    "x": "X",
    "other": "X",
    "u": "U",
    "unknown": "U",
    "": "U",
}


class BadList(ValueError):
    """A file that is no list of patients; the sentence says what it needs."""


@dataclass(frozen=True, slots=True)
class PatientList:
    """``rows``: line of the file and texts by field; ``ignored``: columns that are not taken."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    ignored: tuple[str, ...]


def read_list(given: bytes) -> PatientList:
    """Raises BadList."""
    if len(given) > MOST_BYTES:
        raise BadList(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split the list.")
    reader = csv.reader(io.StringIO(_text(given), newline=""), delimiter=_delimiter(given))
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadList(
            "The file is no CSV list. Save the sheet as CSV (comma separated) and choose that."
        ) from error
    if not lines:
        raise BadList("The file is empty. Choose a CSV list with a first line that names the columns.")
    fields, ignored = _columns(lines[0][1])
    if len(lines) - 1 > MOST_ROWS:
        raise BadList(
            f"The list has {len(lines) - 1} patients; at most {MOST_ROWS} can be taken at once. Split it."
        )
    if len(lines) == 1:
        raise BadList("The list has a line of column names and no patient beneath it.")
    rows = tuple(
        (number, {field: " ".join(cells[at].split()) for field, at in fields.items() if at < len(cells)})
        for number, cells in lines[1:]
    )
    return PatientList(rows, ignored)


def _text(given: bytes) -> str:
    """UTF-8, as most write it, else the code page of US spreadsheets."""
    if b"\0" in given:
        raise BadList("The file is no text. Save the sheet as CSV (comma separated) and choose that.")
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        return given.decode("cp1252", errors="replace")


def _delimiter(given: bytes) -> str:
    first = given.splitlines()[0] if given.splitlines() else b""
    return max(",;\t", key=lambda sign: first.count(sign.encode()))


def _columns(names: list[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    found: dict[str, int] = {}
    ignored = []
    for at, name in enumerate(names):
        field = _FIELD_OF.get(plain(name))
        if field is None or field in found:
            ignored.append(name.strip())
        else:
            found[field] = at
    missing = [COLUMNS[field][0] for field in REQUIRED if field not in found]
    if missing:
        raise BadList(
            f"The first line names no column for: {', '.join(missing)}. Name the columns in the first line, such "
            "as Last name, First name, Date of birth, MRN."
        )
    return found, tuple(name for name in ignored if name)


def values_of(
    texts: dict[str, str], languages: dict[str, str]
) -> tuple[dict[str, object], dict[str, list[str]]]:
    """Typed values of one row, and by field what could not be read. ``languages``: code by plain name."""
    values: dict[str, object] = dict(texts)
    problems: dict[str, list[str]] = {}
    birth: date | None = read_day(texts.get("birth_date", ""))
    if birth is None:
        problems["birth_date"] = [
            f"“{texts.get('birth_date', '')}” is no date of birth. Write it as 1951-03-04 or 03/04/1951."
        ]
    values["birth_date"] = birth
    if "sex" in texts:
        values["sex"] = _SEXES.get(texts["sex"].lower(), "")
        if not values["sex"]:
            problems["sex"] = [f"“{texts['sex']}” is not one of F, M, X, U."]
    if texts.get("language"):
        values["language"] = languages.get(plain(texts["language"]), "mis")
    return values, problems


def repeated(rows: list[dict[str, str]], field: str) -> set[str]:
    """Values of a field that stand in more than one row."""
    counts = Counter(row.get(field, "").casefold() for row in rows)
    return {value for value, count in counts.items() if value and count > 1}
