"""Who a page is about, and how that patient's course stands: the banner with session and light."""

from datetime import datetime
from typing import Any

from courses.models import Course
from courses.scheduling.outlook import Outlook, outlook_of
from patients.banner import banner_for


def course_banner(course: Course, now: datetime, outlook: Outlook | None = None) -> dict[str, Any]:
    """The values of ``partials/_patient_banner.html`` for a page about ``course``, whose outlook may be known already."""
    outlook = outlook or outlook_of(course, now)
    return {
        **banner_for(course.patient, course.clinic.day_of(now)),
        "session_label": outlook.session_label,
        "light": outlook.light,
        "light_text": outlook.text,
    }
