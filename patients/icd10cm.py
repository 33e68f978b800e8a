"""ICD-10-CM releases: which codes there are on a day, whether they can be billed, and finding them by words.

The packaged release is read from the files of the package simple-icd-10-cm, without its own tree of objects (which
takes 190 MB and two seconds): once, when it is first asked for. A clinic adds a release by putting the order file, as it
is published, into its rules folder as ``icd10cm/from-YEAR-MONTH-DAY.txt``.
"""

import importlib.util
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from patients.eligibility.wording import day_text
from patients.toml_table import TomlError

PACKAGED_FROM = date(2026, 4, 1)
_FILE = re.compile(r"from-(\d{4}-\d{2}-\d{2})\.txt")


@dataclass(frozen=True, slots=True)
class Code:
    """A code with the dot; ``billable`` where no longer code stands beneath it."""

    code: str
    words: str
    billable: bool


@dataclass(frozen=True, slots=True)
class Release:
    """One release, in force from ``starts_on`` to the end of its fiscal year or the day before the next.

    ``path`` is the clinic's order file, None for the packaged release. Codes are read when they are first asked for.
    """

    starts_on: date
    path: Path | None

    @property
    def ends_on(self) -> date:
        """The last day of the fiscal year in which it begins: 30 September."""
        return date(self.starts_on.year + (self.starts_on.month >= 10), 9, 30)

    @property
    def name(self) -> str:
        return f"FY{self.ends_on.year}, release of {day_text(self.starts_on)}"

    @property
    def codes(self) -> dict[str, Code]:
        """All codes by themselves. Raises TomlError where the clinic's file cannot be read."""
        return _packaged() if self.path is None else _order_file(self.path)

    def search(self, words: str, limit: int = 25) -> list[Code]:
        """Codes in whose code or words everything stands that was typed, those that can be billed first."""
        parts = sorted(
            (part for part in re.split(r"[^a-z0-9.]+", words.lower()) if part), key=len, reverse=True
        )
        found = _searched(self) if parts else []
        for part in parts:
            found = [(text, code) for text, code in found if part in text]
        codes = [code for _, code in found]
        return sorted(codes, key=lambda code: (not code.billable, code.code))[:limit]


@cache
def _searched(release: Release) -> list[tuple[str, Code]]:
    return [
        (f"{code.code} {code.code.replace('.', '')} {code.words}".lower(), code)
        for code in release.codes.values()
    ]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a release says of some codes on a day; ``release`` is None where none that is held covers that day."""

    release: Release | None
    unknown: tuple[str, ...] = ()
    not_billable: tuple[str, ...] = ()


def releases() -> tuple[Release, ...]:
    """All releases at hand, the newest first. Raises TomlError for a file whose name does not say its day."""
    return _releases(settings.CLINIC_RULES)


def release_on(day: date) -> Release | None:
    """The release in force on a date of service; None where none that is held covers it."""
    return next((found for found in releases() if found.starts_on <= day <= found.ends_on), None)


def check(codes: Iterable[str], on: date) -> Checked:
    """The codes against the release of the day; against none where no release of that day is held."""
    release = release_on(on)
    if release is None:
        return Checked(None)
    known, codes = release.codes, tuple(codes)
    return Checked(
        release,
        tuple(code for code in codes if code not in known),
        tuple(code for code in codes if code in known and not known[code].billable),
    )


def fiscal_year(day: date) -> str:
    """The year of the code book that holds on a day: it begins on 1 October of the year before."""
    return f"FY{day.year + (day.month >= 10)}"


@cache
def _releases(folder: Path | None) -> tuple[Release, ...]:
    found = [Release(PACKAGED_FROM, None)]
    own = folder / "icd10cm" if folder else None
    if own is not None and own.is_dir():
        found += [Release(_named_day(path), path) for path in sorted(own.glob("*.txt"))]
    return tuple(sorted(found, key=lambda release: release.starts_on, reverse=True))


@cache
def _packaged() -> dict[str, Code]:
    """The release in the package's own files; a code can be billed when no other code begins with it."""
    spec = importlib.util.find_spec("simple_icd_10_cm")
    assert spec is not None and spec.origin is not None  # noqa: S101 - a dependency of this project
    data = Path(spec.origin).parent / "data"
    words = dict(_tabular(next(data.glob("icd10c-tabular-*.xml"))))
    listed = {line.strip() for line in next(data.glob("code-list-*.txt")).read_text("utf-8").splitlines()}
    bare = sorted(line for line in listed if re.fullmatch(r"[A-Z][0-9][0-9A-Z]{1,5}", line))
    codes = {}
    for number, code in enumerate(bare):
        longer = number + 1 < len(bare) and bare[number + 1].startswith(code)
        dotted = _dotted(code)
        codes[dotted] = Code(dotted, words.get(dotted) or _parents_words(code, words), not longer)
    return codes


def _tabular(path: Path) -> Iterator[tuple[str, str]]:
    # The file comes with a dependency that is pinned; it is no input of a stranger.
    for _, node in ET.iterparse(path, events=("end",)):  # noqa: S314
        if node.tag == "diag":
            name, words = node.findtext("name"), node.findtext("desc")
            if name and words:
                yield name, words
            node.clear()
            # ``clear`` empties what its parents still hold; the name is not needed again.


def _parents_words(code: str, words: dict[str, str]) -> str:
    """Codes with a seventh character have no words of their own in the table: those of the longest code above."""
    for length in range(len(code.rstrip("X")), 2, -1):
        found = words.get(_dotted(code[:length]))
        if found:
            return found
    return ""


def _named_day(path: Path) -> date:
    named = _FILE.fullmatch(path.name)
    try:
        return date.fromisoformat(named[1] if named else "")
    except ValueError:
        raise TomlError(
            f"{path}: the name must say from which day it holds, such as from-2026-10-01.txt."
        ) from None


@cache
def _order_file(path: Path) -> dict[str, Code]:
    """A published order file: code in columns 7 to 13, 1 in column 15 where it can be billed, words from 78 on."""
    codes = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        code, billable, words = line[6:13].strip(), line[14:15], line[77:].strip() or line[16:76].strip()
        if not re.fullmatch(r"[A-Z][0-9][0-9A-Z]{1,5}", code) or billable not in ("0", "1"):
            raise TomlError(f"{path}, line {number}: not a line of the published order file.")
        dotted = _dotted(code)
        codes[dotted] = Code(dotted, words, billable == "1")
    return codes


def _dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
