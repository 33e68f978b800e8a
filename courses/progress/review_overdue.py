"""Since when a mid-course review is late; hung into the check before a start by ``courses.apps``."""

from datetime import datetime

from courses.models import Course, Review, Session
from courses.progress.milestones import middle_overdue_since


def review_overdue(course: Course) -> datetime | None:
    """The end of the session by which the review should have been signed, while none is; the order must be fetched."""
    ended = Session.objects.completed().filter(course=course, ended_at__isnull=False).order_by("ended_at")
    reviewed = Review.objects.filter(course=course, kind=Review.Kind.MID_COURSE).exists()
    ends = [moment for moment in ended.values_list("ended_at", flat=True) if moment is not None]
    return middle_overdue_since(ends, course.sessions_ordered, reviewed=reviewed)
