"""A gating report as the page shows it: strip, figures with what each rests on, and the course of the hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.treatment.strips import Cell, report_strip
from courses.treatment.tile import DS_TARGET, LIGHTS, LIMITS, signed
from devices.models import GatingReport

#: Label, where the figure stands in the report, and how it is written.
FIGURES: list[tuple[Any, str, str, str]] = [
    (gettext_lazy("Effective minutes"), "dose", "effective_minutes", "minutes"),
    (gettext_lazy("Heart beats that triggered"), "triggers", "sensitivity", "share"),
    (gettext_lazy("Triggers that were heart beats"), "triggers", "ppv", "share"),
    (gettext_lazy("Inflation to notch"), "inflation", "off_inf_ms", "signed"),
    (gettext_lazy("Inflation in the good band"), "inflation", "good_share", "share"),
    (gettext_lazy("Early inflation"), "inflation", "early_share", "share"),
    (gettext_lazy("Cuff empty before ejection"), "deflation", "lead_ej_ms", "lead"),
    (gettext_lazy("Late deflation"), "deflation", "late_share", "share"),
    (gettext_lazy("D/S peak"), "augmentation", "ds_peak", "ratio"),
    (gettext_lazy("D/S area"), "augmentation", "ds_area", "ratio"),
    (gettext_lazy("D/S peak without inflation"), "augmentation", "ds_peak_unassisted", "ratio"),
    (gettext_lazy("Cuff pressure at the plateau"), "pressure", "plateau_mmhg", "whole"),
    (gettext_lazy("Prescribed pressure attained"), "pressure", "attained_share", "share"),
    (gettext_lazy("Heart rate"), "rhythm", "hr_bpm", "whole"),
    (gettext_lazy("Ectopic beats"), "rhythm", "ectopy_share", "share"),
    (gettext_lazy("ECG readable"), "quality", "ecg_readable", "share"),
    (gettext_lazy("Finger pulse readable"), "quality", "pleth_readable", "share"),
    (gettext_lazy("Cuff pressure readable"), "quality", "pressure_readable", "share"),
]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """``value`` None is not known, and ``reason`` says why."""

    label: str
    value: str | None
    spread: str
    n: int
    coverage: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReportSection:
    code: str
    grade: str
    light: str
    engine_version: str
    findings: tuple[str, ...]
    strip: list[Cell]
    reasons: list[tuple[int, str, str]]
    figures: list[FigureRow]
    charts: list[dict[str, Any]]


def section_of(report: GatingReport) -> ReportSection:
    content: Mapping[str, Any] = report.report
    minutes = content.get("minutes", [])
    return ReportSection(
        code=report.code,
        grade=report.grade,
        light=LIGHTS.get(report.grade, "idle"),
        engine_version=report.engine_version,
        findings=tuple(finding["sentence"] for finding in content.get("findings", [])),
        strip=report_strip(content),
        reasons=[
            (row["minute"] + 1, row["grade"], " ".join(r["sentence"] for r in row["reasons"]))
            for row in minutes
            if row.get("reasons")
        ],
        figures=[_row(content, *figure) for figure in FIGURES if figure[1] in content],
        charts=_charts(minutes) if minutes else [],
    )


def _row(content: Mapping[str, Any], label: Any, part: str, name: str, kind: str) -> FigureRow:
    figure: Mapping[str, Any] = content[part].get(name) or {}
    reason = figure.get("reason") or {}
    low, high = figure.get("low"), figure.get("high")
    coverage = figure.get("coverage")
    spread = ""
    if low is not None and high is not None:
        spread = _("%(low)s to %(high)s") % {
            "low": _written(low, kind, figure),
            "high": _written(high, kind, figure),
        }
    return FigureRow(
        label=str(label),
        value=_written(figure.get("value"), kind, figure),
        spread=spread,
        n=figure.get("n", 0),
        coverage=None if coverage is None else _percent(coverage),
        reason=reason.get("sentence", ""),
    )


def _written(value: float | None, kind: str, figure: Mapping[str, Any]) -> str | None:
    """The value with its unit, as a person reads it."""
    if value is None:
        return None
    if kind == "share":
        return _percent(value)
    if kind == "ratio":
        return f"{value:.2f}"
    text = signed(value, plus=kind == "signed")
    return f"{text}\N{NO-BREAK SPACE}{figure.get('unit', '')}"


def _percent(share: float) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    return f"{text}\N{NO-BREAK SPACE}%"


def _charts(minutes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The two courses that are looked at first; a minute without a value stays a gap."""
    low, high = LIMITS.inflation_good_from_ms, LIMITS.inflation_good_to_ms
    return [
        _chart("ds", _("D/S peak by minute"), "", minutes, "ds_peak", DS_TARGET, 2),
        _chart(
            "inflation",
            _("Inflation to notch by minute"),
            "ms",
            minutes,
            "inflation_median_ms",
            (low, high),
            0,
        ),
    ]


def _chart(
    ident: str,
    title: str,
    unit: str,
    minutes: list[dict[str, Any]],
    name: str,
    band: tuple[float, float],
    digits: int,
) -> dict[str, Any]:
    values = [row.get(name) for row in minutes]
    known = [value for value in values if value is not None]
    margin = (band[1] - band[0]) / 4
    return {
        "id": f"chart-{ident}",
        "title": title,
        "unit": unit,
        "x_label": _("Minute"),
        "x_min": 0,
        "x_max": len(minutes) + 1,
        "y_min": round(min([*known, band[0]]) - margin, 2),
        "y_max": round(max([*known, band[1]]) + margin, 2),
        "series": [title],
        "rows": [
            [row["minute"] + 1, None if value is None else round(value, digits)]
            for row, value in zip(minutes, values, strict=True)
        ],
        "band": {"low": band[0], "high": band[1], "label": _band_label(band, unit)},
        "note": "",
    }


def _band_label(band: tuple[float, float], unit: str) -> str:
    if unit:
        return _("band %(low)s to %(high)s %(unit)s") % {
            "low": signed(band[0]),
            "high": signed(band[1]),
            "unit": unit,
        }
    return _("target %(low)s to %(high)s") % {"low": f"{band[0]:.1f}", "high": f"{band[1]:.1f}"}
