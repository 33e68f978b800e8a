"""A gating report as the page shows it: numbers first, then the minutes and the pictures, the letter last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.treatment.report_figures import FigureRow, figures_of, key_figures
from courses.treatment.report_minutes import MinuteLine, MinutePanel, lines_of, panel_of, worst_of
from courses.treatment.report_pictures import (
    Bands,
    Drawing,
    bands_of,
    beat_drawings,
    minute_drawings,
    strip_drawing,
)
from courses.treatment.tile import LIGHTS
from devices.beat_file import BeatFile
from devices.models import GatingReport
from devices.report_files import DamagedReport, read_beats


@dataclass(frozen=True, slots=True)
class ReportSection:
    """``worst`` and ``panel`` count minutes from 1; ``beats_note`` says why the pictures of beats are missing.

    ``is_brief`` without figures, pictures and the note: the page asks for them when it is there.
    """

    code: str
    grade: str
    light: str
    engine_version: str
    made_at: datetime
    findings: tuple[str, ...]
    key: list[FigureRow]
    figures: list[FigureRow]
    minutes: list[MinuteLine]
    worst: int | None
    panel: MinutePanel | None
    drawings: list[Drawing]
    beats_note: str
    is_brief: bool = False


def brief_of(report: GatingReport) -> ReportSection:
    """What is looked at first: key figures, the strip of minutes, and the grade."""
    content: Mapping[str, Any] = report.report
    return _section(report, lines_of(content.get("minutes", [])), is_brief=True)


def section_of(report: GatingReport, minute: int | None = None) -> ReportSection:
    """The whole report, with ``minute`` open, where one is asked for and there is."""
    content: Mapping[str, Any] = report.report
    minutes, bands = content.get("minutes", []), bands_of(report.config)
    beats, note = beats_of(report)
    drawings = beat_drawings(beats, bands) if beats is not None else []
    drawings += minute_drawings(minutes, beats, bands)
    return _section(
        report,
        lines_of(minutes),
        figures=figures_of(content),
        panel=_panel(minutes, beats, bands, minute),
        drawings=[drawing for drawing in drawings if drawing.svg],
        beats_note=note,
    )


def _section(report: GatingReport, minutes: list[MinuteLine], **rest: Any) -> ReportSection:
    content: Mapping[str, Any] = report.report
    nothing: dict[str, Any] = {"figures": [], "panel": None, "drawings": [], "beats_note": ""}
    return ReportSection(
        code=report.code,
        grade=report.grade,
        light=LIGHTS.get(report.grade, "idle"),
        engine_version=report.engine_version,
        made_at=report.made_at,
        findings=tuple(finding["sentence"] for finding in content.get("findings", [])),
        key=key_figures(content),
        minutes=minutes,
        worst=worst_of(content.get("minutes", [])),
        **nothing | rest,
    )


def _panel(
    minutes: list[Mapping[str, Any]], beats: BeatFile | None, bands: Bands, minute: int | None
) -> MinutePanel | None:
    return None if minute is None else panel_of(minutes, beats, bands, minute)


def panel_alone(report: GatingReport, minute: int) -> MinutePanel | None:
    """One minute of a report; None where it has no such minute."""
    beats, _note = beats_of(report)
    return panel_of(report.report.get("minutes", []), beats, bands_of(report.config), minute)


def beats_of(report: GatingReport) -> tuple[BeatFile | None, str]:
    """The beats, or why there are none to draw."""
    try:
        beats = read_beats(report)
    except (DamagedReport, OSError) as error:
        return None, str(error)
    if beats is None:
        return None, _("This report was made before beats were kept, so their pictures are not there.")
    return beats, ""


def paper_drawings(report: GatingReport) -> tuple[list[Drawing], str]:
    """The pictures for a packet, in ink, and why those of the beats are missing where they are."""
    minutes, bands = report.report.get("minutes", []), bands_of(report.config)
    beats, note = beats_of(report)
    drawings = [strip_drawing([row.get("grade", "") for row in minutes])]
    drawings += beat_drawings(beats, bands, paper=True) if beats is not None else []
    drawings += minute_drawings(minutes, beats, bands, paper=True)[:1]
    return [drawing for drawing in drawings if drawing.svg], note
