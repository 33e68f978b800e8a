"""A gating report as pictures with their words: for the session's page, and the same on paper for a packet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.treatment.tile import DS_TARGET, LIMITS, signed
from devices.beat_file import BeatFile
from devices.gating.average_beat import AverageBeat
from devices.pictures.beat import FULL, Size, Words, beat_picture
from devices.pictures.by_minute import Look, Point, by_minute, quartiles, shares
from devices.pictures.histogram import counted, histogram
from devices.pictures.strip import strip

#: What a histogram spans; a bar holds 10 ms, the outer ones also what lies beyond.
INFLATION_SPAN_MS = (-160.0, 160.0)
DEFLATION_SPAN_MS = (-100.0, 250.0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """``svg`` is empty where nothing was measured; ``alt`` says in words what it shows, ``note`` what it is made of."""

    name: str
    title: str
    svg: SafeString
    alt: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """What a report was judged by: its own configuration, or the engine's own limits where it kept none."""

    inflation_ms: tuple[float, float]
    deflation_ms: tuple[float, float]
    prescribed_mmhg: float | None


def bands_of(config: Mapping[str, Any]) -> Bands:
    def limit(name: str) -> float:
        value: float = config.get(name, getattr(LIMITS, name))
        return value

    return Bands(
        (limit("inflation_good_from_ms"), limit("inflation_good_to_ms")),
        (0.0, limit("deflation_good_to_ms")),
        config.get("prescribed_pressure_mmhg"),
    )


def beat_drawing(
    name: str,
    title: str,
    beat: AverageBeat,
    unassisted: AverageBeat | None,
    bands: Bands,
    *,
    paper: bool = False,
    size: Size = FULL,
) -> Drawing:
    """The averaged beat of a stretch."""
    alt = _("Averaged finger pulse. %(timing)s") % {"timing": timing_in_words(beat, bands)}
    words = Words(
        x_axis=_("ms from the R wave"),
        y_axis=_("systolic peak = 1"),
        foot=_("foot"),
        notch=_("notch"),
        augmentation=_("augmentation"),
        unassisted=_("without inflation"),
    )
    svg = beat_picture(beat, unassisted, bands.inflation_ms, label=alt, words=words, paper=paper, size=size)
    return Drawing(name, title, _safe(svg), alt, _made_of(beat))


def timing_in_words(beat: AverageBeat, bands: Bands) -> str:
    """Where the augmentation starts against the notch, and where it should."""
    if not np.isfinite(beat.augmentation_ms):
        return _("In most beats no start of an augmentation is visible.")
    low, high = bands.inflation_ms
    values = {
        "off": signed(beat.augmentation_ms - beat.notch_ms),
        "low": signed(low),
        "high": signed(high),
    }
    return _("Augmentation starts at %(off)s ms from the notch; good is %(low)s to %(high)s ms.") % values


def _made_of(beat: AverageBeat) -> str:
    said = ngettext(
        "Average of %(n)s of %(of)s inflated beat; the augmentation is visible in %(seen)s.",
        "Average of %(n)s of %(of)s inflated beats; the augmentation is visible in %(seen)s.",
        beat.of,
    )
    return said % {"n": f"{beat.n:,}", "of": f"{beat.of:,}", "seen": f"{beat.augmented:,}"}


def beat_drawings(beats: BeatFile, bands: Bands, *, paper: bool = False) -> list[Drawing]:
    """What only the beats can show: the usual beat, and how often which timing error was made."""
    found = beats.averages
    return [
        beat_drawing(
            "beat",
            _("Averaged beat of the whole recording"),
            found.whole,
            found.unassisted,
            bands,
            paper=paper,
        ),
        _histogram(beats, "off_inf_ms", INFLATION_SPAN_MS, bands.inflation_ms, paper=paper),
        _histogram(beats, "lead_ej_ms", DEFLATION_SPAN_MS, bands.deflation_ms, paper=paper),
    ]


