"""What other patients of the clinic had at the same session: the median D/S peak by number, for comparison."""

from django.db.models import Aggregate, Count, F, FloatField

from courses.models import Course, Session

#: With fewer courses a median would be somebody's own figure.
LEAST_COURSES = 5


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def ds_peak_medians(course: Course) -> dict[int, float]:
    """By session number, over the signed sessions of the clinic's other courses; only where enough have one."""
    rows = (
        Session.objects.filter(
            course__clinic=course.clinic_id,
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
