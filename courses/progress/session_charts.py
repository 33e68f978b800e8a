"""What a course shows by session: augmentation, pressure, minutes, timing, rhythm, blood pressure and weight."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from courses.models import VitalSigns
from courses.progress import published
from courses.progress.augmentation import TARGET, SessionRatio, augmentation_trend
from courses.progress.by_session import BySession
from courses.progress.charts import Behind, Chart, Kind, Measured, chart
from courses.progress.clinic_median import Year
from courses.progress.early_response import median_known
from courses.progress.exceptions import USUAL
from courses.progress.glance import Glance, in_band, in_time, late_state, pressure_state, short_sessions
from courses.treatment.tile import LIMITS

#: The first chart is drawn wide: it is the one that is looked at first.
WIDE = (620.0, 250.0)


def augmentation_chart(by: BySession, medians: Mapping[int, float], year: Year | None = None) -> Chart:
    """D/S peak and area with the target, and the clinic's median of ``year`` behind."""
    peaks = by.values(lambda one: one.ds_peak)
    ratios = [SessionRatio(by.day(one), one.ds_peak) for one in by.done]
    behind = tuple(medians.get(int(place.at)) for place in by.places)
    number = by.done[-1].number if by.done else 0
    said = [augmentation_trend(ratios).sentence]
    if number in medians:
        said.append(
            _("Clinic's median at session %(number)d, of twelve months: %(median)s.")
            % {"number": number, "median": f"{medians[number]:.2f}"}
        )
    values, newest = by.span(peaks, digits=2)
    said.append(_("Shaded: the target, %(low)s to %(high)s.") % {"low": TARGET[0], "high": TARGET[1]})
    said.append(_(published.DS_AT_END.sentence))
    return chart(
        "augmentation",
        _("D/S ratio by session"),
        by.places,
        (
            Measured(_("Peak"), peaks, Kind.LINE, 2),
            Measured(_("Area"), by.values(lambda one: one.ds_area), Kind.SECOND, 2),
            Measured(_("Clinic's median, peak"), behind, Kind.BEHIND, 2),
        ),
        by.axes("", (0.6, 2.1), 0.2, digits=1, band=TARGET),
        note=" ".join(said),
        paper=by.paper,
        size=WIDE,
        glance=Glance(values, in_band(newest, *TARGET)),
        behind=_sessions_of(year) if year and medians else None,
    )


def _sessions_of(year: Year) -> Behind:
    asked = urlencode({"from": f"{year.first:%Y-%m}", "to": f"{year.last:%Y-%m}"})
    url = f"{reverse('courses:figure-rows', args=['ds_target'])}?{asked}"
    return Behind(url, _("The sessions behind the clinic's median"))


def delivery_charts(by: BySession) -> list[Chart]:
    """Pressure, minutes, timing and its errors: what was applied against what was prescribed."""
    return [_pressure(by), _minutes(by), _timing(by), _mistimed(by)]


def body_charts(by: BySession) -> list[Chart]:
    """Heart rate, ectopy, blood pressure and weight."""
    return [_heart_rate(by), _ectopy(by), _blood_pressure(by), _weight(by)]


def _pressure(by: BySession) -> Chart:
    applied = by.values(lambda one: one.figures.pressure_mmhg)
    charted = by.values(lambda one: None if one.figures.pressure_mmhg is not None else one.charted_mmhg)
    either = [a if a is not None else c for a, c in zip(applied, charted, strict=True)]
    values, newest = by.span(either, "mmHg")
    target = by.done[-1].prescribed_mmhg if by.done else None
    return chart(
        "pressure",
        _("Applied pressure"),
        by.places,
        (
            Measured(_("Measured"), applied, Kind.LINE, unit="mmHg"),
            Measured(_("Charted"), charted, Kind.SECOND, unit="mmHg"),
            Measured(_("Target"), by.values(lambda one: one.prescribed_mmhg), Kind.LEVEL, unit="mmHg"),
        ),
        by.axes("mmHg", (150, 300), 25),
        note=by.first_and_last(either, "mmHg"),
        paper=by.paper,
        glance=Glance(values, pressure_state(newest, target)),
    )


def _minutes(by: BySession) -> Chart:
    effective = by.values(lambda one: one.effective_minutes)
    given = by.values(lambda one: None if one.minutes is None else float(one.minutes))
    values, _newest = by.span(given, "min")
    return chart(
        "minutes",
        _("Minutes"),
        by.places,
        (
            Measured(_("Effective"), effective, Kind.LINE, unit="min"),
            Measured(_("Delivered"), given, Kind.SECOND, unit="min"),
            Measured(_("Ordered"), by.values(lambda one: one.ordered_minutes), Kind.LEVEL, unit="min"),
        ),
        by.axes("min", (0, 70), 10),
        note=_totals(effective, given, by),
        paper=by.paper,
        glance=Glance(values, *short_sessions([one.ended_early for one in by.done])),
    )


