"""The hour as one cell a minute: a letter and a colour, and in words why a minute is not an A."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

GRADES = {"A": "grade-a", "B": "grade-b", "C": "grade-c", "D": "grade-d"}


@dataclass(frozen=True, slots=True)
class Cell:
    """``css`` is the cell's class, ``title`` says in words what the letter says in one."""

    letter: str
    css: str
    title: str


def graded(minute: int, grade: str | None, why: str = "") -> Cell:
    """A minute that is over; ``minute`` counts from 0."""
    if grade in GRADES:
        words = _("Minute %(n)d: %(grade)s") % {"n": minute + 1, "grade": grade}
        return Cell(grade, GRADES[grade], f"{words}. {why}".strip() if why else words)
    words = _("Minute %(n)d: not assessable") % {"n": minute + 1}
    return Cell("–", "grade-none", f"{words}. {why}".strip() if why else words)


def live_strip(live: Mapping[str, Any] | None, minutes: int) -> list[Cell]:
    """The hour so far, by minutes of the recording; a minute that nobody judged is shown as one."""
    live = live or {}
    known: Mapping[str, str] = live.get("grades", {})
    ended = int(live.get("until_s") or 0) // 60
    cells = [graded(minute, known.get(str(minute))) for minute in range(ended)]
    for minute in range(ended, max(minutes, ended + 1 if live else 0)):
        is_next = minute == ended and bool(live)
        title = _("Minute %(n)d: running") if is_next else _("Minute %(n)d: to come")
        cells.append(Cell("", "is-next" if is_next else "", title % {"n": minute + 1}))
    return cells
