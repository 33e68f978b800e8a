"""The averaged beat: finger pulse with foot, notch and start of augmentation, and where that should be. PURE."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from devices.gating.average_beat import OFFSETS_MS, AverageBeat
from devices.gating.report import Floats
from devices.pictures.frame import Frame, frame, number
from devices.pictures.svg import line, path, shape, sheet, text

Y_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Size:
    """Of the sheet; ``x_step_ms`` is the distance of the numbers below."""

    width: float
    height: float
    x_step_ms: float


FULL, SMALL = Size(480.0, 250.0, 100.0), Size(300.0, 200.0, 200.0)


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the picture; a page gives its own language."""

    x_axis: str = "ms from the R wave"
    y_axis: str = "systolic peak = 1"
    foot: str = "foot"
    notch: str = "notch"
    augmentation: str = "augmentation"
    unassisted: str = "without inflation"


def beat_picture(
    beat: AverageBeat,
    unassisted: AverageBeat | None,
    band_ms: tuple[float, float],
    *,
    label: str,
    words: Words | None = None,
    paper: bool = False,
    size: Size = FULL,
) -> str:
    """The beat as a curve, with the unassisted one thin behind; '' where there is no average to draw.

    Parameters
    ----------
    band_ms
        Where the augmentation should start, relative to the notch.
    label
        The picture in words.
    """
    if not beat.is_drawn or not np.isfinite(beat.foot_ms):
        return ""
    words = words or Words()
    behind = unassisted if unassisted is not None and unassisted.is_drawn else None
    f = _frame(beat, behind, size)
    parts = f.grid(size.x_step_ms, Y_STEP, words.x_axis, words.y_axis, 1)
    notch = beat.foot_ms + beat.notch_ms
    if np.isfinite(notch):
        parts += f.band(notch + band_ms[0], notch + band_ms[1])
    if behind is not None:
        parts += [path("p-behind", stretch) for stretch in _curve(behind.level, beat.foot_ms, f)]
        parts += _key(words.unassisted, f)
    parts += [path("p-line", stretch) for stretch in _curve(beat.level, beat.foot_ms, f)]
    parts += _marks(beat, f, words)
    return sheet(size.height, parts, label=label, paper=paper, width=size.width)


def _frame(beat: AverageBeat, behind: AverageBeat | None, size: Size) -> Frame:
    levels = beat.level if behind is None else np.concatenate((beat.level, behind.level))
    ends = beat.next_foot_ms if np.isfinite(beat.next_foot_ms) else _last(beat.level)
    return frame(
        (beat.foot_ms + OFFSETS_MS[0], beat.foot_ms + ends + 50),
        (min(-0.1, float(np.nanmin(levels))) - 0.1, max(1.0, float(np.nanmax(levels))) + 0.25),
        size.height,
        size.width,
    )


def _last(level: Floats) -> float:
    return float(OFFSETS_MS[np.flatnonzero(np.isfinite(level))[-1]])


def _curve(level: Floats, foot_ms: float, f: Frame) -> Iterator[list[tuple[float, float]]]:
    """Stretches of the curve inside the frame, each without a hole."""
    stretch: list[tuple[float, float]] = []
    for offset, value in zip(OFFSETS_MS.tolist(), level.tolist(), strict=True):
        time = foot_ms + offset
        if np.isfinite(value) and f.x.low <= time <= f.x.high:
            stretch.append((f.x.at(time), f.y.at(value)))
        elif stretch:
            yield stretch
            stretch = []
    yield stretch


def _marks(beat: AverageBeat, f: Frame, words: Words) -> list[str]:
    foot = text(words.foot, f.x.at(beat.foot_ms) + 7, f.y.at(0) + 13, "p-text")
    parts = [*_point(beat, 0.0, f), foot]
    if not np.isfinite(beat.notch_ms):
        return parts
    x = f.x.at(beat.foot_ms + beat.notch_ms)
    parts.append(line("p-mark-line", x, f.y.stop, x, f.y.start))
    parts.append(text(words.notch, x + 4, f.y.stop + 9, "p-text"))
    return parts + (_augmentation(beat, f, words) if np.isfinite(beat.augmentation_ms) else [])


def _augmentation(beat: AverageBeat, f: Frame, words: Words) -> list[str]:
    """The two marks may stand close together: this one is named below, under the wave, where nothing else is."""
    x, off = f.x.at(beat.foot_ms + beat.augmentation_ms), round(beat.augmentation_ms - beat.notch_ms)
    said = f"{words.augmentation} {'+' if off > 0 else ''}{number(off)}\N{NO-BREAK SPACE}ms"
    return [
        line("p-reference", x, f.y.at(_level(beat, beat.augmentation_ms)), x, f.y.start),
        text(said, x + 5, f.y.start - 6, "p-text"),
        *_point(beat, beat.augmentation_ms, f),
    ]


def _point(beat: AverageBeat, offset_ms: float, f: Frame) -> list[str]:
    level = _level(beat, offset_ms)
    return [shape("circle", "p-mark", cx=f.x.at(beat.foot_ms + offset_ms), cy=f.y.at(level), r=4.0)]


def _level(beat: AverageBeat, offset_ms: float) -> float:
    known = np.isfinite(beat.level)
    return float(np.interp(offset_ms, OFFSETS_MS[known], beat.level[known]))


def _key(said: str, f: Frame) -> list[str]:
    right = f.x.stop
    return [
        text(said, right, 12, anchor="end"),
        line("p-behind", right - 6.5 * len(said) - 24, 8, right - 6.5 * len(said) - 2, 8),
    ]
