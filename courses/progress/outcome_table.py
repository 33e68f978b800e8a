"""How the patient is doing: outcomes side by side, and the change in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.models import OutcomeMeasure
from courses.progress.dasi import mets
from courses.progress.trends import Change, Direction, Outcomes, compare

Point = OutcomeMeasure.Point
#: Always shown, measured or not; the later points only where they were.
COLUMNS = (Point.BASELINE, Point.MIDDLE, Point.END)
_ROMAN = ("0", "I", "II", "III", "IV")
_ROWS = (
    ("ccs_class", "ccs_class", _("CCS class")),
    ("angina_per_week", "angina_per_week", _("Angina, episodes a week")),
    ("nitroglycerin_per_week", "nitroglycerin_per_week", _("Nitroglycerin, uses a week")),
    ("walk_6min_m", "six_minute_walk_m", _("6-minute walk, m")),
    ("dasi", "dasi_score", _("DASI (METs)")),
)
#: Shown where somebody measured them at any point of the course: field, code of the change, label.
_MORE_ROWS = (
    ("feels", "", _("The patient feels")),
    ("nyha_class", "nyha_class", _("NYHA class")),
    ("rose_dyspnoea", "rose_dyspnoea", _("Rose dyspnoea, 0 to 4")),
    ("e_over_e_prime", "e_over_e_prime", _("E/e' by echo")),
    ("diastolic_grade", "", _("Diastolic function by echo")),
    ("la_volume_ml_m2", "la_volume_ml_m2", _("Left atrial volume, ml/m²")),
    ("saq7_score", "saq7_score", _("SAQ-7, 0 to 100")),
    ("sf12_physical", "sf12_physical", _("SF-12 physical")),
    ("sf12_mental", "sf12_mental", _("SF-12 mental")),
    ("eq5d_index", "eq5d_index", _("EQ-5D index")),
    ("eq5d_vas", "eq5d_vas", _("EQ-5D VAS, 0 to 100")),
)
_FEELS = {"better": _("Better"), "same": _("The same"), "worse": _("Worse")}
_CLASSES = ("ccs_class", "nyha_class")
#: Estimates from the DASI repeat its change and are left out of the sentences.
_NOT_SAID = {"vo2_peak_ml_kg_min", "mets"}


@dataclass(frozen=True, slots=True)
class Column:
    point: str
    label: Any
    measured_on: Any


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` beside the columns, empty for not known; ``better_in`` is the column of the latest value where it is
    better than before, None where it is not."""

    label: Any
    values: tuple[str, ...]
    better_in: int | None


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]


def outcome_table(outcomes: Sequence[OutcomeMeasure]) -> OutcomeTable:
    """Before, middle, end and what came later; the change of the latest against the baseline."""
    by_point = {outcome.point: outcome for outcome in outcomes}
    points = [point for point in Point if point in COLUMNS or point in by_point]
    changes = _changes(by_point)
    more = [row for row in _MORE_ROWS if any(getattr(one, row[0]) not in (None, "") for one in outcomes)]
    rows = tuple(
        Row(
            label,
            tuple(_shown(by_point.get(point), field) for point in points),
            _latest(by_point, points, field)
            if code in changes and changes[code].direction is Direction.BETTER
            else None,
        )
        for field, code, label in (*_ROWS, *more)
    )
    columns = tuple(
        Column(point, point.label, by_point[point].measured_on if point in by_point else None)
        for point in points
    )
    said = [
        c.sentence for c in changes.values() if c.code not in _NOT_SAID and c.direction != Direction.NOT_KNOWN
    ]
    return OutcomeTable(columns, rows, tuple(said))


def changes_of(outcomes: Iterable[OutcomeMeasure]) -> dict[str, Change]:
    """By the code of the measure its last value against the baseline; nothing where there is no later look than that."""
    return _changes({outcome.point: outcome for outcome in outcomes})


def _changes(by_point: dict[str, OutcomeMeasure]) -> dict[str, Change]:
    baseline = by_point.get(Point.BASELINE)
    later = [by_point[point] for point in Point if point != Point.BASELINE and point in by_point]
    if baseline is None or not later or later[-1].measured_on < baseline.measured_on:
        return {}
    return {change.code: change for change in compare(_plain([baseline]), _plain(later))}


def _latest(by_point: dict[str, OutcomeMeasure], points: Sequence[Point], field: str) -> int:
    """The column of the last value of ``field``."""
    return max(
        index for index, point in enumerate(points) if getattr(by_point.get(point), field, None) is not None
    )


def _plain(outcomes: Sequence[OutcomeMeasure]) -> Outcomes:
    """Of each measure the last value that is known; a point at which only some were measured hides none."""
    values: dict[str, Any] = {}
    for outcome in outcomes:
        for field, code, _label in (*_ROWS, *_MORE_ROWS):
            value = getattr(outcome, field)
            if code and value is not None:
                values[code] = value
    return Outcomes(measured_on=outcomes[-1].measured_on, **values)


def _shown(outcome: OutcomeMeasure | None, field: str) -> str:
    value = getattr(outcome, field, None)
    if outcome is None or value in (None, ""):
        return ""
    if field in _CLASSES:
        return _ROMAN[value]
    if field == "feels":
        return str(_FEELS[value])
    if field == "diastolic_grade":
        return str(outcome.get_diastolic_grade_display())
    if field == "dasi":
        return f"{value.normalize():f} ({mets(value):.1f})"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
