"""How often a timing error was how large, over the bands it is judged by. PURE."""

from dataclasses import dataclass

import numpy as np

from devices.gating.report import Floats
from devices.pictures.frame import frame
from devices.pictures.svg import shape, sheet, text

BIN_MS = 10.0
HEIGHT = 200.0


@dataclass(frozen=True, slots=True)
class Counted:
    """Beats by bins of ``BIN_MS`` from ``from_ms`` on; the outermost bins hold what lies beyond them too."""

    from_ms: float
    counts: tuple[int, ...]
    n: int
    below: int
    above: int

    @property
    def to_ms(self) -> float:
        return self.from_ms + BIN_MS * len(self.counts)


def counted(values_ms: Floats, from_ms: float, to_ms: float) -> Counted:
    """Count what is known; ``from_ms`` and ``to_ms`` are whole numbers of bins apart."""
    known = values_ms[np.isfinite(values_ms)]
    bins = round((to_ms - from_ms) / BIN_MS)
    index = np.clip(np.floor((known - from_ms) / BIN_MS), 0, bins - 1).astype(np.int64)
    counts = tuple(np.bincount(index, minlength=bins).tolist())
    below, above = int((known < from_ms).sum()), int((known >= to_ms).sum())
    return Counted(from_ms, counts, int(known.size), below, above)


def histogram(
    found: Counted,
    good_ms: tuple[float, float],
    *,
    label: str,
    x_axis: str = "ms",
    y_axis: str = "beats",
    good: str = "good",
    paper: bool = False,
) -> str:
    """A bar a bin, with the good band shaded behind; '' where nothing was counted."""
    if not found.n:
        return ""
    most = max(found.counts)
    f = frame((found.from_ms, found.to_ms), (0, 1.08 * most), HEIGHT)
    parts = f.band(*good_ms, good) + f.grid(50, _step(most), x_axis, y_axis)
    for number, count in enumerate(found.counts):
        if count:
            left = f.x.at(found.from_ms + BIN_MS * number)
            wide = f.x.at(found.from_ms + BIN_MS * (number + 1)) - left
            top = f.y.at(count)
            parts.append(shape("rect", "p-bar", x=left + 0.5, y=top, width=wide - 1, height=f.y.start - top))
    beyond = ((found.below, f.x.start, "start", "\N{LEFTWARDS ARROW} "), (found.above, f.x.stop, "end", ""))
    for count, x, anchor, arrow in beyond:
        if count:
            said = f"{arrow}{count}" if arrow else f"{count} \N{RIGHTWARDS ARROW}"
            parts.append(text(said, x, f.y.stop + 8, "p-text", anchor))
    return sheet(HEIGHT, parts, label=label, paper=paper)


def _step(most: int) -> float:
    """A round number that divides the height into two to five."""
    for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if most / factor <= 5:
            return float(factor)
    return float(most)
