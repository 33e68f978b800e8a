"""From the JSON of a gating report to what a packet shows of it. PURE."""

from collections.abc import Mapping
from typing import Any

from courses.billing.packet.session_evidence import Figure, Minute

#: Which figures stand in a packet, by their place in the report, with the name an auditor can read.
FIGURES = (
    ("dose.effective_minutes", "Effective minutes"),
    ("augmentation.ds_peak", "D/S peak ratio"),
    ("augmentation.ds_area", "D/S area ratio"),
    ("triggers.sensitivity", "Beats triggered"),
    ("triggers.ppv", "Triggers on a beat"),
    ("inflation.off_inf_ms", "Inflation against aortic closure"),
    ("inflation.good_share", "Inflations in the good band"),
    ("deflation.lead_ej_ms", "Cuffs empty before ejection"),
    ("deflation.late_share", "Late deflations"),
    ("pressure.plateau_mmhg", "Cuff pressure"),
    ("pressure.attained_share", "Beats at the prescribed pressure"),
    ("rhythm.hr_bpm", "Heart rate"),
    ("rhythm.ectopy_share", "Ectopic beats"),
    ("quality.ecg_readable", "ECG readable"),
)
_DECIMALS = {"min": 1, "ms": 0, "mmHg": 0, "bpm": 0, "s": 1, "ppm": 0}


def figures_of(report: Mapping[str, Any]) -> tuple[Figure, ...]:
    """The figures that the report holds, each with its beats; one it could not give carries its reason."""
    found = []
    for path, label in FIGURES:
        group, name = path.split(".")
        figure = report.get(group, {}).get(name)
        if isinstance(figure, Mapping):
            found.append(_figure(label, name, figure))
    return tuple(found)


def minutes_of(report: Mapping[str, Any]) -> tuple[Minute, ...]:
    return tuple(
        Minute(row["minute"], row.get("grade", ""), row.get("ds_peak")) for row in report.get("minutes", [])
    )


def findings_of(report: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(finding["sentence"] for finding in report.get("findings", []))


def _figure(label: str, name: str, figure: Mapping[str, Any]) -> Figure:
    value, coverage = figure.get("value"), figure.get("coverage")
    reason = figure.get("reason") or {}
    return Figure(
        label=label,
        value="" if value is None else _shown(float(value), figure.get("unit", ""), is_ratio="ds_" in name),
        reason=reason.get("sentence", ""),
        n=int(figure.get("n") or 0),
        coverage="" if coverage is None else f"{100 * coverage:.0f} %",
    )


def _shown(value: float, unit: str, *, is_ratio: bool) -> str:
    """A share as per cent, a ratio with two decimals, anything else with its unit."""
    if unit in {"1", ""}:
        return f"{value:.2f}" if is_ratio else f"{100 * value:.1f} %"
    return f"{value:.{_DECIMALS.get(unit, 1)}f} {unit}"
