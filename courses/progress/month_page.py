"""A month of a clinic's exceptions as a page: six parameters with their shares, reasons, and what nobody explained."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Appointment, Course, ExceptionNote, Session
from courses.progress.early_response import median_known
from courses.progress.exception_rows import WEEK_DAYS, exceptions_of, in_words
from courses.progress.exceptions import USUAL, DeliveryException, judged
from courses.progress.monthly import OTHERS, ParameterMonth, month_of
from courses.progress.sessions import Done, done_of, pressure_changes_of, with_figures
from courses.progress.strip import CAME, Hours
from courses.scheduling.calendar import day_bounds
from devices.pictures.shares import Share, shares_picture
from eecp_clinic.models import Clinic

#: What is beyond each threshold, in words.
THRESHOLDS = {
    "minutes": gettext_lazy("more than 2 min missing, stopped early, or not known of a recorded session"),
    "pressure": gettext_lazy("median below 85 % of the target"),
    "ds_ratio": gettext_lazy("D/S peak below 1.0, or a quarter below the patient's first week"),
    "timing": gettext_lazy(
        "inflation more than 80 ms early or 60 ms late, or more than 5 % of deflations late"
    ),
    "interruptions": gettext_lazy("more than 2 pauses, or more than 5 min paused"),
    "attendance": gettext_lazy("a booked hour missed or held back"),
    "gating": gettext_lazy("grade C or D, or not assessable, and none of the above"),
    "no_recording": gettext_lazy("no recording of the session"),
}
assert USUAL.pressure_least_share == 0.85  # noqa: S101  # the words above say so


@dataclass(frozen=True, slots=True)
class Row:
    month: ParameterMonth
    label: Any
    threshold: Any
    whys: tuple[tuple[Any, int], ...]
    before: ParameterMonth | None


@dataclass(frozen=True, slots=True)
class Unexplained:
    """One exception whose reason nobody chose, and where it is chosen."""

    found: DeliveryException
    course: Course
    day: date

    @property
    def words(self) -> str:
        return in_words(self.found.number, self.day, self.found.what)


@dataclass(frozen=True, slots=True)
class MonthPage:
    first_day: date
    earlier: date
    later: date | None
    sessions: int
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    picture: SafeString
    unexplained: tuple[Unexplained, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    parameters: tuple[ParameterMonth, ...]
    sessions: int
    unexplained: tuple[Unexplained, ...]


def month_page(clinic: Clinic, first_day: date, today: date) -> MonthPage:
    """The month and the one before it; the number of queries grows with neither."""
    earlier = (first_day - timedelta(days=1)).replace(day=1)
    later = (first_day + timedelta(days=32)).replace(day=1)
    this, before = gathered(clinic, first_day, later), gathered(clinic, earlier, first_day)
    was = {one.parameter: one for one in before.parameters}
    rows = tuple(_row(one, was.get(one.parameter)) for one in this.parameters)
    return MonthPage(
        first_day=first_day,
        earlier=earlier,
        later=later if later <= today else None,
        sessions=this.sessions,
        rows=tuple(row for row in rows if row.month.parameter not in OTHERS),
        others=tuple(row for row in rows if row.month.parameter in OTHERS),
        picture=_picture(rows),
        unexplained=this.unexplained,
    )


def gathered(clinic: Clinic, first: date, after: date) -> Gathered:
    """Every session and missed hour that began from ``first`` until before ``after``."""
    begins, ends = day_bounds(clinic, first)[0], day_bounds(clinic, after)[0]
    completed = Session.objects.of(clinic).completed().filter(started_at__gte=begins, started_at__lt=ends)
    sessions = list(with_figures(completed))
    hours = list(
        Appointment.objects.of(clinic)
        .filter(starts_at__gte=begins, starts_at__lt=ends)
        .only("code", "course", "starts_at", "state", "reason")
    )
    courses = Course.objects.select_related("clinic", "patient", "order").in_bulk(
        {hour.course_id for hour in hours} | {session.course_id for session in sessions}
    )
    booked: defaultdict[int, list[Appointment]] = defaultdict(list)
    for hour in hours:
        hour.course = courses[hour.course_id]
        booked[hour.course_id].append(hour)
    done: defaultdict[int, list[Done]] = defaultdict(list)
    changes, own = pressure_changes_of(courses), _first_weeks(clinic, courses)
    for session in sessions:
        course = courses[session.course_id]
        done[course.pk].append(done_of(session, course, changes.get(course.pk, [])))
    found = [
        (course, one)
        for pk, course in courses.items()
        for one in exceptions_of(done[pk], Hours(booked[pk]), own.get(pk))
    ]
    notes = ExceptionNote.objects.filter(appointment__in=[hour.pk for hour in hours])
    whys = {
        (code, parameter): why
        for code, parameter, why in notes.values_list("appointment__code", "parameter", "why")
    }
    came = sum(hour.state in CAME for hour in hours)
    absent = sum(hour.state in {Appointment.State.MISSED, Appointment.State.HELD} for hour in hours)
    days = {hour.code: clinic.day_of(hour.starts_at) for hour in hours}
    of = Counter(name for ones in done.values() for one in ones for name in judged(one.delivery()))
    of["attendance"] = came + absent
    return Gathered(
        month_of([one for _c, one in found], whys, of=of),
        len(sessions),
        tuple(
            Unexplained(one, course, days[one.hour])
            for course, one in found
            if (one.hour, one.kind.parameter) not in whys
        ),
    )


def _first_weeks(clinic: Clinic, courses: Iterable[int]) -> dict[int, float | None]:
    """Of each course the patient's own median D/S peak of its first seven days, whenever these were."""
    rows = (
        Session.objects.completed()
        .filter(course__in=list(courses), number__lte=2 * WEEK_DAYS, started_at__isnull=False)
        .order_by("started_at")
        .values_list("course_id", "started_at", "gating_report__ds_peak")
    )
    begins: dict[int, date] = {}
    ratios: defaultdict[int, list[float | None]] = defaultdict(list)
    for course_id, started_at, ratio in rows:
        if started_at is None:
            continue
        day = clinic.day_of(started_at)
        if (day - begins.setdefault(course_id, day)).days < WEEK_DAYS:
            ratios[course_id].append(ratio)
    return {course_id: median_known(values) for course_id, values in ratios.items()}


def _row(month: ParameterMonth, before: ParameterMonth | None) -> Row:
    name = month.parameter
    whys = tuple((ExceptionNote.Why(code).label, count) for code, count in month.whys)
    return Row(month, ExceptionNote.Parameter(name).label, THRESHOLDS[name], whys, before)


def _picture(rows: Iterable[Row]) -> SafeString:
    """A bar a parameter: the share beyond its threshold, with the month before as a mark."""
    shares = [
        Share(str(row.label), row.month.percent, row.before.percent if row.before else None)
        for row in rows
        if row.month.parameter not in OTHERS
    ]
    said = "; ".join(
        f"{one.label} {one.percent:.0f} %" if one.percent is not None else f"{one.label} {_('not known')}"
        for one in shares
    )
    label = _("Share of the month's sessions beyond each threshold: %(said)s") % {"said": said}
    picture = shares_picture(shares, label=label, now=_("this month"), before=_("the month before"))
    return mark_safe(picture)  # noqa: S308  # made by devices.pictures, which escapes every word it is given
