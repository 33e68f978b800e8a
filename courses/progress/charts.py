"""A chart of the course page: the server's picture, the same values as a table, and what it says in words.

One source for the screen and for paper: the script of the page only points at what stands here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.progress.glance import Glance, State
from devices.pictures.frame import number
from devices.pictures.series import (
    BOTTOM,
    HEIGHT,
    TOP,
    WIDTH,
    Kind,
    Look,
    Series,
    levels,
    places,
    series_picture,
)

__all__ = ["Kind", "Place"]

STATES = {
    State.WITHIN: gettext_lazy("in the target"),
    State.BELOW: gettext_lazy("below the target"),
    State.ABOVE: gettext_lazy("above the target"),
    State.EARLY: gettext_lazy("early"),
    State.LATE: gettext_lazy("late"),
    State.IN_TIME: gettext_lazy("in time"),
    State.IN_LIMIT: gettext_lazy("within the limit"),
    State.BEYOND: gettext_lazy("beyond the limit"),
    State.REACHED: gettext_lazy("target reached"),
    State.NOT_REACHED: gettext_lazy("target not reached"),
    State.IN_FULL: gettext_lazy("each in full"),
    State.BETTER: gettext_lazy("better"),
    State.SAME: gettext_lazy("no change"),
    State.WORSE: gettext_lazy("worse"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the horizontal axis: how it is called, and the page of its rows (empty: none of its own)."""

    at: float
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """One series with how its values are written; ``unit`` stands in the head of its column."""

    label: str
    values: tuple[float | None, ...]
    kind: Kind = Kind.LINE
    digits: int = 0
    unit: str = ""
    in_table: bool = True


@dataclass(frozen=True, slots=True)
class Axes:
    """``at_least`` is shown at any rate; ``step`` between the lines; ``words`` in place of the numbers of the levels;
    from ``over_from`` on nothing will come: the course was stopped."""

    x_axis: str
    y_axis: str
    x_from: float
    x_to: float
    ticks: tuple[tuple[float, str], ...]
    at_least: tuple[float, float]
    step: float
    digits: int = 0
    band: tuple[float, float] | None = None
    words: tuple[tuple[float, str], ...] = ()
    over_from: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; ``place`` is where it stands in the picture."""

    label: str
    url: str
    place: float
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """Where the rows stand behind what a picture compares with."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``svg`` is empty where nothing is known."""

    name: str
    title: str
    svg: SafeString
    alt: str
    note: str
    x_label: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    top: float
    bottom: float
    glance: Glance | None = None
    behind: Behind | None = None

    @property
    def state(self) -> str:
        """Where the newest value stands, in a word or two; empty where there is nothing to hold it against."""
        found = self.glance
        if found is None or found.state is None:
            return ""
        if found.state is State.SHORT:
            return _("%(n)d of %(of)d short") % {"n": found.count, "of": found.of}
        return str(STATES[found.state])

    @property
    def body(self) -> SafeString:
        """The rows of the table, each followed to its page. Written here: a template takes ten times as long."""
        return self._written(follow=True)

    @property
    def plain_body(self) -> SafeString:
        """The same for who may not open the pages behind."""
        return self._written(follow=False)

    def _written(self, *, follow: bool) -> SafeString:
        unknown = f'<span class="unknown">{escape(_("Not known"))}</span>'
        rows = []
        for row in self.rows:
            label = escape(row.label)
            head = f'<a href="{escape(row.url)}">{label}</a>' if row.url and follow else label
            cells = "".join(
                f'<td class="num">{unknown if cell is None else escape(cell)}</td>' for cell in row.cells
            )
            rows.append(f'<tr data-place="{row.place}"><th scope="row">{head}</th>{cells}</tr>')
        return mark_safe("".join(rows))  # noqa: S308  # every word is escaped above


def chart(
    name: str,
    title: str,
    where: Sequence[Place],
    series: Sequence[Measured],
    axes: Axes,
    *,
    note: str = "",
    paper: bool = False,
    size: tuple[float, float] = (WIDTH, HEIGHT),
    glance: Glance | None = None,
    behind: Behind | None = None,
) -> Chart:
    """Draw ``series`` over the places; each has a value, or None, for each of them."""
    xs = [place.at for place in where]
    values = [value for one in series for value in one.values]
    found = axes.words or levels(values, axes.at_least, axes.step, axes.digits)
    look = Look(
        axes.x_axis, axes.y_axis, axes.x_from, axes.x_to, axes.ticks, found, axes.band, axes.over_from
    )
    lines = [Series(one.label, one.values, one.kind) for one in series]
    alt = _in_words(title, where, series)
    svg = series_picture(xs, lines, look, label=alt, paper=paper, width=size[0], height=size[1])
    shown = [one for one in series if one.in_table]
    return Chart(
        name=name,
        title=title,
        svg=mark_safe(svg),  # noqa: S308  # made by devices.pictures, which escapes every word it is given
        alt=alt,
        note=note,
        x_label=axes.x_axis.capitalize(),
        columns=tuple(f"{one.label}, {one.unit}" if one.unit else one.label for one in shown),
        rows=tuple(
            Row(place.label, place.url, at, tuple(_written(one, index, axes) for one in shown))
            for index, (place, at) in enumerate(zip(where, places(xs, look, width=size[0]), strict=True))
        ),
        top=TOP,
        bottom=size[1] - BOTTOM,
        glance=glance,
        behind=behind,
    )


def _written(one: Measured, index: int, axes: Axes) -> str | None:
    value = one.values[index]
    if value is None:
        return None
    return dict(axes.words).get(value) or number(value, one.digits)


def _in_words(title: str, where: Sequence[Place], series: Sequence[Measured]) -> str:
    """What a reader who does not see it is told: first and last value of what was measured."""
    said = []
    for one in series:
        known = [(place.label, v) for place, v in zip(where, one.values, strict=True) if v is not None]
        if known and one.in_table:
            (first, was), (last, now) = known[0], known[-1]
            said.append(
                _("%(label)s %(was)s at %(first)s, %(now)s at %(last)s")
                % {
                    "label": one.label,
                    "was": f"{was:.{one.digits}f}",
                    "first": first,
                    "now": f"{now:.{one.digits}f}",
                    "last": last,
                }
            )
    return f"{title}: {'; '.join(said) if said else _('not known')}"
