"""The figures of a gating report, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.treatment.tile import signed

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


KEY = {
    ("dose", "effective_minutes"),
    ("inflation", "off_inf_ms"),
    ("deflation", "late_share"),
    ("augmentation", "ds_peak"),
    ("pressure", "attained_share"),
    ("triggers", "sensitivity"),
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """``value`` None is not known, and ``reason`` says why."""

    label: str
    value: str | None
    spread: str
    n: int
    coverage: str | None
    reason: str


def figures_of(content: Mapping[str, Any]) -> list[FigureRow]:
    """Every figure that the report speaks of."""
    return [_row(content, *figure) for figure in FIGURES if figure[1] in content]


def key_figures(content: Mapping[str, Any]) -> list[FigureRow]:
    """The few that are looked at first."""
    return [_row(content, *figure) for figure in FIGURES if figure[1:3] in KEY and figure[1] in content]


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
        coverage=None if coverage is None else percent(coverage),
        reason=reason.get("sentence", ""),
    )


def _written(value: float | None, kind: str, figure: Mapping[str, Any]) -> str | None:
    """The value with its unit, as a person reads it."""
    if value is None:
        return None
    if kind == "share":
        return percent(value)
    if kind == "ratio":
        return f"{value:.2f}"
    text = signed(value, plus=kind == "signed")
    return f"{text}\N{NO-BREAK SPACE}{figure.get('unit', '')}"


def percent(share: float) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    return f"{text}\N{NO-BREAK SPACE}%"
