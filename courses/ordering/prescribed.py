"""The pressure target that held at a moment: the order's, until a signed decision changed it."""

from datetime import datetime

from courses.models import Course, Review


def pressure_at(course: Course, moment: datetime) -> int:
    """In mmHg; asks the database only where the target of this course was ever changed."""
    if course.pressure_changed_mmhg is None:
        return course.order.pressure_target_mmhg
    changes = Review.objects.filter(
        course=course, pressure_target_mmhg__isnull=False, reviewed_at__lte=moment
    ).order_by("-reviewed_at")
    changed = changes.values_list("pressure_target_mmhg", flat=True).first()
    return changed or course.order.pressure_target_mmhg