def _histogram(
    beats: BeatFile, column: str, span: tuple[float, float], good: tuple[float, float], *, paper: bool
) -> Drawing:
    inflated = beats.column("inflated") == 1
    found = counted(beats.column(column)[inflated], *span)
    unknown = int(inflated.sum()) - found.n
    inflation = column == "off_inf_ms"
    title = _("Inflation to notch, by beat") if inflation else _("Cuff empty before ejection, by beat")
    side = _("Below 0: before the notch.") if inflation else _("Below 0: late, still loaded at ejection.")
    counted_beats = _("%(n)s beats in bars of 10 ms, not known in %(unknown)s.") % {
        "n": f"{found.n:,}",
        "unknown": f"{unknown:,}",
    }
    beyond = _("The outermost bars hold what lies beyond, too.") if found.below or found.above else ""
    note = " ".join(part for part in (side, counted_beats, beyond) if part)
    alt = _("Histogram: %(title)s. %(note)s Good is %(low)s to %(high)s ms.") % {
        "title": title,
        "note": note,
        "low": signed(good[0]),
        "high": signed(good[1]),
    }
    svg = histogram(found, good, label=alt, y_axis=_("beats"), good=_("good"), paper=paper)
    return Drawing("inflation" if inflation else "deflation", title, _safe(svg), alt, note)


def minute_drawings(
    minutes: list[Mapping[str, Any]], beats: BeatFile | None, bands: Bands, *, paper: bool = False
) -> list[Drawing]:
    """The course of the hour. Without beats the medians of the report stand alone, and ectopy is not drawn."""
    prescribed = bands.prescribed_mmhg
    ordered = _("Dashed: prescribed, %(p)s mmHg.") % {"p": f"{prescribed:.0f}"} if prescribed else ""
    low, high = bands.inflation_ms
    target = _("Shaded: the target, %(low)s to %(high)s.") % {
        "low": f"{DS_TARGET[0]:.1f}",
        "high": f"{DS_TARGET[1]:.1f}",
    }
    good = _("Shaded: good, %(low)s to %(high)s ms.") % {"low": signed(low), "high": signed(high)}
    points_are = _("Median of the minute's beats.")
    if beats is not None:
        points_are = _("Median of the minute's beats; the thin line spans their middle half.")
    looks = [
        (
            "ds_peak",
            "ds_peak",
            _("D/S peak by minute"),
            Look("D/S", 0.8, 2.1, 0.2, 1, DS_TARGET),
            target,
        ),
        (
            "off_inf_ms",
            "inflation_median_ms",
            _("Inflation to notch by minute"),
            Look("ms", low - 30, high + 30, 20, 0, (low, high)),
            good,
        ),
        (
            "plateau_mmhg",
            "pressure_mmhg",
            _("Cuff pressure by minute"),
            Look("mmHg", 0, max(300.0, prescribed or 0.0), 50, reference=prescribed),
            ordered,
        ),
    ]
    drawings = []
    for column, row, title, look, extra in looks:
        points = _points(minutes, beats, column, row)
        note = " ".join(part for part in (points_are, extra) if part)
        drawings.append(_drawn(row, title, points, look, note, paper=paper))
    if beats is not None:
        ectopy = shares(beats.column("r_s"), beats.column("ectopic"), len(minutes))
        look = Look("%", 0, 20, 5)
        drawings.append(
            _drawn(
                "ectopy",
                _("Ectopic beats by minute"),
                ectopy,
                look,
                _("Share of the minute's beats."),
                paper=paper,
            )
        )
    return drawings


def strip_drawing(grades: Sequence[str]) -> Drawing:
    """The minutes in a row of lettered cells, for paper."""
    title = _("Gating grade by minute, from minute 1")
    alt = f"{title}: {' '.join(grade or '–' for grade in grades)}"
    return Drawing("strip", title, _safe(strip(grades, label=alt, paper=True)), alt)


def _points(minutes: list[Mapping[str, Any]], beats: BeatFile | None, column: str, row: str) -> list[Point]:
    if beats is None:
        return [Point(index, minute.get(row)) for index, minute in enumerate(minutes)]
    chosen = beats.column("inflated") == 1
    return quartiles(beats.column("r_s"), beats.column(column), chosen, len(minutes))


def _drawn(name: str, title: str, points: list[Point], look: Look, note: str, *, paper: bool) -> Drawing:
    known = [point.value for point in points if point.value is not None]
    alt = _("%(title)s: not known") % {"title": title}
    if known:
        alt = _("%(title)s: %(low)s to %(high)s %(unit)s, known in %(n)s of %(of)s minutes") % {
            "title": title,
            "low": f"{min(known):.{look.digits}f}",
            "high": f"{max(known):.{look.digits}f}",
            "unit": look.y_axis,
            "n": len(known),
            "of": len(points),
        }
    return Drawing(name, title, _safe(by_minute(points, look, label=alt, paper=paper)), alt, note)


def _safe(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308  # made by devices.pictures, which escapes every word it is given
