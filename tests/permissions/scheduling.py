"""Rows of the scheduling stage."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from courses.models import Move, PatientAbsence, WaitListEntry, WaitListOffer
from eecp_clinic.models import Closure
from tests import factories
from tests.permissions.table import Row, everybody, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")
CHECK_IN = (*CLINICAL, "front_desk")


def extend(world: World) -> None:
    """An hour booked for now, of a patient whose course waits for its plan."""
    patient = factories.make_patient(world.clinic, given_name="Ida")
    course = factories.make_course(patient, world.users["physician"], state="planned")
    device = factories.make_device(world.clinic, "Device of the rows")
    now = timezone.now()
    world.things["course_to_plan"] = course
    world.things["device_of_hours"] = device
    entry = WaitListEntry.objects.create(course=course, created_at=now, created_by=world.users["nurse"])
    world.things["waiting"] = entry
    world.things["offer"] = WaitListOffer.objects.create(
        entry=entry,
        device=device,
        starts_at=now + timedelta(days=3),
        offered_at=now,
        offered_by=world.users["nurse"],
        expires_at=now + timedelta(hours=1),
    )
    world.things["absence"] = PatientAbsence.objects.create(
        patient=patient, first_day=now.date(), last_day=now.date()
    )
    world.things["closure"] = Closure.objects.create(clinic=world.clinic, day=now.date(), reason="Closed")
    world.things["hour"] = factories.make_appointment(
        course, device, now - timedelta(seconds=1), ends_at=now + timedelta(minutes=1)
    )
    world.things["move"] = Move.objects.create(
        appointment=world["hour"],
        batch="batch",
        from_starts_at=now,
        from_device=device,
        to_starts_at=now,
        to_device=device,
        reason="Device down",
        moved_by=world.users["physician"],
        moved_at=now,
    )


def code_of_hour(world: World) -> list[str]:
    return [world["hour"].code]


def patient_of_hour(world: World) -> dict[str, str]:
    return {"patient": world["hour"].patient.code}


def patient_in_url(world: World) -> list[str]:
    return [world["hour"].patient.code]


def hour_of_rows(world: World) -> dict[str, str]:
    at = datetime(2027, 1, 5, 16, tzinfo=UTC)
    return {
        "patient": world["hour"].patient.code,
        "device": world["device_of_hours"].code,
        "at": at.isoformat(),
    }


ROWS = [
    Row("courses:month", only(*CHECK_IN)),
    Row(
        "courses:week-hours",
        only(*CHECK_IN),
        data=lambda world: {"start": "2026-11-23", "end": "2026-11-30"},
    ),
    Row(
        "courses:appointment-move",
        only(*CLINICAL, status=422),
        method="post",
        args=code_of_hour,
        data=patient_of_hour,
    ),
    Row("courses:wait-list", only(*CLINICAL)),
    Row("courses:free-hour", only(*CLINICAL), data=hour_of_rows, outsider=404),
    Row("courses:wait-join", only(*CLINICAL), args=lambda world: [world["course_to_plan"].code]),
    Row(
        "courses:wait-join",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["course_to_plan"].code],
        data=lambda world: {**patient_of_hour(world), "urgency": "1", "notice_hours": "2"},
    ),
    Row(
        "courses:wait-leave",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["waiting"].code],
        data=patient_of_hour,
    ),
    Row(
        "courses:wait-offer",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["waiting"].code],
        data=hour_of_rows,
    ),
    Row(
        "courses:offer-answer",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["offer"].code],
        data=lambda world: {**patient_of_hour(world), "answer": "declined"},
    ),
    Row("courses:patient-hours", only(*CHECK_IN), args=patient_in_url),
    Row("courses:patient-calendar", only(*CHECK_IN), args=patient_in_url),
    Row(
        "courses:calendar-link-make",
        only(*CHECK_IN),
        method="post",
        args=patient_in_url,
        data=patient_of_hour,
    ),
    Row(
        "courses:calendar-link-revoke",
        only(*CHECK_IN, status=302),
        method="post",
        args=patient_in_url,
        data=patient_of_hour,
    ),
    Row(
        "courses:reminders-set",
        only(*CHECK_IN, status=302),
        method="post",
        args=patient_in_url,
        data=lambda world: {**patient_of_hour(world), "wanted": "no"},
    ),
    Row("courses:today", only(*CHECK_IN, "administrator")),
    Row("courses:day-list", only(*CHECK_IN, "administrator")),
    Row("courses:week", only(*CHECK_IN)),
    Row("courses:to-plan", only(*CLINICAL)),
    Row("courses:plan", only(*CLINICAL), args=lambda world: [world["course_to_plan"].code]),
    Row(
        "courses:plan",
        only(*CLINICAL, status=422),
        method="post",
        args=lambda world: [world["course_to_plan"].code],
        data=patient_of_hour,
    ),
    Row("courses:appointment", everybody(), args=code_of_hour),
    Row(
        "courses:appointment-arrive",
        only(*CHECK_IN, status=302),
        method="post",
        args=code_of_hour,
        data=patient_of_hour,
    ),
    Row(
        "courses:appointment-miss",
        only(*CLINICAL, status=302),
        method="post",
        args=code_of_hour,
        data=lambda world: {**patient_of_hour(world), "miss-reason": "ill"},
    ),
    Row(
        "courses:appointment-cancel",
        only(*CLINICAL, status=302),
        method="post",
        args=code_of_hour,
        data=lambda world: {**patient_of_hour(world), "cancel-reason": "ill"},
    ),
    Row(
        "courses:appointment-undo",
        only(*CHECK_IN, status=409),  # nothing was done that could be undone
        method="post",
        args=code_of_hour,
        data=patient_of_hour,
    ),
    Row("courses:make-up", only(*CLINICAL), args=code_of_hour),
    Row(
        "courses:make-up",
        only(*CLINICAL, status=422),  # no hour was given
        method="post",
        args=code_of_hour,
        data=patient_of_hour,
    ),
    Row("courses:repair", only(*CLINICAL)),
    Row("courses:repair", only(*CLINICAL, status=422), method="post", outsider=422),
    Row(
        "courses:repair-undo",
        only(*CLINICAL, status=409),
        "post",
        args=lambda world: [world["move"].batch],
        outsider=409,
    ),
    Row("courses:moves", only(*CHECK_IN)),
    Row(
        "courses:move-told",
        only(*CHECK_IN, status=302),
        method="post",
        args=lambda world: [world["move"].code],
        data=patient_of_hour,
    ),
    Row(
        "courses:absence-add",
        only(*CHECK_IN, status=422),
        method="post",
        args=lambda world: [world["course_to_plan"].code],
        data=patient_of_hour,
    ),
    Row(
        "courses:absence-remove",
        only(*CHECK_IN, status=302),
        method="post",
        args=lambda world: [world["course_to_plan"].code, world["absence"].pk],
        data=patient_of_hour,
    ),
    Row("courses:hours", only(*CLINICAL, "administrator")),
    Row(
        "courses:hours-add",
        only("administrator", status=422),
        method="post",
        args=lambda world: ["closure"],
        outsider=422,
    ),
    Row(
        "courses:hours-remove",
        only("administrator", status=302),
        method="post",
        args=lambda world: ["closure", world["closure"].pk],
    ),
]
