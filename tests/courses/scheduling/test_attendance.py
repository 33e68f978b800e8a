"""Arrived, missed, cancelled: who may say so, when, and how it is taken back."""

from datetime import datetime, timedelta

import pytest

from courses.models import Appointment
from courses.scheduling.services import cancel, mark_arrived, mark_missed, undo
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories

State = Appointment.State


@pytest.fixture
def appointment(clinic: Clinic, physician: User, now: datetime) -> Appointment:
    course = factories.make_course(factories.make_patient(clinic), physician)
    return factories.make_appointment(course, factories.make_device(clinic), now)


def state_of(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return appointment.state


def test_front_desk_checks_in(appointment: Appointment, front_desk: User, now: datetime) -> None:
    mark_arrived(appointment=appointment, actor=front_desk, now=now)
    assert state_of(appointment) == State.ARRIVED
    assert appointment.arrived_at == now
    assert AuditEvent.objects.get(action="appointment.arrived").data["before"] == "booked"


def test_arrival_on_another_day_is_refused(appointment: Appointment, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Mon 23-Nov-2026, not today"):
        mark_arrived(appointment=appointment, actor=nurse, now=now + timedelta(days=1))


def test_missed_keeps_its_reason_and_frees_the_hour(
    appointment: Appointment, nurse: User, physician: User, clinic: Clinic, now: datetime
) -> None:
    mark_missed(appointment=appointment, reason="Ill", actor=nurse, now=now)
    assert state_of(appointment) == State.MISSED
    assert appointment.reason == "Ill"
    other = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(other, appointment.device, appointment.starts_at)


def test_hour_to_come_cannot_be_missed(appointment: Appointment, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="still to come"):
        mark_missed(appointment=appointment, reason="Ill", actor=nurse, now=now - timedelta(days=1))


@pytest.mark.parametrize("reason", ["", "  "])
def test_reason_is_required(appointment: Appointment, nurse: User, now: datetime, reason: str) -> None:
    for service in (mark_missed, cancel):
        with pytest.raises(InvalidInput, match="Say why"):
            service(appointment=appointment, reason=reason, actor=nurse, now=now)
    assert state_of(appointment) == State.BOOKED


@pytest.mark.parametrize("service", [mark_missed, cancel])
def test_front_desk_neither_cancels_nor_marks_missed(
    appointment: Appointment, front_desk: User, now: datetime, service: type
) -> None:
    with pytest.raises(NotAllowed):
        service(appointment=appointment, reason="Ill", actor=front_desk, now=now)


#: From which state each change may come; every other one is refused.
ALLOWED = {
    "arrived": {State.BOOKED},
    "missed": {State.BOOKED, State.ARRIVED},
    "cancelled": {State.BOOKED, State.ARRIVED, State.HELD},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("change", ALLOWED)
def test_change_is_allowed_from_these_states_only(
    appointment: Appointment, nurse: User, now: datetime, state: str, change: str
) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(state=state)
    try:
        if change == "arrived":
            mark_arrived(appointment=appointment, actor=nurse, now=now)
        elif change == "missed":
            mark_missed(appointment=appointment, reason="Ill", actor=nurse, now=now)
        else:
            cancel(appointment=appointment, reason="Ill", actor=nurse, now=now)
    except ClinicError as refusal:
        assert state not in ALLOWED[change]
        assert refusal.code == "other_state"
    else:
        assert state in ALLOWED[change]


@pytest.mark.parametrize("service", [mark_missed, cancel])
def test_hour_with_an_open_session_is_left_to_the_session(
    appointment: Appointment, nurse: User, now: datetime, service: type
) -> None:
    factories.make_session(appointment, nurse)
    with pytest.raises(Conflict, match="A session was opened"):
        service(appointment=appointment, reason="Ill", actor=nurse, now=now)


def test_each_change_can_be_undone(appointment: Appointment, nurse: User, now: datetime) -> None:
    mark_arrived(appointment=appointment, actor=nurse, now=now)
    mark_missed(appointment=appointment, reason="Went home", actor=nurse, now=now)
    undo(appointment=appointment, actor=nurse, now=now + timedelta(minutes=1))
    assert (state_of(appointment), appointment.reason) == (State.ARRIVED, "")
    assert appointment.arrived_at == now


def test_undo_does_not_reach_past_the_last_change(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    mark_arrived(appointment=appointment, actor=nurse, now=now)
    undo(appointment=appointment, actor=nurse, now=now)
    assert state_of(appointment) == State.BOOKED
    assert appointment.arrived_at is None
    with pytest.raises(Conflict, match="nothing to undo"):
        undo(appointment=appointment, actor=nurse, now=now)


def test_undo_is_possible_until_the_day_is_past(appointment: Appointment, nurse: User, now: datetime) -> None:
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=now - timedelta(days=3))
    undo(appointment=appointment, actor=nurse, now=now + timedelta(hours=14))  # 23:00 of that day
    assert state_of(appointment) == State.BOOKED


def test_undo_on_the_day_after_is_too_late(appointment: Appointment, nurse: User, now: datetime) -> None:
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=now)
    with pytest.raises(Conflict, match="too long ago"):
        undo(appointment=appointment, actor=nurse, now=now + timedelta(hours=15))


def test_what_was_marked_late_can_be_undone_the_same_day(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    later = now + timedelta(days=2)
    mark_missed(appointment=appointment, reason="Ill", actor=nurse, now=later)
    undo(appointment=appointment, actor=nurse, now=later + timedelta(hours=2))
    assert state_of(appointment) == State.BOOKED


def test_undo_is_refused_when_the_hour_was_given_away(
    appointment: Appointment, nurse: User, physician: User, clinic: Clinic, now: datetime
) -> None:
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=now)
    other = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(other, appointment.device, appointment.starts_at)
    with pytest.raises(Conflict, match="somebody else"):
        undo(appointment=appointment, actor=nurse, now=now)
    assert state_of(appointment) == State.CANCELLED


def test_front_desk_takes_back_an_arrival_but_not_a_cancellation(
    appointment: Appointment, front_desk: User, nurse: User, now: datetime
) -> None:
    mark_arrived(appointment=appointment, actor=front_desk, now=now)
    undo(appointment=appointment, actor=front_desk, now=now)
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=now)
    with pytest.raises(NotAllowed):
        undo(appointment=appointment, actor=front_desk, now=now)
