"""One booked hour put elsewhere: by form, by drop, by two people at once."""

import json
from datetime import datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Appointment, Move
from courses.scheduling.history import history_of
from courses.scheduling.plan import Slot
from courses.scheduling.services import mark_missed, move
from devices.models import Device, MaintenanceWindow
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, OpeningException, StaffAbsence, StaffHours, User
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


@pytest.fixture
def appointment(clinic: Clinic, physician: User, device: Device, now: datetime) -> Appointment:
    course = factories.make_course(factories.make_patient(clinic), physician)
    return factories.make_appointment(course, device, now + timedelta(days=1))


def moved(
    appointment: Appointment,
    actor: User,
    now: datetime,
    *,
    device: Device | None = None,
    starts_at: datetime | None = None,
    version: int | None = None,
    reason: str = "The patient asked",
) -> Move:
    start = starts_at or appointment.starts_at + HOUR
    code = (device or appointment.device).code
    return move(
        appointment=appointment,
        version=version or appointment.version,
        slot=Slot(start, start + HOUR, code, in_window=True),
        reason=reason,
        actor=actor,
        now=now,
    )


def test_hour_is_moved_keeps_its_length_and_tells_its_history(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    before = appointment.starts_at
    moved(appointment, nurse, now)
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.ends_at) == (before + HOUR, before + 2 * HOUR)
    assert appointment.version == 2
    newest = history_of(appointment)[-1]
    assert newest.who == "Nora Nurse-Example"
    assert "Tue 24-Nov-2026 09:00, Device 1, to Tue 24-Nov-2026 10:00, Device 1" in newest.what
    assert newest.why == "The patient asked"


