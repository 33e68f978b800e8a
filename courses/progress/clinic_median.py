"""What other patients of the clinic had at the same session: the median D/S peak by number, for comparison.

Of the twelve months that end with that of the course's newest session: a clinic is compared with how it works now, a course
that is over with how it worked then, and the cost does not grow with the years. The months are whole, so that the page of the
clinic's figures lists the same sessions.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Aggregate, Count, F, FloatField

from courses.models import Course, Session
from courses.months import months_after
from courses.scheduling.calendar import day_bounds

#: With fewer courses a median would be somebody's own figure.
LEAST_COURSES = 5
MONTHS = 12


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Year:
    """Whole months of the clinic's calendar: ``first`` and ``last`` are the first days of the first and the last."""

    first: date
    last: date

    @property
    def after(self) -> date:
        return months_after(self.last, 1)


def year_of(course: Course, newest: datetime) -> Year:
    last = course.clinic.day_of(newest).replace(day=1)
    return Year(months_after(last, 1 - MONTHS), last)


def ds_peak_medians(course: Course, year: Year) -> dict[int, float]:
    """By session number, over the signed sessions of the clinic's other courses that began in ``year``; only where
    enough courses have one."""
    clinic = course.clinic
    rows = (
        Session.objects.filter(
            course__clinic=clinic,
            started_at__gte=day_bounds(clinic, year.first)[0],
            started_at__lt=day_bounds(clinic, year.after)[0],
            signature__isnull=False,
            number__isnull=False,
            gating_report__ds_peak__isnull=False,
        )
        .exclude(course=course)
        .order_by()
        .values("number")
        .annotate(median=Median(F("gating_report__ds_peak")), courses=Count("course", distinct=True))
        .filter(courses__gte=LEAST_COURSES)
    )
    return {row["number"]: row["median"] for row in rows}
