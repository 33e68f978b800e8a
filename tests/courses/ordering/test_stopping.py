"""A stopped course says why, and gives its booked hours back."""

from datetime import datetime, timedelta

import pytest

from courses.models import Appointment, Course, Session
from courses.ordering.stopping import stop_course
from devices.models import Device
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def test_stopping_frees_the_hours_to_come_and_keeps_the_past(
    course: Course, device: Device, physician: User, now: datetime
) -> None:
    done = factories.make_appointment(course, device, now - timedelta(days=3), state="done")
    to_come = factories.make_appointment(course, device, now + timedelta(days=1))
    stop_course(course=course, reason="patient_wish", actor=physician, now=now)
    course.refresh_from_db()
    done.refresh_from_db()
    to_come.refresh_from_db()
    assert (course.state, course.end_reason) == (Course.State.DISCONTINUED, "patient_wish")
    assert course.ended_on == now.date()
    assert done.state == Appointment.State.DONE
    assert to_come.state == Appointment.State.CANCELLED
    assert to_come.reason == "Course stopped: Patient's wish"
    assert AuditEvent.objects.get(action="course.stopped").data["appointments"] == [to_come.code]


def test_course_is_not_stopped_without_a_known_reason(course: Course, physician: User, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        stop_course(course=course, reason="tired", actor=physician, now=now)


def test_nurse_does_not_stop_a_course(course: Course, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        stop_course(course=course, reason="patient_wish", actor=nurse, now=now)


def test_course_with_a_running_session_is_not_stopped(
    course: Course, device: Device, physician: User, now: datetime
) -> None:
    appointment = factories.make_appointment(course, device, now, state="in_progress")
    factories.make_session(appointment, physician, Session.State.IN_PROGRESS)
    with pytest.raises(Conflict, match="End that session"):
        stop_course(course=course, reason="patient_wish", actor=physician, now=now)


def test_course_is_stopped_once(course: Course, physician: User, now: datetime) -> None:
    stop_course(course=course, reason="patient_wish", actor=physician, now=now)
    with pytest.raises(Conflict, match="ended before"):
        stop_course(course=course, reason="scheduling", actor=physician, now=now)