def test_half_an_hour_later_does_not_clash_with_itself(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    moved(appointment, nurse, now, starts_at=appointment.starts_at + HOUR / 2)


def test_what_somebody_else_changed_since_is_not_moved(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    moved(appointment, nurse, now)
    with pytest.raises(Conflict, match="changed in the meantime"):
        moved(appointment, nurse, now, version=1, starts_at=appointment.starts_at + 3 * HOUR)


def test_taken_device_is_refused(
    appointment: Appointment, clinic: Clinic, physician: User, nurse: User, now: datetime
) -> None:
    other = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(other, appointment.device, appointment.starts_at + 2 * HOUR)
    with pytest.raises(Conflict, match="The device is taken, or being made ready"):
        moved(appointment, nurse, now)


def test_maintenance_closed_days_and_closing_time_are_refused(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    thanksgiving = appointment.starts_at + timedelta(days=2)
    with pytest.raises(Conflict, match="Thanksgiving"):
        moved(appointment, nurse, now, starts_at=thanksgiving)
    with pytest.raises(Conflict, match="opening hours"):
        moved(appointment, nurse, now, starts_at=appointment.starts_at + 8 * HOUR)
    MaintenanceWindow.objects.create(
        device=appointment.device,
        during=(appointment.starts_at + HOUR, None),
        reason="Cuff",
    )
    with pytest.raises(Conflict, match="taken, or being made ready"):
        moved(appointment, nurse, now)


def test_past_marked_and_foreign_hours_stay_where_they_are(
    appointment: Appointment, nurse: User, front_desk: User, outsider: User, now: datetime
) -> None:
    with pytest.raises(Conflict, match="the past stays"):
        moved(appointment, nurse, appointment.ends_at)
    with pytest.raises(NotAllowed):
        moved(appointment, front_desk, now)
    foreign = factories.make_device(outsider.memberships.first().clinic, "Elsewhere")  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="not in use"):
        moved(appointment, nurse, now, device=foreign)
    with pytest.raises(InvalidInput, match="Say why"):
        moved(appointment, nurse, now, reason=" ")
    mark_missed(appointment=appointment, reason="Ill", actor=nurse, now=appointment.starts_at)
    with pytest.raises(Conflict, match="changed in the meantime"):
        moved(appointment, nurse, now, version=2)


@pytest.mark.django_db(transaction=True)
def test_two_who_drop_on_one_hour_at_once_have_one_winner(
    appointment: Appointment, clinic: Clinic, physician: User, nurse: User, now: datetime
) -> None:
    other = factories.make_appointment(
        factories.make_course(factories.make_patient(clinic), physician),
        appointment.device,
        appointment.starts_at + 4 * HOUR,
    )
    target = appointment.starts_at + 2 * HOUR
    barrier, said = Barrier(2), []

    def drop(row: Appointment) -> None:
        try:
            barrier.wait()
            moved(row, nurse, now, starts_at=target)
            said.append("moved")
        except ClinicError as refusal:
            said.append(refusal.message)
        finally:
            connection.close()

    threads = [Thread(target=drop, args=[row]) for row in (appointment, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("moved") == 1
    assert sum("Nothing was moved" in sentence for sentence in said) == 1


@pytest.fixture
def tomorrow(clinic: Clinic, physician: User, device: Device) -> Appointment:
    """An hour on a coming open day, by the clock of this machine: views take no other."""
    day = timezone.localdate(timezone=clinic.zone) + timedelta(days=30)
    while day.weekday() != 1 or day.day in {24, 25}:
        day += timedelta(days=1)
    starts_at = datetime(day.year, day.month, day.day, 10, tzinfo=clinic.zone)
    course = factories.make_course(factories.make_patient(clinic), physician)
    return factories.make_appointment(course, device, starts_at)


def form_of(row: Appointment, **changes: str) -> dict[str, str]:
    local = row.course.clinic.local(row.starts_at)
    return {
        "patient": row.patient.code,
        "version": str(row.version),
        "device": row.device.code,
        "day": local.date().isoformat(),
        "time": "13:15",
        "reason": "The patient asked",
    } | changes


def test_drop_answers_in_json_and_form_with_a_page(nurse_client: Client, tomorrow: Appointment) -> None:
    url = reverse("courses:appointment-move", args=[tomorrow.code])
    answer = nurse_client.post(url, form_of(tomorrow), headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    assert "13:15" in answer.json()["message"]
    stale = nurse_client.post(url, form_of(tomorrow), headers={"accept": "application/json"})
    assert stale.status_code == 409
    assert "changed in the meantime" in stale.json()["message"]
    page = nurse_client.post(url, form_of(tomorrow, time="23:00", version="2"))
    assert page.status_code == 409
    assert "does not lie within the opening hours" in page.content.decode()
    assert 'value="23:00"' in page.content.decode()


def test_unreadable_move_is_refused_in_words(nurse_client: Client, tomorrow: Appointment) -> None:
    url = reverse("courses:appointment-move", args=[tomorrow.code])
    for changes in ({"time": "quarter"}, {"device": "none"}, {"version": ""}, {"day": "soon"}):
        answer = nurse_client.post(url, form_of(tomorrow, **changes), headers={"accept": "application/json"})
        assert answer.status_code == 422
        assert answer.json()["message"]


def test_feed_tells_hours_in_the_clinics_clock_and_what_is_shut(
    nurse_client: Client, clinic: Clinic, tomorrow: Appointment
) -> None:
    day = clinic.day_of(tomorrow.starts_at)
    span = {"start": f"{day}T00:00", "end": f"{day + timedelta(days=1)}T00:00"}
    rows = json.loads(nurse_client.get(reverse("courses:week-hours"), span).content)
    hour = next(row for row in rows if row["id"] == tomorrow.code)
    assert hour["start"] == f"{day}T10:00"
    assert hour["editable"]
    assert hour["resourceIds"] == [tomorrow.device.code]
    bad = nurse_client.get(reverse("courses:week-hours"), {"start": "x", "end": "y"})
    assert bad.status_code == 422


def test_front_desk_sees_the_week_and_moves_nothing(
    front_desk: User, clinic: Clinic, tomorrow: Appointment
) -> None:
    client = Client()
    client.force_login(front_desk)
    day = clinic.day_of(tomorrow.starts_at)
    span = {"start": f"{day}T00:00", "end": f"{day + timedelta(days=1)}T00:00"}
    rows = client.get(reverse("courses:week-hours"), span).json()
    assert not any(row["editable"] for row in rows)


def test_calendar_shows_an_extra_day_that_the_clinic_opens(
    nurse_client: Client, clinic: Clinic, device: Device
) -> None:
    saturday = timezone.localdate(timezone=clinic.zone) + timedelta(days=30)
    saturday += timedelta(days=(5 - saturday.weekday()) % 7)
    url = reverse("courses:week")
    assert nurse_client.get(url, {"day": saturday.isoformat()}).context["settings"]["hiddenDays"] == [0, 6]
    OpeningException.objects.create(
        clinic=clinic, day=saturday, opens=time(9), closes=time(12), reason="Make-ups"
    )
    assert nurse_client.get(url, {"day": saturday.isoformat()}).context["settings"]["hiddenDays"] == [0]


def test_fewer_nurses_than_the_rule_asks_for_are_borne_with_a_reason(
    clinic: Clinic, device: Device, appointment: Appointment, nurse: User, now: datetime
) -> None:
    clinic.devices_per_nurse = 1
    clinic.save()
    for weekday in range(7):
        StaffHours.objects.create(clinic=clinic, weekday=weekday, begins=time(6), ends=time(20), nurses=1)
    week = (now, now + timedelta(days=7))
    StaffAbsence.objects.create(clinic=clinic, during=week, nurses=1, reason="Course")
    with pytest.raises(Conflict, match="no nurse is there"):
        moved(appointment, nurse, now)
    start = appointment.starts_at + HOUR
    move(
        appointment=appointment,
        version=1,
        slot=Slot(start, start + HOUR, device.code, in_window=True),
        reason="The physician watches",
        actor=nurse,
        now=now,
        fewer_nurses=True,
    )
    assert AuditEvent.objects.get(action="appointment.moved").data["fewer_nurses"] is True
