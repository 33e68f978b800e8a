"""A wish for a course and everything in its way, gathered from the database for the planner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext

from courses.intervals import Interval
from courses.models import Appointment, Course, Session
from courses.scheduling.calendar import closures, day_bounds, opening_hours
from courses.scheduling.days import SEARCH_WEEKS
from courses.scheduling.plan import DeviceCalendar, PlanRequest, UnusableRequest
from devices.models import Device, MaintenanceWindow
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When the sessions should be, and on which devices, the dearest first."""

    start_date: date
    preferred_time: time
    devices: Sequence[Device]
    finish_by: date | None = None


def request_for(
    course: Course, wish: Wish, now: datetime, *, moved: Appointment | None = None
) -> PlanRequest:
    """The planner's question: place what of ``course`` is neither given nor booked. Raises InvalidInput.

    An hour that is ``moved`` stands in nobody's way, least of all its own.
    """
    clinic, order = course.clinic, course.order
    first = wish.start_date
    last = max(first, wish.finish_by or first) + timedelta(weeks=SEARCH_WEEKS)
    # From the Monday before: sessions of that week count towards its days.
    monday = first - timedelta(days=first.weekday())
    taken = Appointment.objects.taken().between(day_bounds(clinic, monday)[0], day_bounds(clinic, last)[1])
    if moved is not None:
        taken = taken.exclude(pk=moved.pk)
    hours = list(taken.filter(patient=course.patient).order_by("starts_at"))
    try:
        return PlanRequest(
            start_date=first,
            preferred_time=wish.preferred_time,
            opening_hours=opening_hours(clinic),
            devices=_calendars(clinic, wish.devices, first, last, moved),
            time_zone=clinic.time_zone,
            now=now,
            sessions=max(1, left_to_book(course, now)),
            session_minutes=order.session_minutes,
            turnaround_minutes=clinic.turnaround_minutes,
            per_day=order.sessions_per_day,
            days_per_week=order.days_per_week,
            closures=closures(clinic, first, last),
            patient_busy=tuple(_hour(row) for row in hours if row.course_id != course.pk),
            kept=tuple(_hour(row) for row in hours if row.course_id == course.pk),
            finish_by=wish.finish_by,
        )
    except UnusableRequest as error:
        raise InvalidInput(gettext(str(error))) from error


def left_to_book(course: Course, now: datetime) -> int:
    """Ordered sessions that are neither given nor booked."""
    given = Session.objects.completed().filter(course=course).count()
    booked = Appointment.objects.to_come(now).filter(course=course).count()
    return max(0, course.order.sessions - given - booked)


def _calendars(
    clinic: Clinic,
    devices: Sequence[Device],
    first: date,
    last: date,
    moved: Appointment | None,
) -> tuple[DeviceCalendar, ...]:
    """What each device is taken for: booked hours and maintenance."""
    start, end = day_bounds(clinic, first)[0], day_bounds(clinic, last)[1]
    busy: dict[int, list[Interval]] = {device.pk: [] for device in devices}
    for row in Appointment.objects.taken().between(start, end).filter(device__in=devices):
        if moved is not None and row.pk == moved.pk:
            continue
        busy[row.device_id].append(_hour(row))
    for window in MaintenanceWindow.objects.filter(device__in=devices, during__overlap=(start, end)):
        # A window without an end lasts as long as anybody plans.
        begins, ends = window.during.lower or start, window.during.upper or end
        busy[window.device_id].append(Interval(begins, ends))
    return tuple(DeviceCalendar(device.code, tuple(sorted(busy[device.pk]))) for device in devices)


def _hour(row: Appointment) -> Interval:
    return Interval(row.starts_at, row.ends_at)
