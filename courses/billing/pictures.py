"""The pictures of a packet: a session's minutes by grade, and its D/S ratio by minute, as SVG. PURE."""

from collections.abc import Sequence

from courses.billing.evidence import Minute
from courses.progress.augmentation import TARGET

#: Fill and ink of each grade; the letter always stands in the cell.
COLOURS = {
    "A": ("#1d7d4c", "#ffffff"),
    "B": ("#8cc63f", "#12240a"),
    "C": ("#e3a008", "#2a1d00"),
    "D": ("#b8382c", "#ffffff"),
}
NOT_ASSESSABLE = ("#e4e8ec", "#15202b")
_WIDTH = 720.0
_ROW_HEIGHT = 18.0
_CHART_HEIGHT = 84.0
_MINUTES_A_ROW = 60
_LEFT = 28.0


def minute_strip(minutes: Sequence[Minute]) -> str:
    """A row of cells for each 60 minutes."""
    rows = max(1, -(-len(minutes) // _MINUTES_A_ROW))
    width = (_WIDTH - _LEFT) / _MINUTES_A_ROW
    cells = []
    for index, minute in enumerate(minutes):
        row, column = divmod(index, _MINUTES_A_ROW)
        fill, ink = COLOURS.get(minute.grade, NOT_ASSESSABLE)
        letter = minute.grade if minute.grade in COLOURS else "–"
        x, y = _LEFT + column * width, row * _ROW_HEIGHT
        cells.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width - 1:.1f}" height="{_ROW_HEIGHT - 3:.1f}" fill="{fill}"/>'
            f'<text x="{x + width / 2 - 0.5:.1f}" y="{y + 11:.1f}" fill="{ink}" {_text("middle")}>{letter}</text>'
        )
    return _svg(_ROW_HEIGHT * rows, cells)


def ds_chart(minutes: Sequence[Minute]) -> str:
    """The ratio by minute over the target band; where it was not measured the line is broken."""
    known = [minute.ds_peak for minute in minutes if minute.ds_peak is not None]
    top = max([TARGET[1] + 0.2, *known])
    last = max(1, len(minutes) - 1)

    def x(index: int) -> float:
        return _LEFT + 4 + index * (_WIDTH - _LEFT - 8) / last

    def y(ratio: float) -> float:
        return _CHART_HEIGHT - 14 - ratio / top * (_CHART_HEIGHT - 20)

    low, high = y(TARGET[0]), y(TARGET[1])
    parts = [
        f'<rect x="{_LEFT}" y="{high:.1f}" width="{_WIDTH - _LEFT}" height="{low - high:.1f}" fill="#e2f4e9"/>'
    ]
    parts += [
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#dbe1e8"/>'
        f'<text x="{_LEFT - 4}" y="{y(tick) + 3:.1f}" fill="#56636f" {_text("end")}>{tick:.1f}</text>'
        for tick in (0.0, 0.5, 1.0, 1.5, 2.0)
    ]
    parts += [
        f'<polyline fill="none" stroke="#0a5c8f" stroke-width="1.5" points="'
        f'{" ".join(f"{x(i):.1f},{y(r):.1f}" for i, r in stretch)}"/>'
        for stretch in _stretches(minutes)
        if len(stretch) > 1
    ]
    parts += [
        f'<circle cx="{x(i):.1f}" cy="{y(r):.1f}" r="1.8" fill="#0a5c8f"/>'
        for stretch in _stretches(minutes)
        for i, r in stretch
    ]
    parts.append(f'<text x="{_LEFT}" y="{_CHART_HEIGHT - 2}" fill="#56636f" {_text("start")}>minute 1</text>')
    parts.append(
        f'<text x="{_WIDTH}" y="{_CHART_HEIGHT - 2}" fill="#56636f" {_text("end")}>minute {len(minutes)}</text>'
    )
    return _svg(_CHART_HEIGHT, parts)


def _stretches(minutes: Sequence[Minute]) -> list[list[tuple[int, float]]]:
    """Runs of minutes that follow each other with a ratio."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, minute in enumerate(minutes):
        if minute.ds_peak is None:
            runs.append([])
        else:
            runs[-1].append((index, minute.ds_peak))
    return [run for run in runs if run]


def _text(anchor: str) -> str:
    return f'font-family="DejaVu Sans, sans-serif" font-size="9" text-anchor="{anchor}"'


def _svg(height: float, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}">'
    return f"{head}{''.join(parts)}</svg>"
