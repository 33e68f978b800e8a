"""Two people, or two machines, at the same moment: the database settles it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from courses.models import Session
from courses.treatment import services
from eecp_clinic.errors import ClinicError
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act on a connection of its own; its result, or its refusal."""

    def run(act: Callable[[], object]) -> object:
        try:
            return act()
        except ClinicError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_session_that_two_people_end_at_once_is_numbered_once(
    nurse: User, physician: User, now: datetime
) -> None:
    running = scenes.make_running(nurse, physician, now)

    def end() -> object:
        return services.end_session(
            session=running, stop_reason="completed", actor=nurse, now=now + timedelta(hours=1)
        )

    results = at_once(end, end, end)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Conflict", "Session"]
    running.refresh_from_db()
    assert (running.number, running.state) == (1, "ended")


def test_opening_at_once_makes_one_session(nurse: User, physician: User, now: datetime) -> None:
    hour = scenes.make_hour(nurse, physician, now)

    def open_it() -> object:
        return services.open_session(appointment=hour, actor=nurse, now=now)

    first, second = at_once(open_it, open_it)
    assert first == second
    assert Session.objects.count() == 1


def test_one_device_starts_only_one_of_two_patients(nurse: User, physician: User, now: datetime) -> None:
    one = scenes.make_ready(nurse, physician, now)
    clinic = one.course.clinic
    second_course = factories.make_course(factories.make_patient(clinic, "Other"), physician)
    hour = factories.make_appointment(second_course, one.device, now + timedelta(hours=1))
    two = scenes.prepare(services.open_session(appointment=hour, actor=nurse, now=now), nurse, now)
    results = at_once(
        lambda: services.start_session(session=one, actor=nurse, now=now),
        lambda: services.start_session(session=two, actor=nurse, now=now),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Session"]
    assert Session.objects.running().count() == 1
