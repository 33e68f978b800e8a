"""How a course stands: given, booked, and whether the rest still fits before its last day."""

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from courses.models import Course, Session
from courses.scheduling.outlook import outlook_of, outlooks
from devices.models import Device
from eecp_clinic.models import Clinic, User
from tests import factories


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def make_course(clinic: Clinic, physician: User, sessions: int = 3, **fields: object) -> Course:
    patient = factories.make_patient(clinic)
    order = factories.make_order(patient, physician, sessions=sessions)
    return factories.make_course(patient, physician, order=order, **fields)


def give(course: Course, device: Device, physician: User, days_ago: int, now: datetime) -> None:
    appointment = factories.make_appointment(course, device, now - timedelta(days=days_ago), state="done")
    factories.make_session(appointment, physician, Session.State.ENDED)


def test_course_with_all_booked_and_days_to_spare_is_on_track(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    course = make_course(clinic, physician, target_end_on=date(2026, 12, 4))
    give(course, device, physician, 3, now)
    for day in (1, 2):
        factories.make_appointment(course, device, now + timedelta(days=day))
    outlook = outlook_of(course, now)
    # Nine workdays without Thanksgiving are left for two sessions.
    assert (outlook.light, outlook.text) == ("go", "On track, slack 7 days")
    assert outlook.session_label == "2 of 3"
    assert outlook.ends_on == date(2026, 11, 25)


def test_unbooked_sessions_are_to_look_at(clinic: Clinic, physician: User, now: datetime) -> None:
    outlook = outlook_of(make_course(clinic, physician), now)
    assert (outlook.light, outlook.text) == ("look", "3 sessions not booked")


def test_too_few_days_stop(clinic: Clinic, physician: User, now: datetime) -> None:
    course = make_course(clinic, physician, sessions=9, target_end_on=date(2026, 12, 2))
    outlook = outlook_of(course, now)
    assert (outlook.light, outlook.text) == ("stop", "2 days too few")


def test_without_a_last_day_no_slack_is_invented(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    course = make_course(clinic, physician, sessions=1)
    factories.make_appointment(course, device, now + timedelta(days=1))
    outlook = outlook_of(course, now)
    assert (outlook.light, outlook.text) == ("idle", "Ends Tue 24-Nov-2026")
    assert outlook.feasibility is None


def test_missed_and_forgotten_hours_are_not_to_come(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    course = make_course(clinic, physician, sessions=2)
    factories.make_appointment(course, device, now + timedelta(days=1), state="missed")
    factories.make_appointment(course, device, now - timedelta(days=1))
    assert outlook_of(course, now).unbooked == 2


@pytest.mark.parametrize(
    ("state", "light", "text"),
    [
        (Course.State.ON_HOLD, "look", "On hold"),
        (Course.State.COMPLETED, "idle", "Completed"),
        (Course.State.DISCONTINUED, "idle", "Discontinued"),
    ],
)
def test_state_of_the_course_goes_before_its_slack(
    clinic: Clinic, physician: User, now: datetime, state: str, light: str, text: str
) -> None:
    course = make_course(clinic, physician, state=state, end_reason="other", target_end_on=date(2027, 1, 8))
    outlook = outlook_of(course, now)
    assert (outlook.light, outlook.text) == (light, text)


def test_many_courses_take_as_many_queries_as_one(
    clinic: Clinic,
    device: Device,
    physician: User,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    courses = [make_course(clinic, physician, target_end_on=date(2027, 1, 8)) for _ in range(4)]
    with django_assert_num_queries(6):
        outlooks(clinic, courses, now)
