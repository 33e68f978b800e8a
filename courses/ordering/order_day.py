"""When the order of the course that goes on was signed; told to the coverage decision by ``courses.apps``."""

from datetime import date

from courses.models import Course
from patients.models import Patient


def signed_on(patient: Patient) -> date | None:
    """The clinic's day of the signature. An ended course's order says nothing of the next course."""
    course = (
        Course.objects.filter(patient=patient).going_on().select_related("order__signature", "clinic").first()
    )
    if course is None or course.order.signature is None:
        return None
    return course.clinic.day_of(course.order.signature.signed_at)
