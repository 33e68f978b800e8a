"""Planning and checking in, as people do it."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Appointment, Course
from devices.models import Device
from eecp_clinic.models import Clinic, User
from tests import factories


@pytest.fixture
def course(clinic: Clinic, physician: User) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician, state=Course.State.PLANNED)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def wish(**changes: str) -> dict[str, str]:
    first = timezone.localdate() + timedelta(days=2)
    return {
        "start_date": first.isoformat(),
        "preferred_time": "09:00",
        "device": "",
        "finish_by": "",
    } | changes


def plan_url(course: Course) -> str:
    return reverse("courses:plan", args=[course.code])


def slots_of(page: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page)


def test_proposal_is_shown_with_its_measure_and_booked_as_shown(
    nurse_client: Client, course: Course, device: Device
) -> None:
    page = nurse_client.get(plan_url(course), wish()).content.decode()
    slots = slots_of(page)
    assert "35 of 35 inside your 60-minute window" in page
    assert len(slots) == 35
    data = {**wish(), "slot": slots, "patient": course.patient.code}
    response = nurse_client.post(plan_url(course), data)
    assert response.url == course.get_absolute_url()  # type: ignore[attr-defined]
    assert course.appointments.count() == 35
    assert "Every session is given or booked" in nurse_client.get(plan_url(course)).content.decode()


def test_other_nurse_was_faster_and_nothing_is_lost(
    nurse_client: Client, clinic: Clinic, course: Course, device: Device, physician: User
) -> None:
    slots = slots_of(nurse_client.get(plan_url(course), wish()).content.decode())
    other = factories.make_course(factories.make_patient(clinic), physician)
    first = datetime.fromisoformat(slots[4].partition("/")[0])
    factories.make_appointment(other, device, first)
    data = {**wish(finish_by="2030-01-31"), "slot": slots, "patient": course.patient.code}
    response = nurse_client.post(plan_url(course), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was booked" in page
    assert "2030-01-31" in page
    assert len(slots_of(page)) == 35
    assert slots_of(page) != slots
    assert not course.appointments.exists()


def test_past_start_is_said_with_the_way_out(nurse_client: Client, course: Course, device: Device) -> None:
    page = nurse_client.get(plan_url(course), wish(start_date="2020-01-06")).content.decode()
    assert "lies in the past" in page
    assert "Choose today or a later day." in page
    assert slots_of(page) == []


def test_last_day_before_the_first_is_said_in_the_form(
    nurse_client: Client, course: Course, device: Device
) -> None:
    response = nurse_client.get(plan_url(course), wish(finish_by="2020-01-06"))
    assert response.status_code == 422
    assert "Choose a later last day" in response.content.decode()


def test_without_a_device_the_plan_says_so(nurse_client: Client, course: Course) -> None:
    assert "No device was given" in nurse_client.get(plan_url(course), wish()).content.decode()


@pytest.mark.parametrize("slot", ["tomorrow", "2026-11-24T15:00:00/abc", "2026-11-24T15:00:00+00:00"])
def test_hours_that_cannot_be_read_are_refused(
    nurse_client: Client, course: Course, device: Device, slot: str
) -> None:
    data = {**wish(), "slot": [slot], "patient": course.patient.code}
    response = nurse_client.post(plan_url(course), data)
    assert response.status_code == 422
    assert "could not be read" in response.content.decode()


def test_plan_of_another_patient_is_refused(
    nurse_client: Client, clinic: Clinic, course: Course, device: Device
) -> None:
    other = factories.make_patient(clinic, given_name="Otto")
    assert nurse_client.post(plan_url(course), {**wish(), "patient": other.code}).status_code == 409


def test_course_to_plan_is_listed(nurse_client: Client, course: Course) -> None:
    page = nurse_client.get(reverse("courses:to-plan")).content.decode()
    assert "35 sessions not booked" in page
    assert plan_url(course) in page


def test_empty_list_says_how_to_begin(nurse_client: Client) -> None:
    assert "Every course is planned" in nurse_client.get(reverse("courses:to-plan")).content.decode()


@pytest.fixture
def appointment(course: Course, device: Device) -> Appointment:
    now = timezone.now()
    return factories.make_appointment(
        course, device, now - timedelta(seconds=1), ends_at=now + timedelta(minutes=1)
    )


def act(client: Client, appointment: Appointment, what: str, **data: str) -> str:
    """Post an action as the board does, and give the fragment it answers with."""
    response = client.post(
        reverse(f"courses:appointment-{what}", args=[appointment.code]),
        {"patient": appointment.patient.code, **data},
        headers={"HX-Request": "true"},
    )
    return f"{response.status_code} {response.content.decode()}"


def test_check_in_swaps_the_board_and_can_be_undone(nurse_client: Client, appointment: Appointment) -> None:
    answer = act(nurse_client, appointment, "arrive")
    assert "Checked in" in answer
    assert "Undo" in answer
    assert "Undone" in act(nurse_client, appointment, "undo")
    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.BOOKED


def test_missed_with_a_reason(nurse_client: Client, appointment: Appointment) -> None:
    act(nurse_client, appointment, "miss", **{"miss-reason": "ill", "miss-note": "flu"})
    appointment.refresh_from_db()
    assert (appointment.state, appointment.reason) == (Appointment.State.MISSED, "Ill: flu")


def test_other_reason_wants_words_and_keeps_the_choice(
    nurse_client: Client, appointment: Appointment
) -> None:
    answer = act(nurse_client, appointment, "cancel", **{"cancel-reason": "other"})
    assert answer.startswith("422")
    assert '<option value="other" selected>' in answer
    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.BOOKED


def test_page_offers_what_the_front_desk_may_do(front_desk: User, appointment: Appointment) -> None:
    client = Client()
    client.force_login(front_desk)
    page = client.get(reverse("courses:appointment", args=[appointment.code])).content.decode()
    assert "The patient has arrived" in page
    assert "Mark as missed" not in page


def test_biller_reads_an_appointment_and_is_offered_nothing_to_do(
    biller_client: Client, appointment: Appointment
) -> None:
    page = biller_client.get(reverse("courses:appointment", args=[appointment.code])).content.decode()
    assert appointment.device.name in page
    assert "The patient has arrived" not in page
    assert reverse("courses:today") not in page


def test_action_for_another_patient_is_refused(
    nurse_client: Client, clinic: Clinic, appointment: Appointment
) -> None:
    other = factories.make_patient(clinic, given_name="Otto")
    response = nurse_client.post(
        reverse("courses:appointment-arrive", args=[appointment.code]), {"patient": other.code}
    )
    assert response.status_code == 409
