"""An hour that was cut short is given again: one session more in its place, and its make-up offered at once."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Appointment, Course, Session, SessionRepeat
from courses.scheduling.wishes import left_to_book
from courses.treatment.services import give_again
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from eecp_clinic.roles import Role
from tests import factories


@pytest.fixture
def short(clinic: Clinic, physician: User, nurse: User, now: datetime) -> Session:
    """Ended after some minutes by the patient's wish, on a course with no other hour."""
    course = factories.make_course(factories.make_patient(clinic), physician, state="active")
    device = factories.make_device(clinic)
    hour = factories.make_appointment(course, device, now, state=Appointment.State.DONE)
    return factories.make_session(hour, nurse, Session.State.ENDED, stop_reason="patient_wish")


def test_course_gets_one_session_more_in_its_place(short: Session, nurse: User, now: datetime) -> None:
    before = left_to_book(short.course, now)
    give_again(session=short, reason="Cut short after 20 min", actor=nurse, now=now)
    course = Course.objects.get()
    assert left_to_book(course, now) == before + 1
    assert AuditEvent.objects.get(action="session.given_again").data["number"] == short.number


def test_signed_hour_is_given_again_without_being_touched(
    short: Session, nurse: User, clinic: Clinic, now: datetime
) -> None:
    short.signature = factories.make_signature(clinic, nurse, Role.NURSE, f"session:{short.code}")
    short.state = Session.State.SIGNED
    short.save()
    give_again(session=short, reason="Cut short", actor=nurse, now=now)
    assert SessionRepeat.objects.get().session == short


def test_last_hour_given_again_takes_the_course_up_again(short: Session, nurse: User, now: datetime) -> None:
    Course.objects.update(state=Course.State.COMPLETED, ended_on=now.date())
    give_again(session=short, reason="Cut short", actor=nurse, now=now)
    found = Course.objects.get()
    assert (found.state, found.ended_on) == (Course.State.ACTIVE, None)


def test_beside_a_newer_course_it_is_refused(
    short: Session, physician: User, nurse: User, now: datetime
) -> None:
    Course.objects.update(state=Course.State.COMPLETED, ended_on=now.date())
    patient = short.course.patient
    order = factories.make_order(patient, physician, assessment=short.course.order.assessment)
    factories.make_course(patient, physician, order=order)
    with pytest.raises(Conflict, match="newer course"):
        give_again(session=short, reason="Cut short", actor=nurse, now=now)
    assert not SessionRepeat.objects.exists()


def test_hour_is_given_again_once_with_a_reason_and_by_clinical_people(
    short: Session, nurse: User, biller: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        give_again(session=short, reason="Cut short", actor=biller, now=now)
    with pytest.raises(InvalidInput, match="Say why"):
        give_again(session=short, reason=" ", actor=nurse, now=now)
    give_again(session=short, reason="Cut short", actor=nurse, now=now)
    with pytest.raises(Conflict, match="already"):
        give_again(session=short, reason="Cut short", actor=nurse, now=now)


@pytest.mark.parametrize("change", [{"stop_reason": "completed"}, {"state": "in_progress"}])
def test_full_or_running_hour_is_not_given_again(
    short: Session, nurse: User, now: datetime, change: dict[str, str]
) -> None:
    for name, value in change.items():
        setattr(short, name, value)
    if "state" in change:
        short = factories.make_session(
            factories.make_appointment(short.course, short.device, now.replace(hour=20)), nurse, "in_progress"
        )
    else:
        short.save()
    with pytest.raises(Conflict, match="ended early"):
        give_again(session=short, reason="Cut short", actor=nurse, now=now)


def test_page_leads_to_the_make_up(short: Session, nurse_client: Client) -> None:
    page = nurse_client.get(short.get_absolute_url()).content.decode()
    assert "Give this hour again" in page
    data = {"patient": short.course.patient.code, "repeat-reason": "Cut short"}
    answer = nurse_client.post(reverse("courses:session-again", args=[short.code]), data, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("courses:make-up", args=[short.appointment.code])
    assert "one session more" in answer.content.decode()
    assert "Given again" in nurse_client.get(short.get_absolute_url()).content.decode()


def test_without_a_reason_the_page_asks_for_it(short: Session, nurse_client: Client) -> None:
    data = {"patient": short.course.patient.code, "repeat-reason": ""}
    answer = nurse_client.post(reverse("courses:session-again", args=[short.code]), data)
    assert answer.status_code == 422
    assert "Say why the hour is given again" in answer.content.decode()
