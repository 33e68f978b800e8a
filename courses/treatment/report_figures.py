"""The figures of a gating report, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
    """``value`` None is not known, and ``reason`` says why; ``rests_on`` counts what it was computed from."""

    label: str
    value: str | None
    spread: str
    rests_on: str
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
    coverage = figure.get("coverage")
    return FigureRow(
        label=str(label),
        value=_written(figure.get("value"), kind, figure),
        spread=_spread(figure, kind),
        rests_on=_counted(part, name, figure.get("n", 0)),
        coverage=None if coverage is None else percent(coverage),
        reason=reason.get("sentence", ""),
    )


def _spread(figure: Mapping[str, Any], kind: str) -> str:
    """Of a median the quartiles, of a share its 95 % interval, of minutes what they may be when some are not known."""
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None or (kind == "minutes" and low == high):
        return ""
    shown = {"low": _number(low, kind), "high": _written(high, kind, figure)}
    if kind == "share":
        return _("95 %% interval %(low)s to %(high)s") % shown
    if kind == "minutes":
        return _("%(low)s to %(high)s") % shown
    return _("middle half %(low)s to %(high)s") % shown


def _counted(part: str, name: str, n: int) -> str:
    shown = {"n": f"{n:,}"}
    if part == "dose":
        return ngettext("%(n)s minute judged", "%(n)s minutes judged", n) % shown
    if part == "quality":
        return ngettext("%(n)s second", "%(n)s seconds", n) % shown
    if name == "ppv":
        return ngettext("%(n)s trigger", "%(n)s triggers", n) % shown
    return ngettext("%(n)s beat", "%(n)s beats", n) % shown


def _written(value: float | None, kind: str, figure: Mapping[str, Any]) -> str | None:
    """The value with its unit, as a person reads it."""
    if value is None:
        return None
    unit = {"share": "%", "ratio": ""}.get(kind, figure.get("unit", ""))
    return f"{_number(value, kind)}\N{NO-BREAK SPACE}{unit}".removesuffix("\N{NO-BREAK SPACE}")


def _number(value: float, kind: str) -> str:
    """Without its unit."""
    if kind == "share":
        return _in_hundred(value)
    return f"{value:.2f}" if kind == "ratio" else str(signed(value, plus=kind == "signed"))


def percent(share: float) -> str:
    return f"{_in_hundred(share)}\N{NO-BREAK SPACE}%"


def _in_hundred(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
