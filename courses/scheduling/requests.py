"""The planner's question for one course, as the database stands now."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext

from courses.models import Course
from courses.scheduling.days import SEARCH_WEEKS
from courses.scheduling.gathering import Gathered
from courses.scheduling.plan import PlanRequest, UnusableRequest
from courses.scheduling.wishes import Wish, left_to_book
from eecp_clinic.errors import InvalidInput


def request_for(
    course: Course,
    wish: Wish,
    now: datetime,
    *,
    without: Collection[int] = (),
    sessions: int | None = None,
) -> PlanRequest:
    """Place what of ``course`` is neither given nor booked, or ``sessions`` of it. Raises InvalidInput.

    ``without``: appointments that are about to leave their hours.
    """
    first = wish.start_date
    last = max(first, wish.finish_by or first) + timedelta(weeks=SEARCH_WEEKS)
    gathered = Gathered(course.clinic, first, last, now, without)
    absent = gathered.absences([course.patient_id]).get(course.patient_id, ())
    try:
        return gathered.request(
            course, wish, sessions=sessions or max(1, left_to_book(course, now)), absent=absent
        )
    except UnusableRequest as error:
        raise InvalidInput(gettext(str(error))) from error
