"""Two people at two connections book the same hour at once: exactly one of them gets it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import DatabaseError, close_old_connections, connections

from courses.models import Appointment, Course
from courses.scheduling.services import book, propose
from devices.models import Device
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
START = NOW + timedelta(days=1)


@pytest.fixture
def physician(clinic: Clinic) -> User:
    return factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")


def make_course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician)


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Run each in a thread and connection of its own, all let go together; what became of each."""
    gate = threading.Barrier(len(actions))
    outcomes: list[str] = []

    def run(action: Callable[[], object]) -> None:
        close_old_connections()
        try:
            gate.wait(timeout=10)
            action()
            outcomes.append("booked")
        except (Conflict, DatabaseError):
            # Two inserts may wait for each other at the constraint; then PostgreSQL ends one as a deadlock.
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_two_courses_planned_on_one_device_at_once_one_wins(clinic: Clinic, physician: User) -> None:
    device = factories.make_device(clinic)
    courses = [make_course(clinic, physician) for _ in range(2)]

    def booking(course: Course) -> Callable[[], object]:
        plan = propose(
            course=course, start_date=START.date(), preferred_time=time(9), devices=[device], now=NOW
        )
        return lambda: book(course=course, slots=plan.slots, actor=physician, now=NOW)

    assert at_once(*(booking(course) for course in courses)) == ["booked", "refused"]
    assert sorted(course.appointments.count() for course in courses) == [0, 35]


def test_one_course_planned_twice_at_once_is_booked_once(clinic: Clinic, physician: User) -> None:
    course = make_course(clinic, physician)
    devices = [factories.make_device(clinic, f"Device {n}") for n in (1, 2)]

    def booking(device: Device) -> Callable[[], object]:
        plan = propose(
            course=course, start_date=START.date(), preferred_time=time(9), devices=[device], now=NOW
        )
        return lambda: book(course=course, slots=plan.slots, actor=physician, now=NOW)

    assert at_once(*(booking(device) for device in devices)) == ["booked", "refused"]
    assert course.appointments.count() == 35


def test_database_itself_refuses_a_device_twice(clinic: Clinic, physician: User) -> None:
    device = factories.make_device(clinic)
    courses = [make_course(clinic, physician) for _ in range(2)]
    outcomes = at_once(
        *(lambda course=course: factories.make_appointment(course, device, START) for course in courses)
    )
    assert outcomes == ["booked", "refused"]


def test_database_itself_refuses_a_patient_twice(clinic: Clinic, physician: User) -> None:
    course = make_course(clinic, physician)
    devices = [factories.make_device(clinic, f"Device {n}") for n in (1, 2)]
    half_past = START + timedelta(minutes=30)
    outcomes = at_once(
        lambda: factories.make_appointment(course, devices[0], START),
        lambda: factories.make_appointment(course, devices[1], half_past),
    )
    assert outcomes == ["booked", "refused"]
    assert Appointment.objects.count() == 1
