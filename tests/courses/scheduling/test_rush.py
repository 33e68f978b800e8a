"""Two hundred bookings at once on ten free hours: ten win, and everybody else gets a clear answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from courses.models import Appointment, Course
from courses.scheduling.plan import Slot
from courses.scheduling.services import book
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOURS, ATTEMPTS, CONNECTIONS = 10, 200, 8


def test_two_hundred_attempts_on_ten_free_hours_ten_win(clinic: Clinic) -> None:
    physician: User = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    devices = [factories.make_device(clinic, f"Device {n}") for n in (1, 2)]
    first = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    slots = [
        Slot(start, start + timedelta(hours=1), device.code, in_window=True)
        for device in devices
        for start in (first + timedelta(minutes=75 * n) for n in range(HOURS // 2))
    ]
    courses = [
        factories.make_course(factories.make_patient(clinic), physician) for _ in range(ATTEMPTS // HOURS)
    ]
    tries = [(course, slot) for course in courses for slot in slots]
    outcomes: list[str] = []
    gate = threading.Barrier(CONNECTIONS)

    def attempt(share: list[tuple[Course, Slot]]) -> None:
        gate.wait(timeout=60)
        for course, slot in share:
            try:
                book(course=course, slots=[slot], actor=physician, now=NOW)
                outcomes.append("booked")
            except Conflict as refusal:
                outcomes.append(refusal.message)
        connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(attempt, [tries[n::CONNECTIONS] for n in range(CONNECTIONS)]))

    assert len(outcomes) == ATTEMPTS
    assert outcomes.count("booked") == Appointment.objects.count() == HOURS
    assert len({(row.device_id, row.starts_at) for row in Appointment.objects.all()}) == HOURS
    refusals = [outcome for outcome in outcomes if outcome != "booked"]
    assert all(outcome.startswith("Nothing was booked") for outcome in refusals)
