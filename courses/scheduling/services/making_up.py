"""A session that was not given: proposed anew, and booked with one click."""

from datetime import datetime, timedelta

from courses.models import Appointment
from courses.scheduling.gathering import Gathered, hour_of
from courses.scheduling.makeup import BEYOND_DAYS, MakeUp, make_ups
from courses.scheduling.services.booking import require_something_left
from courses.scheduling.wishes import Wish
from devices.models import Device


def propose_make_ups(*, appointment: Appointment, now: datetime) -> tuple[MakeUp, ...]:
    """Ranked hours for the session of ``appointment``; nothing is saved.

    Raises Conflict where every session is given or booked, or the course has ended.
    """
    course = appointment.course
    clinic = course.clinic
    require_something_left(course, now)
    last = course.appointments.taken().order_by("-starts_at").first()
    ends_on = clinic.day_of(last.starts_at) if last else None
    today = clinic.day_of(now)
    until = max([today, *([ends_on] if ends_on else [])]) + timedelta(days=BEYOND_DAYS)
    gathered = Gathered(clinic, today, until, now)
    # The device that the patient knows comes first.
    devices: list[Device] = sorted(gathered.devices, key=lambda device: device.pk != appointment.device_id)
    finish_by = course.target_end_on
    wish = Wish(
        start_date=today,
        preferred_time=clinic.local(appointment.starts_at).time(),
        devices=devices,
        finish_by=finish_by if finish_by and finish_by >= today else None,
    )
    absent = gathered.absences([course.patient_id]).get(course.patient_id, ())
    request = gathered.request(course, wish, sessions=1, absent=absent)
    return make_ups(request, hour_of(appointment), ends_on, gathered.tracks)
