"""Hours are proposed around everything in their way, and booked all or none."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest

from courses.models import Appointment, Course
from courses.scheduling.plan import Plan, ProblemCode, Slot
from courses.scheduling.services import book, propose
from devices.models import Device, MaintenanceWindow
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, Closure, User
from tests import factories

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician, state=Course.State.PLANNED)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def plan_for(course: Course, devices: Sequence[Device], now: datetime, start: date = TUESDAY) -> Plan:
    return propose(course=course, start_date=start, preferred_time=time(9), devices=devices, now=now)


def days_of(clinic: Clinic, plan: Plan) -> list[date]:
    return [clinic.day_of(slot.start) for slot in plan.slots]


def test_whole_course_is_proposed_and_booked(
    course: Course, device: Device, nurse: User, now: datetime
) -> None:
    plan = plan_for(course, [device], now)
    booked = book(course=course, slots=plan.slots, actor=nurse, now=now, finish_by=date(2027, 1, 31))
    assert plan.complete
    assert len(booked) == course.appointments.count() == 35
    course.refresh_from_db()
    assert course.target_end_on == date(2027, 1, 31)
    assert len(AuditEvent.objects.get(action="course.booked").data["appointments"]) == 35


def test_holidays_observed_days_and_closures_are_skipped(
    clinic: Clinic, course: Course, device: Device, now: datetime
) -> None:
    Closure.objects.create(clinic=clinic, day=date(2026, 11, 27), reason="Bridge day")
    days = days_of(clinic, plan_for(course, [device], now))
    assert TUESDAY in days
    assert not {date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 25), date(2027, 1, 1)} & set(days)


def test_maintenance_and_bookings_of_the_device_are_in_the_way(
    clinic: Clinic, course: Course, device: Device, physician: User, now: datetime
) -> None:
    nine = now + timedelta(days=1)
    MaintenanceWindow.objects.create(
        device=device, during=(nine - timedelta(hours=1), nine + timedelta(hours=8)), reason="Service"
    )
    other = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(other, device, nine + timedelta(days=1))
    plan = plan_for(course, [device], now)
    local = [clinic.local(slot.start) for slot in plan.slots]
    assert local[0].date() == TUESDAY + timedelta(days=1)
    assert local[0].time() != time(9)


def test_only_what_is_left_is_planned(course: Course, device: Device, nurse: User, now: datetime) -> None:
    factories.make_appointment(course, device, now + timedelta(days=1))
    plan = plan_for(course, [device], now)
    assert len(plan.slots) == 34
    book(course=course, slots=plan.slots, actor=nurse, now=now)
    with pytest.raises(Conflict, match="Every ordered session"):
        plan_for(course, [device], now)


def test_start_in_the_past_is_refused_with_a_sentence(course: Course, device: Device, now: datetime) -> None:
    plan = plan_for(course, [device], now, start=date(2026, 11, 20))
    (problem,) = plan.problems
    assert problem.code == ProblemCode.START_IN_PAST
    assert "today is Mon 23-Nov-2026" in problem.sentence


def test_last_day_before_the_first_is_refused(course: Course, device: Device, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Choose a later last day"):
        propose(
            course=course,
            start_date=TUESDAY,
            preferred_time=time(9),
            devices=[device],
            now=now,
            finish_by=date(2026, 11, 23),
        )


def test_hour_in_the_past_is_not_booked(course: Course, device: Device, nurse: User, now: datetime) -> None:
    early = Slot(now - timedelta(hours=1), now, device.code, in_window=True)
    with pytest.raises(Conflict, match="lies in the past"):
        book(course=course, slots=[early], actor=nurse, now=now)


def test_one_taken_hour_books_nothing_and_says_which(
    clinic: Clinic, course: Course, device: Device, physician: User, nurse: User, now: datetime
) -> None:
    plan = plan_for(course, [device], now)
    other = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(other, device, plan.slots[20].start)
    with pytest.raises(Conflict, match="Nothing was booked") as refusal:
        book(course=course, slots=plan.slots, actor=nurse, now=now)
    assert len(refusal.value.data["problems"]) == 1
    assert not course.appointments.exists()


def test_device_of_another_clinic_is_not_booked(course: Course, nurse: User, now: datetime) -> None:
    elsewhere = factories.make_device(factories.make_clinic(name="Elsewhere Example Clinic"))
    start = now + timedelta(days=1)
    slot = Slot(start, start + timedelta(hours=1), elsewhere.code, in_window=True)
    with pytest.raises(Conflict, match="not in use"):
        book(course=course, slots=[slot], actor=nurse, now=now)


@pytest.mark.parametrize("state", [Course.State.COMPLETED, Course.State.DISCONTINUED])
def test_course_that_is_over_is_not_planned(
    clinic: Clinic, device: Device, physician: User, now: datetime, state: str
) -> None:
    over = factories.make_course(factories.make_patient(clinic), physician, state=state, end_reason="other")
    with pytest.raises(Conflict, match="has ended"):
        plan_for(over, [device], now)


def test_front_desk_books_no_course(course: Course, device: Device, front_desk: User, now: datetime) -> None:
    plan = plan_for(course, [device], now)
    with pytest.raises(NotAllowed):
        book(course=course, slots=plan.slots, actor=front_desk, now=now)
    assert not Appointment.objects.exists()


def test_booking_nothing_is_refused(course: Course, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        book(course=course, slots=[], actor=nurse, now=now)


def test_no_more_is_planned_than_a_payer_approved_and_nobody_used(
    course: Course, device: Device, nurse: User, now: datetime
) -> None:
    coverage = course.order.assessment.coverage
    assert coverage is not None
    factories.make_authorization(coverage, sessions_approved=10)
    factories.make_appointment(course, device, now + timedelta(days=1))
    plan = plan_for(course, [device], now)
    assert len(plan.slots) == 9
    assert plan.problems[0].sentence == "The authorization has 9 sessions left, and 34 are to be placed."


def test_no_hour_lies_after_the_end_of_an_authorization(
    course: Course, device: Device, now: datetime
) -> None:
    coverage = course.order.assessment.coverage
    assert coverage is not None
    factories.make_authorization(coverage, ends_on=date(2026, 12, 11))
    plan = plan_for(course, [device], now)
    assert max(days_of(course.clinic, plan)) <= date(2026, 12, 11)
    assert not plan.complete
