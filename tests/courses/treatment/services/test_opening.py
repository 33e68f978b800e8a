"""A session begins at a booked hour, on its day, under a signed order; or it is held."""

from datetime import datetime, timedelta

import pytest

from courses.models import Appointment, Course, Session
from courses.treatment import services
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment import scenes


def test_opening_makes_a_draft_and_the_patient_has_arrived(
    nurse: User, physician: User, now: datetime
) -> None:
    hour = scenes.make_hour(nurse, physician, now)
    session = services.open_session(appointment=hour, actor=nurse, now=now)
    hour.refresh_from_db()
    assert (session.state, session.number, session.device) == ("draft", None, hour.device)
    assert (hour.state, hour.arrived_at, hour.version) == ("arrived", now, 2)
    assert AuditEvent.objects.filter(action="session.opened", subject=f"session:{session.code}").exists()


def test_opening_twice_gives_the_same_session(nurse: User, physician: User, now: datetime) -> None:
    hour = scenes.make_hour(nurse, physician, now)
    first = services.open_session(appointment=hour, actor=nurse, now=now)
    assert services.open_session(appointment=hour, actor=physician, now=now) == first
    assert Session.objects.count() == 1


@pytest.mark.parametrize("state", ["missed", "cancelled", "held"])
def test_hour_that_was_given_up_is_not_opened(
    state: str, nurse: User, physician: User, now: datetime
) -> None:
    hour = scenes.make_hour(nurse, physician, now, state=state)
    with pytest.raises(Conflict, match=r"marked: .*Undo that"):
        services.open_session(appointment=hour, actor=nurse, now=now)


@pytest.mark.parametrize("days", [-1, 1])
def test_hour_of_another_day_is_not_opened(days: int, nurse: User, physician: User, now: datetime) -> None:
    hour = scenes.make_hour(nurse, physician, now + timedelta(days=days))
    with pytest.raises(Conflict, match="opened on its own day"):
        services.open_session(appointment=hour, actor=nurse, now=now)


def test_course_without_signed_order_is_not_treated(nurse: User, physician: User, now: datetime) -> None:
    patient = factories.make_patient(physician.memberships.get().clinic)
    course = factories.make_course(
        patient, physician, order=factories.make_order(patient, physician, signed=False)
    )
    hour = factories.make_appointment(course, factories.make_device(course.clinic), now)
    with pytest.raises(Conflict, match=r"No signed order.*Ask the ordering physician"):
        services.open_session(appointment=hour, actor=nurse, now=now)


@pytest.mark.parametrize("state", [Course.State.ON_HOLD, Course.State.COMPLETED])
def test_course_that_does_not_go_on_is_not_treated(
    state: str, nurse: User, physician: User, now: datetime
) -> None:
    hour = scenes.make_hour(nurse, physician, now, course_state=state)
    with pytest.raises(Conflict, match="A physician has to decide"):
        services.open_session(appointment=hour, actor=nurse, now=now)


def test_session_beyond_the_ordered_number_is_refused(nurse: User, physician: User, now: datetime) -> None:
    patient = factories.make_patient(physician.memberships.get().clinic)
    course = factories.make_course(
        patient, physician, order=factories.make_order(patient, physician, sessions=1)
    )
    device = factories.make_device(course.clinic)
    done = factories.make_appointment(course, device, now - timedelta(days=1))
    factories.make_session(done, nurse, Session.State.SIGNED)
    hour = factories.make_appointment(course, device, now)
    with pytest.raises(Conflict, match="All 1 ordered sessions are done"):
        services.open_session(appointment=hour, actor=nurse, now=now)


def test_who_does_not_treat_cannot_open(biller: User, nurse: User, physician: User, now: datetime) -> None:
    hour = scenes.make_hour(nurse, physician, now)
    with pytest.raises(NotAllowed, match="Nurse"):
        services.open_session(appointment=hour, actor=biller, now=now)


def test_hold_gives_the_hour_back_with_its_reason_and_nothing_starts(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    services.hold_session(session=session, reason="weight gain, physician told", actor=nurse, now=now)
    hour = Appointment.objects.get(session=session)
    assert (hour.state, hour.reason) == ("held", "weight gain, physician told")
    with pytest.raises(Conflict, match="on hold"):
        services.start_session(session=session, actor=nurse, now=now)


def test_hold_needs_a_reason(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    with pytest.raises(InvalidInput, match="Say why"):
        services.hold_session(session=session, reason="  ", actor=nurse, now=now)