def _totals(effective: Sequence[float | None], given: Sequence[float | None], by: BySession) -> str:
    known, counted = [v for v in given if v is not None], [v for v in effective if v is not None]
    return _(
        "Delivered %(given)s of %(ordered)s min ordered in the sessions where both are known; effective %(effective)s min "
        "in %(n)d sessions with a report."
    ) % {
        "given": f"{sum(known):.0f}",
        "ordered": f"{sum(one.ordered_minutes for one in by.done if one.minutes is not None):.0f}",
        "effective": f"{sum(counted):.0f}",
        "n": len(counted),
    }


def _timing(by: BySession) -> Chart:
    low, high = LIMITS.inflation_good_from_ms, LIMITS.inflation_good_to_ms
    inflation = by.values(lambda one: one.figures.inflation_ms)
    values, newest = by.span(inflation, "ms")
    return chart(
        "timing",
        _("Timing"),
        by.places,
        (
            Measured(_("Inflation to notch"), inflation, Kind.LINE, unit="ms"),
            Measured(
                _("Cuff empty before ejection"),
                by.values(lambda one: one.figures.deflation_ms),
                Kind.SECOND,
                unit="ms",
            ),
        ),
        by.axes("ms", (-80, 120), 40, band=(low, high)),
        note=_("Shaded: good for inflation. Below 0 inflation is early, and the cuffs are late.")
        + " "
        + by.first_and_last(inflation, "ms"),
        paper=by.paper,
        glance=Glance(values, in_time(newest, low, high)),
    )


def _mistimed(by: BySession) -> Chart:
    """The errors of the timing that a median hides."""
    early_or_late = by.values(lambda one: _percent(one.figures.inflation_good_share, rest=True))
    late = by.values(lambda one: _percent(one.figures.late_share))
    values, newest = by.span(late, _("% late"), 1)
    return chart(
        "mistimed",
        _("Mistimed beats"),
        by.places,
        (
            Measured(_("Inflations not in the good band"), early_or_late, Kind.BARS, 1, unit="%"),
            Measured(_("Late deflations"), late, Kind.BARS_BESIDE, 1, unit="%"),
        ),
        by.axes("%", (0, 20), 5),
        note=_(
            "Share of the beats of a session, by its report. More than %(most)s %% of deflations late is an exception."
        )
        % {"most": f"{100 * USUAL.late_most_share:.0f}"},
        paper=by.paper,
        glance=Glance(values, late_state(newest)),
    )


def _percent(share: float | None, *, rest: bool = False) -> float | None:
    return None if share is None else 100 * (1 - share if rest else share)


def _heart_rate(by: BySession) -> Chart:
    measured = by.values(lambda one: one.figures.heart_rate_bpm)
    before = by.values(lambda one: _vital(one.before, "heart_rate_bpm"))
    return chart(
        "heart-rate",
        _("Heart rate"),
        by.places,
        (
            Measured(_("In the session"), measured, Kind.LINE, unit="bpm"),
            Measured(_("Before it"), before, Kind.SECOND, unit="bpm"),
        ),
        by.axes("bpm", (50, 100), 10),
        note=by.first_and_last(measured, "bpm"),
        paper=by.paper,
        glance=Glance(by.span(measured, "bpm")[0]),
    )


def _ectopy(by: BySession) -> Chart:
    shares = by.values(lambda one: _percent(one.figures.ectopy_share))
    return chart(
        "ectopy",
        _("Ectopic beats"),
        by.places,
        (Measured(_("Ectopic beats"), shares, Kind.BARS, 1, unit="%"),),
        by.axes("%", (0, 10), 2),
        note=_("Share of the beats of a session, by its report."),
        paper=by.paper,
        glance=Glance(by.span(shares, "%", 1)[0]),
    )


def _blood_pressure(by: BySession) -> Chart:
    systolic = by.values(lambda one: _vital(one.before, "systolic_mmhg"))
    return chart(
        "blood-pressure",
        _("Blood pressure before the session"),
        by.places,
        (
            Measured(_("Systolic"), systolic, Kind.LINE, unit="mmHg"),
            Measured(
                _("Diastolic"),
                by.values(lambda one: _vital(one.before, "diastolic_mmhg")),
                Kind.SECOND,
                unit="mmHg",
            ),
        ),
        by.axes("mmHg", (60, 160), 20),
        note=by.first_and_last(systolic, "mmHg"),
        paper=by.paper,
        glance=Glance(by.span(systolic, _("mmHg systolic"))[0]),
    )


def _weight(by: BySession) -> Chart:
    weights = by.values(lambda one: _vital(one.before, "weight_kg"))
    middle = median_known(weights) or 80.0
    return chart(
        "weight",
        _("Weight"),
        by.places,
        (Measured(_("Weight"), weights, Kind.LINE, 1, unit="kg"),),
        by.axes("kg", (middle - 4, middle + 4), 2),
        note=by.first_and_last(weights, "kg", 1),
        paper=by.paper,
        glance=Glance(by.span(weights, "kg", 1)[0]),
    )


def _vital(vitals: VitalSigns | None, name: str) -> float | None:
    value = getattr(vitals, name, None)
    return None if value is None else float(value)
