"""What a course shows by week and by point: angina and nitroglycerin, CCS class, six-minute walk, DASI."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course, OutcomeMeasure
from courses.progress.charts import Axes, Chart, Kind, Measured, Place, chart
from courses.progress.glance import Glance, change_state, weeks_glance
from courses.progress.outcome_table import changes_of
from courses.progress.trends import Change
from courses.progress.weekly import Source, Week

_ROMAN = ((0.0, "0"), (1.0, "I"), (2.0, "II"), (3.0, "III"), (4.0, "IV"))


def angina_chart(course: Course, weeks: Sequence[Week], *, paper: bool = False) -> Chart:
    """Episodes and nitroglycerin by week, from the diary or from what was told at the sessions."""
    url = reverse("courses:diary", args=[course.code])
    first, last = (weeks[0].number, weeks[-1].number) if weeks else (1, 1)
    return chart(
        "angina",
        _("Angina and nitroglycerin by week"),
        [Place(week.number, str(week.number), url) for week in weeks],
        (
            Measured(_("Episodes"), tuple(_float(week.episodes) for week in weeks), Kind.BARS),
            Measured(
                _("Nitroglycerin"), tuple(_float(week.nitroglycerin) for week in weeks), Kind.BARS_BESIDE
            ),
        ),
        Axes(
            _("week"),
            "",
            first - 0.6,
            max(last, 7) + 0.6,
            tuple((float(n), str(n)) for n in range(first, max(last, 7) + 1)),
            (0, 6),
            2,
        ),
        note=_behind(weeks),
        paper=paper,
        glance=weeks_glance(weeks),
    )


def _behind(weeks: Sequence[Week]) -> str:
    """What the counts are made of: nothing is multiplied up to a whole week."""
    kept = sum(week.days for week in weeks if week.source is Source.DIARY)
    told = sum(week.days for week in weeks if week.source is Source.SESSIONS)
    said = []
    if kept:
        said.append(ngettext("%(n)d day of the diary.", "%(n)d days of the diary.", kept) % {"n": kept})
    if told:
        said.append(
            ngettext(
                "Weeks without a diary: what was told at %(n)d session.",
                "Weeks without a diary: what was told at %(n)d sessions.",
                told,
            )
            % {"n": told}
        )
    return " ".join(said) or _("Neither a diary nor a session told of it.")


def point_charts(outcomes: Sequence[OutcomeMeasure], course: Course, *, paper: bool = False) -> list[Chart]:
    """CCS class, walk and DASI at the points where they were measured."""
    by_point = {outcome.point: outcome for outcome in outcomes}
    changes = changes_of(outcomes)
    places = [
        Place(index, str(point.label), reverse("courses:outcome", args=[course.code, point]))
        for index, point in enumerate(OutcomeMeasure.Point)
    ]
    words = (_("Before"), _("2 wk"), _("Middle"), _("End"), _("6 mo"), _("12 mo"))
    ticks = tuple((float(index), word) for index, word in enumerate(words))

    def axes(
        y_axis: str, at_least: tuple[float, float], step: float, words: tuple[tuple[float, str], ...] = ()
    ) -> Axes:
        return Axes("", y_axis, -0.4, len(places) - 0.6, ticks, at_least, step, words=words)

    def values(name: str) -> tuple[float | None, ...]:
        return tuple(_float(getattr(by_point.get(point), name, None)) for point in OutcomeMeasure.Point)

    return [
        _joined(
            "ccs",
            _("CCS class"),
            places,
            values("ccs_class"),
            axes("", (0, 4), 1, _ROMAN),
            _("Lower is better."),
            paper,
            changed=changes.get("ccs_class"),
        ),
        _joined(
            "walk",
            _("6-minute walk"),
            places,
            values("walk_6min_m"),
            axes("m", (200, 450), 50),
            "",
            paper,
            "m",
            changed=changes.get("six_minute_walk_m"),
        ),
        _joined(
            "dasi",
            _("DASI"),
            places,
            values("dasi"),
            axes(_("points"), (0, 40), 10),
            _("0 to 58.2; more is better."),
            paper,
            _("points"),
            2,
            changed=changes.get("dasi_score"),
        ),
    ]


def _joined(
    name: str,
    title: str,
    places: Sequence[Place],
    values: tuple[float | None, ...],
    axes: Axes,
    note: str,
    paper: bool,
    unit: str = "",
    digits: int = 0,
    *,
    changed: Change | None,
) -> Chart:
    """Only the points that were measured: a point that is not due yet is no gap."""
    known = [index for index, value in enumerate(values) if value is not None]
    measured = Measured(title, tuple(values[index] for index in known), Kind.LINE, digits, unit)
    return chart(
        name,
        title,
        [places[index] for index in known],
        (measured,),
        axes,
        note=note,
        paper=paper,
        glance=_glance(changed, axes, unit),
    )


def _glance(changed: Change | None, axes: Axes, unit: str) -> Glance | None:
    """The newest against the value before the course, by the one definition of ``trends``."""
    if changed is None or changed.baseline is None or changed.now is None:
        return None
    words = dict(axes.words)
    was, now = (
        words.get(float(value)) or f"{value.normalize():f}" for value in (changed.baseline, changed.now)
    )
    return Glance(f"{was} → {now} {unit}".strip(), change_state(changed.direction))


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
