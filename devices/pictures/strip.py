"""The minutes of a recording as a row of lettered cells, for paper; a page has links in their place. PURE."""

from collections.abc import Sequence

from devices.pictures.svg import shape, sheet, text

A_ROW = 60
ROW_HEIGHT = 18.0
WIDE = 720.0


def strip(grades: Sequence[str], *, label: str, paper: bool = True) -> str:
    """A cell a minute, sixty in a row; '' without minutes. A letter stands in each, a dash where there is none."""
    if not grades:
        return ""
    wide = WIDE / A_ROW
    parts = []
    for minute, grade in enumerate(grades):
        row, column = divmod(minute, A_ROW)
        x, y = column * wide, row * ROW_HEIGHT
        known = grade in {"A", "B", "C", "D"}
        kind = grade.lower() if known else "none"
        parts.append(
            shape(
                "rect", f"p-cell p-cell-{kind}", x=x + 0.5, y=y + 0.5, width=wide - 1.5, height=ROW_HEIGHT - 3
            )
        )
        letter = grade if known else "\N{EN DASH}"
        parts.append(text(letter, x + wide / 2 - 0.25, y + 11.5, f"p-letter p-letter-{kind}", "middle"))
    return sheet(ROW_HEIGHT * (row + 1), parts, label=label, paper=paper, width=WIDE)
