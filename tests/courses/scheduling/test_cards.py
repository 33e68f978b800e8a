"""What a card says: which session, its state, and the one thing that matters now."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from courses.models import Appointment, Course, Pause, Session
from courses.scheduling.cards import Card, appointments_between, card_of
from devices.models import Device
from eecp_clinic.models import Clinic, User
from patients.models import Coverage
from tests import factories

State = Appointment.State


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


@pytest.fixture
def appointment(course: Course, device: Device, now: datetime) -> Appointment:
    return factories.make_appointment(course, device, now)


def shown(appointment: Appointment, now: datetime, **options: Any) -> Card:
    clinic = appointment.course.clinic
    day = timedelta(days=1)
    rows = appointments_between(clinic, appointment.starts_at - day, appointment.starts_at + day, now)
    return card_of(rows.get(pk=appointment.pk), now, **options)


def running(appointment: Appointment, nurse: User, now: datetime, **live: Any) -> Session:
    Appointment.objects.filter(pk=appointment.pk).update(state=State.IN_PROGRESS)
    recording = factories.make_recording(
        appointment.device, now, closed_at=None, ended_at=None, live=live, live_at=now, last_chunk_at=now
    )
    return factories.make_session(appointment, nurse, Session.State.IN_PROGRESS, recording=recording)


def test_booked_session_says_which_of_how_many(
    appointment: Appointment, device: Device, nurse: User, now: datetime
) -> None:
    given = factories.make_appointment(appointment.course, device, now - timedelta(days=3), state="done")
    factories.make_session(given, nurse, Session.State.SIGNED)
    factories.make_appointment(appointment.course, device, now - timedelta(hours=3), state="missed")
    card = shown(appointment, now)
    assert (card.session_label, card.chip, card.light, card.why) == ("2 of 35", "Booked", "idle", "")


def test_arrival_is_told_on_the_clinics_clock(appointment: Appointment, now: datetime) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(state=State.ARRIVED, arrived_at=now)
    assert shown(appointment, now).why == "Arrived 09:00"


def test_running_session_says_minutes_pressure_ratio_grade_and_age(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    running(appointment, nurse, now, pressure_mmhg=262.4, ds_peak=1.418, grade="A")
    card = shown(appointment, now + timedelta(seconds=3))
    assert card.why == "0 min · 262 mmHg · D/S 1.42"
    assert (card.grade, card.age, card.light) == ("Gating A", "3 s ago", "run")


def test_pauses_do_not_count_as_minutes(appointment: Appointment, nurse: User, now: datetime) -> None:
    session = running(appointment, nurse, now, pressure_mmhg=250, ds_peak=None, grade="B")
    Pause.objects.create(
        session=session, started_at=now, ended_at=now + timedelta(minutes=10), reason="Toilet"
    )
    assert shown(appointment, now + timedelta(minutes=34)).minutes == 24


def test_old_figures_are_not_shown_as_what_is_now(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    running(appointment, nurse, now, pressure_mmhg=262, ds_peak=1.4, grade="A")
    assert shown(appointment, now + timedelta(minutes=5)).why == "5 min · figures not known"


def test_nothing_measured_is_not_invented(appointment: Appointment, nurse: User, now: datetime) -> None:
    running(appointment, nurse, now, pressure_mmhg=None, ds_peak=None, grade=None)
    card = shown(appointment, now)
    assert (card.why, card.grade) == ("0 min · figures not known", "")


def test_ended_session_waits_for_its_signature_and_shows_the_last_grade(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(state=State.DONE)
    recording = factories.make_recording(appointment.device, now)
    factories.make_report(recording, grade="C")
    factories.make_session(appointment, nurse, Session.State.ENDED, recording=recording)
    card = shown(appointment, now + timedelta(hours=2))
    assert (card.chip, card.light, card.why, card.grade) == ("Done", "go", "To sign", "Gating C")


@pytest.mark.parametrize(
    ("state", "why"),
    [(Course.State.ON_HOLD, "The course is on hold"), (Course.State.DISCONTINUED, "The course has ended")],
)
def test_course_that_does_not_go_on_blocks(
    appointment: Appointment, now: datetime, state: str, why: str
) -> None:
    Course.objects.filter(pk=appointment.course_id).update(state=state, end_reason="other")
    card = shown(appointment, now)
    assert (card.chip, card.light, card.why) == ("Blocked", "look", why)


def test_ended_coverage_blocks(appointment: Appointment, now: datetime) -> None:
    Coverage.objects.update(ends_on=date(2026, 11, 20))
    assert shown(appointment, now).why == "Coverage ended Fri 20-Nov-2026"


def test_hour_that_is_over_asks_what_happened(appointment: Appointment, now: datetime) -> None:
    card = shown(appointment, now + timedelta(hours=2))
    assert (card.chip, card.light, card.why) == ("Not marked", "look", "Arrived or missed?")


def test_hold_says_its_reason(appointment: Appointment, now: datetime) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(
        state=State.HELD, reason="BP 188/96 mmHg, limit 180/110"
    )
    card = shown(appointment, now)
    assert (card.light, card.why) == ("stop", "BP 188/96 mmHg, limit 180/110")


def test_front_desk_sees_no_treatment(appointment: Appointment, nurse: User, now: datetime) -> None:
    running(appointment, nurse, now, pressure_mmhg=262, ds_peak=1.4, grade="A")
    card = shown(appointment, now, clinical=False)
    assert (card.why, card.grade, card.age) == ("", "", "")
    assert card.url.startswith("/appointments/")
