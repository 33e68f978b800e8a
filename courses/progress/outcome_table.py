"""How the patient is doing: outcomes side by side, and the change in words."""

from collections.abc import Sequence
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
#: Estimates from the DASI repeat its change and are left out of the sentences.
_SAID = {"ccs_class", "angina_per_week", "nitroglycerin_per_week", "six_minute_walk_m", "dasi_score"}


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
    rows = tuple(
        Row(
            label,
            tuple(_shown(by_point.get(point), field) for point in points),
            _latest(by_point, points)
            if code in changes and changes[code].direction is Direction.BETTER
            else None,
        )
        for field, code, label in _ROWS
    )
    columns = tuple(
        Column(point, point.label, by_point[point].measured_on if point in by_point else None)
        for point in points
    )
    said = [c.sentence for c in changes.values() if c.code in _SAID and c.direction != Direction.NOT_KNOWN]
    return OutcomeTable(columns, rows, tuple(said))


def _changes(by_point: dict[str, OutcomeMeasure]) -> dict[str, Change]:
    """Of each measure its last value against the baseline; nothing where one of the two is missing."""
    baseline = by_point.get(Point.BASELINE)
    later = [by_point[point] for point in Point if point != Point.BASELINE and point in by_point]
    latest = later[-1] if later else None
    if baseline is None or latest is None or latest.measured_on < baseline.measured_on:
        return {}
    return {change.code: change for change in compare(_plain(baseline), _plain(latest))}


def _latest(by_point: dict[str, OutcomeMeasure], points: Sequence[Point]) -> int:
    return max(index for index, point in enumerate(points) if point in by_point)


def _plain(outcome: OutcomeMeasure) -> Outcomes:
    return Outcomes(
        measured_on=outcome.measured_on,
        ccs_class=outcome.ccs_class,
        angina_per_week=outcome.angina_per_week,
        nitroglycerin_per_week=outcome.nitroglycerin_per_week,
        six_minute_walk_m=outcome.walk_6min_m,
        dasi_score=outcome.dasi,
    )


def _shown(outcome: OutcomeMeasure | None, field: str) -> str:
    value = None if outcome is None else getattr(outcome, field)
    if value is None:
        return ""
    if field == "ccs_class":
        return _ROMAN[value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f} ({mets(value):.1f})"
    return str(value)
