"""One figure by minute: a point with its quartiles, a line that breaks where nothing was measured. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from devices.gating.report import Bools, Floats
from devices.pictures.frame import frame
from devices.pictures.svg import line, path, shape, sheet

HEIGHT = 190.0


@dataclass(frozen=True, slots=True)
class Point:
    """Minute (0 the first) with a value and, where there are beats behind it, its quartiles; None is not known."""

    minute: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """``band`` is shaded, ``reference`` a dashed level; ``y_from`` and ``y_to`` are shown at least."""

    y_axis: str
    y_from: float
    y_to: float
    y_step: float
    digits: int = 0
    band: tuple[float, float] | None = None
    reference: float | None = None
    x_axis: str = "minute"


def quartiles(r_s: Floats, values: Floats, chosen: Bools, minutes: int) -> list[Point]:
    """Median and quartiles of the chosen beats of each minute."""
    of = np.where(chosen & np.isfinite(values), np.floor(r_s / 60), -1)
    points = []
    for minute in range(minutes):
        own = values[of == minute]
        if own.size:
            low, middle, high = np.percentile(own, [25, 50, 75]).tolist()
            points.append(Point(minute, middle, low, high))
        else:
            points.append(Point(minute, None))
    return points


def shares(r_s: Floats, flags: Floats, minutes: int) -> list[Point]:
    """Per cent of the beats of each minute that are flagged, among those where it is known."""
    of = np.where(np.isfinite(flags), np.floor(r_s / 60), -1)
    counted = [flags[of == minute] for minute in range(minutes)]
    return [Point(m, 100 * float(own.mean()) if own.size else None) for m, own in enumerate(counted)]


def by_minute(points: Sequence[Point], look: Look, *, label: str, paper: bool = False) -> str:
    """The picture; '' where no minute has a value."""
    known = [p for p in points if p.value is not None]
    if not known:
        return ""
    values = [v for p in known for v in (p.value, p.low, p.high) if v is not None]
    top = max(look.y_to, *values) + 0.02 * (look.y_to - look.y_from)
    f = frame((0.5, max(2, len(points)) + 0.5), (min(look.y_from, *values), top), HEIGHT)
    parts = f.level_band(*look.band) if look.band else []
    step = look.y_step * max(1, -(-(f.y.high - f.y.low) // (6 * look.y_step)))
    parts += f.grid(10 if len(points) > 12 else 1, step, look.x_axis, look.y_axis, look.digits)
    if look.reference is not None:
        y = f.y.at(look.reference)
        parts.append(line("p-reference", f.x.start, y, f.x.stop, y))
    for p in known:
        if p.low is not None and p.high is not None:
            x = f.x.at(p.minute + 1)
            parts.append(line("p-spread", x, f.y.at(p.low), x, f.y.at(p.high)))
    for run in _runs(points):
        parts.append(path("p-line", [(f.x.at(m + 1), f.y.at(v)) for m, v in run]))
        parts += [shape("circle", "p-point", cx=f.x.at(m + 1), cy=f.y.at(v), r=2.2) for m, v in run]
    return sheet(HEIGHT, parts, label=label, paper=paper)


def _runs(points: Iterable[Point]) -> list[list[tuple[int, float]]]:
    """Minutes that follow each other with a value."""
    runs: list[list[tuple[int, float]]] = [[]]
    for point in points:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((point.minute, point.value))
    return [run for run in runs if run]
