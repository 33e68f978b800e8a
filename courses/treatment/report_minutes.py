"""The minutes of a gating report: which is the worst, and everything about the one that is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.treatment.report_figures import percent
from courses.treatment.report_pictures import Bands, Drawing, beat_drawing
from courses.treatment.strips import GRADES, Cell, graded
from courses.treatment.tile import LIGHTS, number, signed
from devices.beat_file import BeatFile

#: A minute that cannot be judged is no bad minute, so it is the worst only among its like.
_RANK = {"": 0, "not assessable": 0, "A": 1, "B": 2, "C": 3, "D": 4}


@dataclass(frozen=True, slots=True)
class MinuteLine:
    """One minute in figures, as text with units; None is not known."""

    minute: int  # as people count: 1 is the first
    cell: Cell
    grade: str
    light: str
    reasons: tuple[str, ...]
    row: Mapping[str, Any]

    @property
    def values(self) -> tuple[tuple[str, str | None], ...]:
        """Written only where they are looked at: a strip of sixty minutes shows none of them."""
        return _values(self.row)

    @property
    def start_s(self) -> str:
        """Where it begins in the recording, for an address: no language groups these digits."""
        return str(60 * (self.minute - 1))


@dataclass(frozen=True, slots=True)
class MinutePanel:
    """The minute that is looked at, with its neighbours (None at the ends) and its averaged beat, if it has one."""

    line: MinuteLine
    before: int | None
    after: int | None
    drawing: Drawing | None


def lines_of(minutes: Sequence[Mapping[str, Any]]) -> list[MinuteLine]:
    return [_line(row) for row in minutes]


def worst_of(minutes: Sequence[Mapping[str, Any]]) -> int | None:
    """The minute (1 is the first) with the worst grade, of these the one with most reasons, then the first.

    None where every minute that could be judged is an A.
    """

    def badness(row: Mapping[str, Any]) -> tuple[int, int, int]:
        return _RANK.get(row.get("grade", ""), 0), len(row.get("reasons", [])), -int(row["minute"])

    worst = max(minutes, key=badness, default=None)
    if worst is None or _RANK.get(worst.get("grade", ""), 0) <= _RANK["A"]:
        return None
    return int(worst["minute"]) + 1


def panel_of(
    minutes: Sequence[Mapping[str, Any]], beats: BeatFile | None, bands: Bands, minute: int
) -> MinutePanel | None:
    """The panel of a minute, 1 the first; None where the report has no such minute."""
    if not 1 <= minute <= len(minutes):
        return None
    drawing = None
    if beats is not None and minute <= len(beats.averages.minutes):
        own, unassisted = beats.averages.minutes[minute - 1], beats.averages.unassisted
        title = _("Averaged beat of minute %(n)d") % {"n": minute}
        drawing = beat_drawing("minute-beat", title, own, unassisted, bands)
    return MinutePanel(
        line=_line(minutes[minute - 1]),
        before=minute - 1 if minute > 1 else None,
        after=minute + 1 if minute < len(minutes) else None,
        drawing=drawing,
    )


def _line(row: Mapping[str, Any]) -> MinuteLine:
    grade = row.get("grade", "")
    reasons = tuple(reason["sentence"] for reason in row.get("reasons", []))
    return MinuteLine(
        minute=row["minute"] + 1,
        cell=graded(row["minute"], grade, " ".join(reasons)),
        grade=grade if grade in GRADES else _("not assessable"),
        light=LIGHTS.get(grade, "idle"),
        reasons=reasons,
        row=row,
    )


def _values(row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    beats = row.get("n_beats")
    return (
        (_("Beats"), None if beats is None else str(beats)),
        (_("Heart rate"), _with(number(row.get("hr_bpm")), "bpm")),
        (_("D/S peak"), number(row.get("ds_peak"), 2)),
        (_("Inflation to notch"), _with(signed(row.get("inflation_median_ms")), "ms")),
        (_("its middle half spans"), _with(number(row.get("inflation_iqr_ms")), "ms")),
        (_("Cuff empty before ejection"), _with(signed(row.get("deflation_lead_ms"), plus=False), "ms")),
        (_("Late deflation"), _share(row.get("late_deflation_share"))),
        (_("Cuff pressure"), _with(number(row.get("pressure_mmhg")), "mmHg")),
        (_("ECG readable"), _share(row.get("readable_share"))),
        (_("Finger pulse readable"), _share(row.get("pleth_readable_share"))),
    )


def _with(value: str | None, unit: str) -> str | None:
    return None if value is None else f"{value}\N{NO-BREAK SPACE}{unit}"


def _share(value: float | None) -> str | None:
    return None if value is None else percent(value)
