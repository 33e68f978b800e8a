"""Figures side by side along a counted axis: sessions, weeks, points of a course. A line breaks where one is missing. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from devices.pictures.frame import number
from devices.pictures.svg import Axis, dots, line, path, shape, sheet, text

WIDTH, HEIGHT = 400.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 12.0, 26.0, 34.0
#: How wide a letter of the key is taken to be, in the picture's units.
_LETTER = 6.9
_WIDE_LETTER = 9.0  # of a unit, which may be mmHg
_MARK = 16.0


class Kind(StrEnum):
    """How a series is drawn; each differs from the others in more than its colour."""

    LINE = "line"
    SECOND = "second"  # dashed, hollow points
    LEVEL = "level"  # what was prescribed: a dashed level without points
    BEHIND = "behind"  # what it is compared with: thin, without points
    BARS = "bars"
    BARS_BESIDE = "bars-beside"  # hollow bars to the right of the others


@dataclass(frozen=True, slots=True)
class Series:
    """``values`` beside the places of the axis; None is not known."""

    label: str
    values: tuple[float | None, ...]
    kind: Kind = Kind.LINE


@dataclass(frozen=True, slots=True)
class Look:
    """The axes. ``ticks`` are (place, text) of the horizontal one; ``levels`` of the vertical one, lowest first.

    From ``over_from`` on nothing will come: that part is shut off by a line and a shade.
    """

    x_axis: str
    y_axis: str
    x_from: float
    x_to: float
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    band: tuple[float, float] | None = None
    over_from: float | None = None


def levels(
    values: Iterable[float | None], at_least: tuple[float, float], step: float, digits: int = 0
) -> tuple[tuple[float, str], ...]:
    """Round numbers that hold ``at_least`` and every value, at most eight of them."""
    known = [value for value in values if value is not None]
    low, high = min([at_least[0], *known]), max([at_least[1], *known])
    while (high - low) / step > 7:
        step *= 2
    first = int(low // step)
    last = -int(-high // step)
    return tuple((at * step, number(at * step, digits)) for at in range(first, last + 1))


def places(xs: Sequence[float], look: Look, *, width: float = WIDTH) -> tuple[float, ...]:
    """Where along the picture's width each value stands, in its own units."""
    axis = _across(look, width)
    return tuple(round(axis.at(x), 1) for x in xs)


