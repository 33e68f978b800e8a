"""Since when a course waits for its mid-course review; hung into the check before a start by ``courses.apps``."""

from datetime import datetime

from courses.models import Course, Review, Session
from courses.progress.milestones import middle_due_since


def review_due(course: Course) -> datetime | None:
    """The end of the session after which the review was due, while none is signed."""
    ended = Session.objects.completed().filter(course=course, ended_at__isnull=False).order_by("ended_at")
    reviewed = Review.objects.filter(course=course, kind=Review.Kind.MID_COURSE).exists()
    ends = [moment for moment in ended.values_list("ended_at", flat=True) if moment is not None]
    return middle_due_since(ends, course.order.sessions, reviewed=reviewed)
