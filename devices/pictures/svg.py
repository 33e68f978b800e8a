"""SVG as text: the few shapes that the pictures are made of, and the sheet they stand on. PURE.

Shapes carry classes and no colour. On a page the site's stylesheet colours them, light or dark; on paper ``PAPER``
goes into the picture itself and draws what a black and white printer can tell apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

WIDTH = 480.0
#: The same classes as static/css/pictures.css, in ink.
PAPER = """
text { font-family: "DejaVu Sans", sans-serif; font-size: 11px; fill: #15202b }
.p-quiet-text { fill: #3d4853 }
.p-axis { stroke: #56636f; stroke-width: 1 }
.p-grid { stroke: #d3d9df; stroke-width: 0.7 }
.p-band { fill: #e3e8ec }
.p-band-edge { stroke: #56636f; stroke-width: 0.8; stroke-dasharray: 2 2 }
.p-over { fill: #eef1f4 }
.p-over-edge { stroke: #000000; stroke-width: 1.2 }
.p-line { fill: none; stroke: #000000; stroke-width: 1.8; stroke-linejoin: round }
.p-behind { fill: none; stroke: #56636f; stroke-width: 1; stroke-dasharray: 5 3 }
.p-bar { fill: #56636f }
.p-spread { stroke: #8b96a1; stroke-width: 1.4 }
.p-point { fill: #000000 }
.p-mark { fill: #000000; stroke: #ffffff; stroke-width: 1 }
.p-mark-line { stroke: #000000; stroke-width: 1; stroke-dasharray: 1 2 }
.p-reference { stroke: #000000; stroke-width: 1; stroke-dasharray: 6 3 }
.p-open { fill: none }
.p-second { fill: none; stroke: #56636f; stroke-width: 1.4; stroke-dasharray: 4 2 }
.p-hollow { fill: #ffffff; stroke: #56636f; stroke-width: 1.3 }
.p-bar-hollow { fill: #ffffff; stroke: #56636f; stroke-width: 1 }
.p-cell { stroke: #15202b; stroke-width: 0.5 }
.p-cell-a { fill: #ffffff } .p-cell-b { fill: #e3e8ec } .p-cell-c { fill: #b9c3cd } .p-cell-d { fill: #3d4853 }
.p-cell-none { fill: #ffffff; stroke-dasharray: 1.5 1.5 }
.p-letter-d { fill: #ffffff }
.p-letter { font-size: 9px; font-weight: 700 }
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from ``low`` to ``high`` laid along pixels from ``start`` to ``stop``."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """The place of a value; beyond the ends, the end."""
        span = self.high - self.low or 1.0
        share = min(1.0, max(0.0, (value - self.low) / span))
        return self.start + share * (self.stop - self.start)

    def ticks(self, step: float) -> list[float]:
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [round(number * step, 9) for number in range(first, last + 1)]


def shape(name: str, css: str, content: str = "", **attributes: float | str) -> str:
    """One element. Attribute names are written with ``_`` for ``-``; numbers are rounded to a tenth."""
    written = [f' {key.replace("_", "-")}="{_written(value)}"' for key, value in attributes.items()]
    head = f'<{name} class="{css}"{"".join(written)}'
    return f"{head}>{content}</{name}>" if content else f"{head}/>"


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return escape(value)
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text(content: str, x: float, y: float, css: str = "p-quiet-text", anchor: str = "start") -> str:
    return shape("text", css, escape(content), x=x, y=y, text_anchor=anchor)


def line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return shape("line", css, x1=x1, y1=y1, x2=x2, y2=y2)


def path(css: str, points: Sequence[tuple[float, float]]) -> str:
    """A line through the points; nothing where there are fewer than two."""
    if len(points) < 2:
        return ""
    return shape("polyline", css, points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points))


def dots(css: str, points: Iterable[tuple[float, float]], radius: float) -> str:
    """Circles, written at once: a course has hundreds of them."""
    return "".join(f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' for x, y in points)


def sheet(height: float, parts: Sequence[str], *, label: str, paper: bool, width: float = WIDTH) -> str:
    """The whole picture; ``label`` says in words what it shows."""
    skin = f"<style>{PAPER}</style>" if paper else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' role="img" aria-label="{escape(label)}">'
    )
    return f"{head}{skin}{''.join(parts)}</svg>"
