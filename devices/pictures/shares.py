"""Shares side by side as lying bars, each with what it was before. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.pictures.svg import Axis, line, shape, sheet, text

WIDTH, ROW, TOP, LEFT, RIGHT = 620.0, 30.0, 26.0, 120.0, 60.0


@dataclass(frozen=True, slots=True)
class Share:
    """Per cent, 0 to 100; None is not known."""

    label: str
    percent: float | None
    before: float | None = None


def shares_picture(shares: Sequence[Share], *, label: str, now: str, before: str, paper: bool = False) -> str:
    """A bar each, with a mark where it was before; '' without shares."""
    if not shares:
        return ""
    most = max([20.0, *(v for one in shares for v in (one.percent, one.before) if v is not None)])
    axis = Axis(0, most, start=LEFT, stop=WIDTH - RIGHT)
    height = TOP + ROW * len(shares) + 6
    parts = [
        shape("rect", "p-bar", x=LEFT, y=5.0, width=10.0, height=10.0),
        text(now, LEFT + 16, 14),
        line("p-mark-line", LEFT + 150, 4.0, LEFT + 150, 16.0),
        text(before, LEFT + 158, 14),
    ]
    for number, one in enumerate(shares):
        top = TOP + ROW * number
        parts.append(text(one.label, LEFT - 8, top + 17, "p-text", "end"))
        parts.append(line("p-axis", LEFT, top + 2, LEFT, top + ROW - 2))
        if one.percent is not None:
            wide = max(0.0, axis.at(one.percent) - LEFT)
            parts.append(shape("rect", "p-bar", x=LEFT, y=top + 6, width=wide, height=ROW - 12))
        written = "–" if one.percent is None else f"{one.percent:.0f} %"
        right = max(axis.at(one.percent or 0.0), axis.at(one.before or 0.0))
        parts.append(text(written, right + 8, top + 18, "p-text"))
        if one.before is not None:
            at = axis.at(one.before)
            parts.append(line("p-mark-line", at, top + 3, at, top + ROW - 3))
    return sheet(height, parts, label=label, paper=paper, width=WIDTH)
