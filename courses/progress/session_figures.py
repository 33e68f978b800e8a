"""The figures of one session's gating report that a course is followed by. PURE: from the report's JSON.

A figure that the report could not give is None here, and stays a gap on every picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

#: Where each figure stands in the report: its group and name (devices/gating/report.py).
_PLACES = {
    "ds_peak": ("augmentation", "ds_peak"),
    "ds_area": ("augmentation", "ds_area"),
    "pressure_mmhg": ("pressure", "plateau_mmhg"),
    "effective_minutes": ("dose", "effective_minutes"),
    "inflation_ms": ("inflation", "off_inf_ms"),
    "inflation_good_share": ("inflation", "good_share"),
    "deflation_ms": ("deflation", "lead_ej_ms"),
    "late_share": ("deflation", "late_share"),
    "late_expected_share": ("deflation", "late_expected_share"),
    "heart_rate_bpm": ("rhythm", "hr_bpm"),
    "ectopy_share": ("rhythm", "ectopy_share"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """Medians and shares of one session: times in ms, pressure in mmHg, shares 0..1; None is not known.

    ``inflation_ms`` counts from the aortic closure (negative is early); ``deflation_ms`` is how long before the next
    ejection the cuffs are empty (negative is late).
    """

    ds_peak: float | None = None
    ds_area: float | None = None
    pressure_mmhg: float | None = None
    effective_minutes: float | None = None
    inflation_ms: float | None = None
    inflation_good_share: float | None = None
    deflation_ms: float | None = None
    late_share: float | None = None
    late_expected_share: float | None = None
    heart_rate_bpm: float | None = None
    ectopy_share: float | None = None


NONE_KNOWN = SessionFigures()
assert {field.name for field in fields(SessionFigures)} == set(_PLACES)  # noqa: S101  # a name without a place


def figures_of(report: Mapping[str, Any]) -> SessionFigures:
    """The figures that a report holds."""
    return SessionFigures(**{name: _value(report, *place) for name, place in _PLACES.items()})


def _value(report: Mapping[str, Any], group: str, name: str) -> float | None:
    figure = report.get(group, {}).get(name)
    value = figure.get("value") if isinstance(figure, Mapping) else None
    return None if value is None else float(value)
