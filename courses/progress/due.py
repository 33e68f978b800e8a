"""Which outcomes of which course are due: for a course's page, and as one list for the clinic."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Prefetch, Q

from courses.models import Appointment, Course, OutcomeMeasure, Session
from courses.progress.outcome_windows import CourseDays, State, Window, endings_that_wait, windows
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class Due:
    """One set of outcomes that somebody has to measure."""

    course: Course
    window: Window

    @property
    def label(self) -> str:
        return str(OutcomeMeasure.Point(self.window.point).label)


def windows_of(
    course: Course,
    started: Sequence[datetime],
    first_hour: datetime | None,
    outcomes: Iterable[OutcomeMeasure],
    now: datetime,
) -> tuple[Window, ...]:
    """The windows of one course, from what is fetched already; ``first_hour`` is the first that is booked."""
    clinic = course.clinic
    days = CourseDays(
        begins_on=clinic.day_of(first_hour) if first_hour else None,
        sessions_on=[clinic.day_of(moment) for moment in started],
        ordered=course.sessions_ordered,
        ended_on=course.ended_on,
    )
    measured = {outcome.point: outcome.measured_on for outcome in outcomes}
    return windows(days, measured, clinic.day_of(now))


def outcomes_due(clinic: Clinic, now: datetime) -> list[Due]:
    """What is due at the clinic, the longest due first, in a fixed number of queries."""
    waits = Q(ended_on__isnull=True)
    for first, last in endings_that_wait(clinic.day_of(now)):
        waits |= Q(ended_on__range=(first, last))
    courses = list(
        Course.objects.of(clinic)
        .filter(waits)
        .select_related("clinic", "patient", "order")
        .prefetch_related(
            Prefetch("outcomes", OutcomeMeasure.objects.only("course_id", "point", "measured_on"))
        )
    )
    started: defaultdict[int, list[datetime]] = defaultdict(list)
    rows = Session.objects.completed().filter(course__in=courses, started_at__isnull=False)
    for course_id, moment in rows.order_by("started_at").values_list("course_id", "started_at"):
        if moment is not None:
            started[course_id].append(moment)
    booked = Appointment.objects.taken().filter(course__in=courses).order_by().values_list("course_id")
    first_hours = dict(booked.annotate(Min("starts_at")))
    found = [
        Due(course, window)
        for course in courses
        for window in windows_of(
            course, started[course.pk], first_hours.get(course.pk), course.outcomes.all(), now
        )
        if window.is_waiting
    ]
    return sorted(found, key=lambda one: (one.window.due_on or date.max, one.course.patient.family_name))


def is_late(window: Window) -> bool:
    return window.state is State.OVERDUE
