"""A device down, a closure, nurses away: proposed without saving, accepted whole or in part."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.intervals import Interval
from courses.models import Appointment, Course, Move
from courses.scheduling.disruptions import Proposal, propose_repair
from courses.scheduling.gathering import Trouble
from courses.scheduling.history import history_of
from courses.scheduling.needs import needs_of
from courses.scheduling.plan import Slot
from courses.scheduling.services import MoveTo, accept_repair, mark_told, move, undo_repair
from courses.scheduling.trouble_form import TroubleForm
from devices.models import Device, MaintenanceWindow
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, StaffHours, User
from tests import factories


@pytest.fixture
def devices(clinic: Clinic) -> list[Device]:
    return [factories.make_device(clinic, name) for name in ("Device 1", "Device 2")]


@pytest.fixture
def rows(clinic: Clinic, devices: list[Device], physician: User, now: datetime) -> list[Appointment]:
    """Two patients on the first device tomorrow, at nine and at eleven."""
    courses = [
        factories.make_course(factories.make_patient(clinic, given_name=name), physician)
        for name in ("Ann", "Ben")
    ]
    tomorrow = now + timedelta(days=1)
    return [
        factories.make_appointment(course, devices[0], tomorrow + timedelta(hours=2 * n))
        for n, course in enumerate(courses)
    ]


def down(device: Device, now: datetime, days: int = 2) -> Trouble:
    return Trouble(during=Interval(now, now + timedelta(days=days)), device=device)


def wanted(proposal: Proposal) -> list[MoveTo]:
    found = [(proposal.affected[each.appointment_id], each.after) for each in proposal.repair.moves]
    return [MoveTo(row, row.version, slot) for row, slot in found]


def test_downtime_proposes_the_same_hour_on_the_other_device(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], now: datetime
) -> None:
    proposal = propose_repair(clinic=clinic, trouble=down(devices[0], now), now=now)
    assert [each.after.device_id for each in proposal.repair.moves] == [devices[1].code] * 2
    assert [each.change_minutes for each in proposal.repair.moves] == [0, 0]
    assert not MaintenanceWindow.objects.exists()


def test_accepted_repair_moves_and_writes_down_who_when_and_why(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    trouble = down(devices[0], now)
    proposal = propose_repair(clinic=clinic, trouble=trouble, now=now)
    moves = accept_repair(
        clinic=clinic, trouble=trouble, wanted=wanted(proposal), reason="Valve", actor=nurse, now=now
    )
    assert {row.device for row in Appointment.objects.all()} == {devices[1]}
    assert MaintenanceWindow.objects.get().reason == "Valve"
    assert {made.batch for made in moves} == {moves[0].batch}
    assert AuditEvent.objects.filter(action="appointment.moved").count() == 2
    (line,) = history_of(Appointment.objects.get(pk=rows[0].pk))
    assert (line.who, line.why) == (nurse.get_full_name(), "Valve")
    assert "Device 1" in line.what


def test_what_was_not_accepted_stays_and_is_named(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    trouble = down(devices[0], now)
    part = wanted(propose_repair(clinic=clinic, trouble=trouble, now=now))[:1]
    accept_repair(clinic=clinic, trouble=trouble, wanted=part, reason="Valve", actor=nurse, now=now)
    labels = [line.oldest.label for group in needs_of(clinic, now).groups for line in group.lines]
    assert "Device down" in labels
    assert "To tell" in labels
    again = propose_repair(clinic=clinic, trouble=trouble, now=now)
    assert len(again.repair.moves) == 1
    accept_repair(clinic=clinic, trouble=trouble, wanted=wanted(again), reason="Valve", actor=nurse, now=now)
    assert MaintenanceWindow.objects.count() == 1


def test_a_closure_moves_everybody_to_another_day(
    clinic: Clinic, rows: list[Appointment], nurse: User, now: datetime
) -> None:
    tomorrow = now + timedelta(days=1)
    trouble = Trouble(
        during=Interval(tomorrow - timedelta(hours=9), tomorrow + timedelta(hours=14)), closes_clinic=True
    )
    proposal = propose_repair(clinic=clinic, trouble=trouble, now=now)
    assert len(proposal.repair.moves) == 2
    days = {clinic.day_of(each.after.start) for each in proposal.repair.moves}
    assert clinic.day_of(tomorrow) not in days
    accept_repair(
        clinic=clinic, trouble=trouble, wanted=wanted(proposal), reason="Snow", actor=nurse, now=now
    )
    assert clinic.closures.filter(day=clinic.day_of(tomorrow), reason="Snow").exists()


def test_an_absent_nurse_moves_only_as_many_as_cannot_be_watched(
    clinic: Clinic, devices: list[Device], physician: User, now: datetime
) -> None:
    clinic.devices_per_nurse = 1
    clinic.save()
    for weekday in range(5):
        StaffHours.objects.create(clinic=clinic, weekday=weekday, begins=time(8), ends=time(17), nurses=2)
    tomorrow = now + timedelta(days=1)
    for device in devices:
        course = factories.make_course(factories.make_patient(clinic), physician)
        factories.make_appointment(course, device, tomorrow)
    trouble = Trouble(during=Interval(tomorrow, tomorrow + timedelta(hours=1)), nurses_away=1)
    proposal = propose_repair(clinic=clinic, trouble=trouble, now=now)
    (found,) = proposal.repair.moves
    assert not Interval(found.after.start, found.after.end).overlaps(trouble.during)


def test_hours_that_changed_in_the_meantime_move_nothing(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    trouble = down(devices[0], now)
    moves = wanted(propose_repair(clinic=clinic, trouble=trouble, now=now))
    Appointment.objects.filter(pk=rows[1].pk).update(version=9)
    with pytest.raises(Conflict, match="changed in the meantime"):
        accept_repair(clinic=clinic, trouble=trouble, wanted=moves, reason="Valve", actor=nurse, now=now)
    assert not Move.objects.exists()
    assert not MaintenanceWindow.objects.exists()


def test_the_past_is_not_moved(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    later = rows[0].ends_at + timedelta(hours=1)
    slot = Slot(later + timedelta(days=1), later + timedelta(days=1, hours=1), devices[1].code, True)
    with pytest.raises(Conflict, match="the past stays"):
        move(appointment=rows[0], version=1, slot=slot, reason="Late", actor=nurse, now=later)


def test_one_appointment_is_moved_a_little_on_its_own_device(
    rows: list[Appointment], devices: list[Device], nurse: User, now: datetime
) -> None:
    start = rows[0].starts_at + timedelta(minutes=15)
    slot = Slot(start, start + timedelta(hours=1), devices[0].code, in_window=True)
    move(appointment=rows[0], version=1, slot=slot, reason="Bus", actor=nurse, now=now)
    rows[0].refresh_from_db()
    assert (rows[0].starts_at, rows[0].version) == (start, 2)


def test_a_move_onto_a_taken_hour_is_refused(
    rows: list[Appointment], devices: list[Device], nurse: User, now: datetime
) -> None:
    slot = Slot(rows[1].starts_at, rows[1].ends_at, devices[0].code, in_window=True)
    with pytest.raises(Conflict, match="taken, or being made ready"):
        move(appointment=rows[0], version=1, slot=slot, reason="Bus", actor=nurse, now=now)


def test_a_move_needs_a_reason_and_the_role(
    rows: list[Appointment], devices: list[Device], nurse: User, front_desk: User, now: datetime
) -> None:
    slot = Slot(rows[0].starts_at, rows[0].ends_at, devices[1].code, in_window=True)
    with pytest.raises(InvalidInput, match="Say why"):
        move(appointment=rows[0], version=1, slot=slot, reason=" ", actor=nurse, now=now)
    with pytest.raises(NotAllowed):
        move(appointment=rows[0], version=1, slot=slot, reason="Bus", actor=front_desk, now=now)


def test_a_patient_is_told_once(
    rows: list[Appointment], devices: list[Device], nurse: User, front_desk: User, now: datetime
) -> None:
    slot = Slot(rows[0].starts_at, rows[0].ends_at, devices[1].code, in_window=True)
    made = move(appointment=rows[0], version=1, slot=slot, reason="Bus", actor=nurse, now=now)
    mark_told(move=made, actor=front_desk, now=now)
    assert not Move.objects.to_tell().exists()
    with pytest.raises(Conflict, match="told this patient already"):
        mark_told(move=made, actor=nurse, now=now)


def test_queries_do_not_grow_with_the_courses(
    clinic: Clinic,
    devices: list[Device],
    physician: User,
    now: datetime,
    django_assert_max_num_queries: object,
) -> None:
    tomorrow = now + timedelta(days=1)
    for n in range(6):
        course = factories.make_course(factories.make_patient(clinic), physician)
        factories.make_appointment(
            course, devices[0], tomorrow - timedelta(hours=1) + timedelta(minutes=75 * n)
        )
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        proposal = propose_repair(clinic=clinic, trouble=down(devices[0], now), now=now)
    assert len(proposal.repair.moves) == 6


def test_the_page_shows_before_and_after_and_lists_whom_to_tell(
    nurse_client: Client, clinic: Clinic, physician: User
) -> None:
    first, _second = (factories.make_device(clinic, name) for name in ("Device 1", "Device 2"))
    course = factories.make_course(factories.make_patient(clinic, family_name="Moved"), physician)
    monday = date.fromordinal(timezone.localdate().toordinal() + 7 - timezone.localdate().weekday())
    start = datetime.combine(monday, time(10), clinic.zone)
    factories.make_appointment(course, first, start)
    asked = {
        "kind": "device",
        "device": first.code,
        "begins": f"{monday}T00:00",
        "ends": f"{monday}T23:00",
        "reason": "Valve",
    }
    page = nurse_client.get(reverse("courses:repair"), asked).content.decode()
    assert "same hour · same end" in page
    assert page.count('class="repair-picture"') == 2
    value = page.split('name="move" value="')[1].split('"')[0]
    answer = nurse_client.post(reverse("courses:repair"), {**asked, "move": [value]}, follow=True)
    told = answer.content.decode()
    assert "1 session was moved" in told
    assert "MOVED Joan" in told
    assert Course.objects.get().appointments.get().device.name == "Device 2"
    batch = Move.objects.get().batch
    undone = nurse_client.post(reverse("courses:repair-undo", args=[batch]), follow=True)
    assert "Undone: 1 session is at its old hour again" in undone.content.decode()
    assert Course.objects.get().appointments.get().device.name == "Device 1"
    assert nurse_client.post(reverse("courses:repair-undo", args=[batch])).status_code == 409


def test_a_closure_is_of_whole_days_whatever_hours_were_typed(
    clinic: Clinic, rows: list[Appointment], now: datetime
) -> None:
    tomorrow = clinic.day_of(now) + timedelta(days=1)
    form = TroubleForm(
        {"kind": "clinic", "begins": f"{tomorrow}T12:00", "ends": f"{tomorrow}T13:00", "reason": "Snow"},
        clinic=clinic,
    )
    assert form.is_valid()
    assert form.trouble.during.length >= timedelta(hours=23)


def test_nurses_away_is_refused_where_nobody_said_who_works_when(clinic: Clinic, now: datetime) -> None:
    day = clinic.day_of(now)
    form = TroubleForm(
        {"kind": "nurses", "begins": f"{day}T12:00", "ends": f"{day}T13:00", "reason": "Ill"}, clinic=clinic
    )
    assert not form.is_valid()
    assert "It is not known who works when" in str(form.errors["kind"])


def accepted(clinic: Clinic, trouble: Trouble, nurse: User, now: datetime) -> list[Move]:
    chosen = wanted(propose_repair(clinic=clinic, trouble=trouble, now=now))
    return accept_repair(clinic=clinic, trouble=trouble, wanted=chosen, reason="Valve", actor=nurse, now=now)


def test_a_whole_repair_is_undone_with_its_cause(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    made = accepted(clinic, down(devices[0], now), nurse, now)
    undo_repair(clinic=clinic, batch=made[0].batch, actor=nurse, now=now)
    assert [(row.starts_at, row.device) for row in Appointment.objects.order_by("pk")] == [
        (row.starts_at, devices[0]) for row in rows
    ]
    assert not MaintenanceWindow.objects.exists()
    assert Move.objects.to_tell().count() == 2
    with pytest.raises(Conflict, match="cannot be undone"):
        undo_repair(clinic=clinic, batch=made[0].batch, actor=nurse, now=now)


def test_an_undone_closure_gives_the_days_own_hours_back(
    clinic: Clinic, rows: list[Appointment], nurse: User, now: datetime
) -> None:
    tomorrow = now + timedelta(days=1)
    own = {"opens": time(8), "closes": time(17), "reason": "Make-ups"}
    clinic.opening_exceptions.create(day=clinic.day_of(tomorrow), **own)
    during = Interval(tomorrow - timedelta(hours=9), tomorrow + timedelta(hours=14))
    made = accepted(clinic, Trouble(during=during, closes_clinic=True), nurse, now)
    assert not clinic.opening_exceptions.exists()
    undo_repair(clinic=clinic, batch=made[0].batch, actor=nurse, now=now)
    assert clinic.opening_exceptions.get().reason == "Make-ups"
    assert not clinic.closures.exists()


def test_a_repair_whose_session_was_moved_again_is_not_undone_as_a_whole(
    clinic: Clinic, devices: list[Device], rows: list[Appointment], nurse: User, now: datetime
) -> None:
    made = accepted(clinic, down(devices[0], now), nurse, now)
    row = Appointment.objects.get(pk=rows[0].pk)
    later = row.starts_at + timedelta(minutes=15)
    slot = Slot(later, later + timedelta(hours=1), devices[1].code, in_window=True)
    move(appointment=row, version=row.version, slot=slot, reason="Bus", actor=nurse, now=now)
    with pytest.raises(Conflict, match="moved again"):
        undo_repair(clinic=clinic, batch=made[0].batch, actor=nurse, now=now)
    assert MaintenanceWindow.objects.exists()
