"""What is wished for a course, and how much of it is left to book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from courses.models import Appointment, Course, Session
from courses.scheduling.plan import WeekdayWish
from devices.models import Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When the sessions should be, and on which devices, the dearest first."""

    start_date: date
    preferred_time: time
    devices: Sequence[Device]
    finish_by: date | None = None
    weekday_wishes: tuple[WeekdayWish, ...] = ()


def left_to_book(course: Course, now: datetime) -> int:
    """Ordered sessions that are neither given nor booked."""
    given = Session.objects.completed().filter(course=course).count()
    booked = Appointment.objects.to_come(now).filter(course=course).count()
    return max(0, course.sessions_ordered - given - booked)