def series_picture(
    xs: Sequence[float],
    series: Sequence[Series],
    look: Look,
    *,
    label: str,
    paper: bool = False,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> str:
    """The picture; '' where nothing is known. Every series has as many values as there are ``xs``."""
    if any(len(one.values) != len(xs) for one in series):
        raise ValueError(
            "A series has another number of values than the axis has places. Give one, or None, for each."
        )
    if all(
        value is None for one in series if one.kind not in {Kind.LEVEL, Kind.BEHIND} for value in one.values
    ):
        return ""
    x = _across(look, width)
    y = Axis(look.levels[0][0], look.levels[-1][0], start=height - BOTTOM, stop=TOP)
    parts = _band(look, x, y) + _over(look, x, y)
    parts += _grid(look, x, y, height)
    for one in sorted(series, key=lambda s: s.kind not in {Kind.LEVEL, Kind.BEHIND}):
        parts += _drawn(xs, one, x, y)
    parts += _key(series, max(x.start + 10, 16 + _WIDE_LETTER * len(look.y_axis)))
    return sheet(height, parts, label=label, paper=paper, width=width)


def _across(look: Look, width: float) -> Axis:
    return Axis(look.x_from, look.x_to, start=LEFT, stop=width - RIGHT)


def _band(look: Look, x: Axis, y: Axis) -> list[str]:
    if look.band is None:
        return []
    top, bottom = y.at(look.band[1]), y.at(look.band[0])
    parts = [shape("rect", "p-band", x=x.start, y=top, width=x.stop - x.start, height=bottom - top)]
    return parts + [line("p-band-edge", x.start, at, x.stop, at) for at in (top, bottom)]


def _over(look: Look, x: Axis, y: Axis) -> list[str]:
    if look.over_from is None or look.over_from >= look.x_to:
        return []
    at = x.at(look.over_from)
    shade = shape("rect", "p-over", x=at, y=y.stop, width=x.stop - at, height=y.start - y.stop)
    return [shade, line("p-over-edge", at, y.stop, at, y.start)]


def _grid(look: Look, x: Axis, y: Axis, height: float) -> list[str]:
    parts = [text(look.y_axis, 2, 12)]
    for value, written in look.levels:
        at = y.at(value)
        parts += [line("p-grid", x.start, at, x.stop, at), text(written, x.start - 5, at + 4, anchor="end")]
    parts.append(line("p-axis", x.start, y.start, x.stop, y.start))
    for value, written in look.ticks:
        at = x.at(value)
        parts += [
            line("p-axis", at, y.start, at, y.start + 4),
            text(written, at, y.start + 15, anchor="middle"),
        ]
    parts.append(text(look.x_axis, x.stop, height - 4, anchor="end"))
    return parts


def _drawn(xs: Sequence[float], one: Series, x: Axis, y: Axis) -> list[str]:
    points = [
        (x.at(at), None if value is None else y.at(value)) for at, value in zip(xs, one.values, strict=True)
    ]
    if one.kind in {Kind.BARS, Kind.BARS_BESIDE}:
        return _bars(xs, points, one.kind, x, y)
    css = {Kind.LINE: "p-line", Kind.SECOND: "p-second", Kind.LEVEL: "p-reference", Kind.BEHIND: "p-behind"}[
        one.kind
    ]
    parts = []
    for run in _runs(points):
        if one.kind is Kind.LEVEL:
            parts += _steps(run)
        else:
            parts.append(path(css, run))
    if one.kind in {Kind.LINE, Kind.SECOND}:
        dot = "p-point" if one.kind is Kind.LINE else "p-hollow"
        parts.append(dots(dot, ((at, level) for at, level in points if level is not None), 2.4))
    return parts


def _steps(run: list[tuple[float, float]]) -> list[str]:
    """A level holds until the next one; a single one is drawn as wide as a mark."""
    if len(run) == 1:
        (at, level) = run[0]
        return [line("p-reference", at - 6, level, at + 6, level)]
    corners = [run[0]]
    for (_, before), (at, level) in pairwise(run):
        corners += [(at, before), (at, level)]
    return [path("p-reference p-open", corners)]


def _bars(
    xs: Sequence[float], points: Sequence[tuple[float, float | None]], kind: Kind, x: Axis, y: Axis
) -> list[str]:
    apart = x.at(x.low + 1) - x.at(x.low) if len(xs) else 10.0
    wide = max(2.0, min(14.0, 0.36 * apart))
    css, shift = ("p-bar", -wide) if kind is Kind.BARS else ("p-bar-hollow", 0.5)
    return [
        shape("rect", css, x=at + shift, y=level, width=wide - 0.5, height=max(0.8, y.start - level))
        for at, level in points
        if level is not None
    ]


def _runs(points: Iterable[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Values that follow each other without one missing."""
    runs: list[list[tuple[float, float]]] = [[]]
    for at, level in points:
        if level is None:
            runs.append([])
        else:
            runs[-1].append((at, level))
    return [run for run in runs if run]


def _key(series: Sequence[Series], at: float) -> list[str]:
    """What is drawn how, above the picture from ``at`` on, beside the unit; nothing where one series stands alone."""
    shown = [one for one in series if any(value is not None for value in one.values)]
    if len(shown) < 2:
        return []
    parts = []
    for one in shown:
        middle = 8.0
        if one.kind in {Kind.BARS, Kind.BARS_BESIDE}:
            css = "p-bar" if one.kind is Kind.BARS else "p-bar-hollow"
            parts.append(shape("rect", css, x=at + 4, y=middle - 5, width=8.0, height=10.0))
        else:
            css = {
                Kind.LINE: "p-line",
                Kind.SECOND: "p-second",
                Kind.LEVEL: "p-reference",
                Kind.BEHIND: "p-behind",
            }[one.kind]
            parts.append(line(css, at, middle, at + _MARK, middle))
            if one.kind in {Kind.LINE, Kind.SECOND}:
                dot = "p-point" if one.kind is Kind.LINE else "p-hollow"
                parts.append(shape("circle", dot, cx=at + _MARK / 2, cy=middle, r=2.4))
        parts.append(text(one.label, at + _MARK + 4, middle + 4))
        at += _MARK + 14 + _LETTER * len(one.label)
    return parts
