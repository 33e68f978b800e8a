"""CSV that a spreadsheet opens without running anything that stands in it. PURE.

A cell that begins with one of these characters is read as a formula; an apostrophe before it makes it text (OWASP,
"CSV Injection"). A plain number keeps its sign.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def safe(value: object) -> str:
    """``value`` as text of one cell; None is empty."""
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_of(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A file with its heading, lines ended as RFC 4180 wants."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return target.getvalue()
