"""The planner's question for one course, as the database stands now."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext

from courses.models import Course
from courses.scheduling.days import SEARCH_WEEKS
from courses.scheduling.gathering import Gathered
from courses.scheduling.plan import Limit, PlanRequest, UnusableRequest
from courses.scheduling.wishes import Wish, left_to_book
from eecp_clinic.errors import InvalidInput
from patients.delivered import counted


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
    # What moves is counted under its authorization already.
    approved = () if without else authorized(course, now)
    try:
        found = gathered.request(
            course, wish, sessions=sessions or max(1, left_to_book(course, now)), absent=absent
        )
        return replace(found, limits=(*found.limits, *approved))
    except UnusableRequest as error:
        raise InvalidInput(gettext(str(error))) from error


def authorized(course: Course, now: datetime) -> tuple[Limit, ...]:
    """What payers have approved and nobody has used or booked yet; nothing where no authorization is on file."""
    coverage = course.order.assessment.coverage
    if coverage is None:
        return ()
    today = course.clinic.day_of(now)
    rows = coverage.authorizations.filter(ends_on__gte=today).select_related(
        "coverage__patient__clinic", "coverage__patient__merged_into"
    )
    standings = [each.standing for each in counted(list(rows), now)]
    if not standings:
        return ()
    left = [each.approved - (each.used or 0) - (each.booked or 0) for each in standings]
    return (
        Limit(
            "The authorization",
            last_day=max(each.ends_on for each in standings),
            sessions=sum(max(0, each) for each in left),
        ),
    )
