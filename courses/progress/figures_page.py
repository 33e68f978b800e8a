"""The page of the clinic's figures: tables and pictures, each figure with the way to its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.progress.augmentation import TARGET
from courses.progress.charts import Axes, Chart, Kind, Measured, Place, chart
from courses.progress.clinic_figures import Cell, Definition, Figure, by_nurse, figures
from courses.progress.figure_facts import (
    DS_STEP,
    Period,
    course_facts,
    device_names,
    ds_distribution,
    hour_facts,
    nurse_facts,
    session_facts,
)
from courses.progress.figure_words import CASES, MEANINGS, NAMES, UNITS
from courses.progress.registry import Benchmark, benchmarks_of
from courses.progress.small_counts import LEAST, hidden_groups

#: Where the vertical axis begins and ends at least, and its step, by unit.
_AXES = {"%": ((0.0, 100.0), 20.0), "h": ((0.0, 40.0), 10.0), "per 1,000": ((0.0, 10.0), 2.0)}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell in words; ``url`` leads to its rows and is empty where nothing stands behind or it is hidden."""

    text: str
    cases: str
    url: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Row:
    name: Any
    meaning: Any
    shown: Shown
    benchmarks: tuple[tuple[str, Benchmark], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A table with a row a group and a column a figure."""

    columns: tuple[Any, ...]
    rows: tuple[tuple[str, tuple[Shown, ...]], ...]


@dataclass(frozen=True, slots=True)
class FiguresPage:
    period: Period
    last: date
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]
    by_device: Breakdown
    by_nurse: Breakdown | None
    least: int = LEAST


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that page and CSV are made of, with what devices and nurses are called."""

    figures: tuple[Figure, ...]
    nurses: tuple[Figure, ...]
    devices: Mapping[str, str]
    people: Mapping[str, str]


def counted(period: Period, *, nurses: bool) -> Counted:
    """In a fixed number of queries; ``nurses`` says whether who asks may see them told apart."""
    devices = device_names(period.clinic)
    found = figures(
        course_facts(period), session_facts(period), hour_facts(period), period.months, tuple(devices)
    )
    facts, people = nurse_facts(period) if nurses else ([], {})
    return Counted(found, by_nurse(facts, tuple(people)), devices, people)


def figures_page(period: Period, *, nurses: bool) -> FiguresPage:
    found = counted(period, nurses=nurses)
    of_devices = [one for one in found.figures if one.by_device]
    drawn = [*(_by_month(one, period) for one in found.figures), _distribution(period)]
    return FiguresPage(
        period=period,
        last=period.months[-1],
        rows=tuple(_row(one, period) for one in found.figures),
        charts=tuple(one for one in drawn if one is not None),
        by_device=_breakdown(of_devices, found.devices, period, "device"),
        by_nurse=_breakdown(found.nurses, found.people, period, "") if nurses else None,
    )


def _row(figure: Figure, period: Period) -> Row:
    definition = figure.definition
    unit = UNITS[definition.unit]
    published = tuple(
        (f"{one.value:g}\N{NO-BREAK SPACE}{unit}", one) for one in benchmarks_of(definition.code)
    )
    shown = _shown(figure.total, definition, rows_url(definition, period))
    return Row(NAMES[definition.code], MEANINGS[definition.code], shown, published)


def written(definition: Definition, value: float) -> str:
    return f"{value:.{definition.digits}f}\N{NO-BREAK SPACE}{UNITS[definition.unit]}"


def _shown(cell: Cell, definition: Definition, url: str) -> Shown:
    cases = str(CASES[definition.cases])
    if cell.n is None:
        return Shown(
            _("Not shown"),
            _("fewer than %(n)d %(cases)s, or would reveal such a group") % {"n": LEAST, "cases": cases},
            "",
            is_known=False,
        )
    if cell.value is None:
        return Shown(_("Not known"), _("no %(cases)s") % {"cases": cases}, "", is_known=False)
    return Shown(written(definition, cell.value), f"{cell.n:,} {cases}", url, is_known=True)


def rows_url(definition: Definition, period: Period, first: date | None = None, device: str = "") -> str:
    """The rows of one figure: of the whole period, or of the month that begins on ``first``."""
    months = [first] if first else period.months
    query = {"from": f"{months[0]:%Y-%m}", "to": f"{months[-1]:%Y-%m}"} | (
        {"device": device} if device else {}
    )
    return f"{reverse('courses:figure-rows', args=[definition.code])}?{urlencode(query)}"


def _breakdown(found: Sequence[Figure], called: Mapping[str, str], period: Period, kind: str) -> Breakdown:
    rows = []
    for place, (group, name) in enumerate(called.items()):
        cells = tuple(
            _shown(
                figure.by_device[place],
                figure.definition,
                rows_url(figure.definition, period, device=group) if kind == "device" else "",
            )
            for figure in found
        )
        rows.append((name, cells))
    return Breakdown(tuple(NAMES[one.definition.code] for one in found), tuple(rows))


def _by_month(figure: Figure, period: Period) -> Chart | None:
    """The figure month by month beside what was published; None where no month can be told."""
    values = tuple(cell.value for cell in figure.by_month)
    if not any(value is not None for value in values):
        return None
    definition, months = figure.definition, period.months
    where = [
        Place(
            at, date_format(month, "M Y"), "" if cell.value is None else rows_url(definition, period, month)
        )
        for at, (month, cell) in enumerate(zip(months, figure.by_month, strict=True), start=1)
    ]
    unit = str(UNITS[definition.unit])
    published = benchmarks_of(definition.code)[:1]
    series = [Measured(_("This clinic"), values, Kind.LINE, definition.digits, unit=unit)]
    series += [
        Measured(_("Published"), (one.value,) * len(months), Kind.LEVEL, definition.digits, unit=unit)
        for one in published
    ]
    counts = tuple(None if cell.n is None else float(cell.n) for cell in figure.by_month)
    at_least, step = _AXES[definition.unit]
    picture = chart(
        definition.code,
        str(NAMES[definition.code]),
        where,
        series,
        _month_axes(months, unit, at_least, step),
        note=_note(figure, published),
    )
    return _with_cases(picture, counts, str(CASES[definition.cases]))


def _with_cases(picture: Chart, counts: Sequence[float | None], cases: str) -> Chart:
    """The same with how many cases each value rests on, in the table alone."""
    rows = tuple(
        replace(row, cells=(*row.cells, None if n is None else f"{n:.0f}"))
        for row, n in zip(picture.rows, counts, strict=True)
    )
    return replace(picture, rows=rows, columns=(*picture.columns, cases.capitalize()))


def _note(figure: Figure, published: Sequence[Benchmark]) -> str:
    meaning = str(MEANINGS[figure.definition.code])
    said = [f"{meaning[:1].upper()}{meaning[1:]}."]
    said += [_("Dashed: %(who)s.") % {"who": one.who} for one in published]
    if any(cell.is_hidden for cell in figure.by_month):
        cases = {"n": LEAST, "cases": CASES[figure.definition.cases]}
        said.append(_("Months with fewer than %(n)d %(cases)s, and one beside them, are not shown.") % cases)
    return " ".join(said)


def _month_axes(months: Sequence[date], unit: str, at_least: tuple[float, float], step: float) -> Axes:
    every = max(1, -(-len(months) // 6))
    ticks = tuple(
        (float(at), date_format(month, "M y")) for at, month in enumerate(months, 1) if (at - 1) % every == 0
    )
    return Axes(_("month"), unit, 0.5, len(months) + 0.5, ticks, at_least, step)


def _distribution(period: Period) -> Chart | None:
    """How many sessions had which D/S peak, with the target's bars between its two ends."""
    found = ds_distribution(period)
    if not found:
        return None
    steps = range(min(found), max(found) + 1)
    counts = [found.get(step, 0) for step in steps]
    hidden = hidden_groups(counts)
    shares = tuple(
        None if place in hidden else 100 * count / sum(counts) for place, count in enumerate(counts)
    )
    where = [
        Place(at, f"{step * DS_STEP:.1f} to {(step + 1) * DS_STEP:.1f}") for at, step in enumerate(steps, 1)
    ]
    every = max(1, len(where) // 6)
    ticks = tuple((place.at - 0.5, place.label.split(" ")[0]) for place in where[::every])
    note = _(
        "Share of the %(n)d sessions with a D/S peak, in steps of %(step).1f. The target is %(low)s to %(high)s."
    )
    told = note % {"n": sum(counts), "step": DS_STEP, "low": TARGET[0], "high": TARGET[1]}
    if hidden:
        told += " " + _("Bars of fewer than %(n)d sessions, and one beside them, are not shown.") % {
            "n": LEAST
        }
    return chart(
        "ds-distribution",
        _("D/S peak of the sessions"),
        where,
        (Measured(_("Sessions"), shares, Kind.BARS, 1, unit="%"),),
        Axes(_("D/S peak"), "%", 0.5, len(where) + 0.5, ticks, (0.0, 20.0), 10.0),
        note=told,
    )  # fmt: skip


def csv_rows(found: Counted, period: Period) -> list[tuple[str, ...]]:
    """What the page tells, as a table: a row a cell. A hidden cell says so and has neither value nor cases."""
    rows: list[tuple[str, ...]] = [
        ("figure", "definition", "by", "group", "value", "unit", "cases", "of", "published", "source")
    ]
    for figure in (*found.figures, *found.nurses):
        group_kind = "nurse" if figure in found.nurses else "device"
        called = found.people if group_kind == "nurse" else found.devices
        cells = [("clinic", "", figure.total)] if group_kind == "device" else []
        cells += [("month", cell.group[:7], cell) for cell in figure.by_month]
        cells += [(group_kind, called[cell.group], cell) for cell in figure.by_device]
        rows += [_csv_row(figure.definition, *cell) for cell in cells]
    return rows


def _csv_row(definition: Definition, by: str, group: str, cell: Cell) -> tuple[str, ...]:
    code = definition.code
    value = "" if cell.value is None else f"{cell.value:.{definition.digits + 1}f}"
    cases = f"fewer than {LEAST}, or would reveal such a group" if cell.n is None else str(cell.n)
    first = benchmarks_of(code)[:1] if by == "clinic" else ()
    published = tuple((f"{one.value:g}", one.source) for one in first) or (("", ""),)
    return (
        code,
        str(MEANINGS[code]),
        by,
        group,
        value,
        definition.unit,
        cases,
        definition.cases,
        *published[0],
    )
