"""A course's hours: proposed, and booked all or none."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course
from courses.scheduling.clashes import clashes
from courses.scheduling.plan import Plan, Slot
from courses.scheduling.planner import Alternatives, alternatives, plan_course
from courses.scheduling.requests import request_for
from courses.scheduling.wishes import Wish, left_to_book
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role


def propose(
    *,
    course: Course,
    start_date: date,
    preferred_time: time,
    devices: Sequence[Device],
    now: datetime,
    finish_by: date | None = None,
) -> Plan:
    """Hours for every session that is neither given nor booked; nothing is saved.

    Raises Conflict where none is left or the course is over, InvalidInput where the wish cannot be read. What
    cannot be placed is no error: the plan says so in its ``problems``.
    """
    require_something_left(course, now)
    wish = Wish(start_date=start_date, preferred_time=preferred_time, devices=devices, finish_by=finish_by)
    return plan_course(request_for(course, wish, now))


def propose_alternatives(*, course: Course, wish: Wish, now: datetime) -> Alternatives:
    """Three ways to place the rest of ``course``; refuses as ``propose`` does."""
    require_something_left(course, now)
    return alternatives(request_for(course, wish, now))


@transaction.atomic
def book(
    *,
    course: Course,
    slots: Sequence[Slot],
    actor: User,
    now: datetime,
    finish_by: date | None = None,
) -> list[Appointment]:
    """Book exactly ``slots``, or none of them. ``finish_by`` becomes the course's last day where it is given.

    Raises NotAllowed, InvalidInput (no hours), Conflict (an hour cannot be had any more; the sentence says the
    first one, and ``data["problems"]`` all).
    """
    clinic = course.clinic
    require_role(actor, clinic, *CLINICAL)
    if not slots:
        raise InvalidInput(gettext("No hours were chosen. Let them be proposed first."))
    # Course first, then devices in one order: two people who book at once wait for each other, and neither
    # can pass the checks below with what the other is about to take.
    locked = (
        Course.objects.select_for_update(of=("self",))
        .select_related("clinic", "order__assessment__coverage", "patient")
        .get(pk=course.pk)
    )
    codes = {slot.device_id for slot in slots}
    usable = Device.objects.of(clinic).in_use().filter(code__in=codes)
    devices = {device.code: device for device in usable.select_for_update().order_by("pk")}
    require_something_left(locked, now)
    _refuse_clashes(locked, slots, list(devices.values()), now)
    appointments = [
        Appointment(
            course=locked,
            patient=locked.patient,
            device=devices[slot.device_id],
            starts_at=slot.start,
            ends_at=slot.end,
        )
        for slot in sorted(slots)
    ]
    _insert(appointments)
    if finish_by is not None and finish_by != locked.target_end_on:
        locked.target_end_on = finish_by
        locked.save(update_fields=["target_end_on"])
    audit.record(
        "course.booked",
        subject=f"course:{locked.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        appointments=[appointment.code for appointment in appointments],
        finish_by=finish_by.isoformat() if finish_by else None,
    )
    return appointments


def require_something_left(course: Course, now: datetime) -> None:
    """Raises Conflict where the course is over, or every session is given or booked."""
    if course.state in {Course.State.COMPLETED, Course.State.DISCONTINUED}:
        raise Conflict(
            gettext("This course has ended. Write a new order to give more sessions."), code="course_over"
        )
    if not left_to_book(course, now):
        raise Conflict(
            gettext("Every ordered session is given or booked. Cancel an hour first to place it anew."),
            code="nothing_left",
        )


def _refuse_clashes(course: Course, slots: Sequence[Slot], devices: list[Device], now: datetime) -> None:
    zone = course.clinic.zone
    first = min(slots).start.astimezone(zone)
    last = max(slots).start.astimezone(zone).date()
    wish = Wish(start_date=first.date(), preferred_time=first.time(), devices=devices, finish_by=last)
    problems = clashes(request_for(course, wish, now), slots)
    if problems:
        worst = problems[0]
        raise Conflict(
            gettext("Nothing was booked. %(sentence)s %(way_out)s")
            % {"sentence": worst.sentence, "way_out": worst.way_out},
            code=str(worst.code),
            problems=[problem.sentence for problem in problems],
        )


def _insert(appointments: list[Appointment]) -> None:
    """All rows by one statement: the rules were checked under lock, and the constraints are the last line."""
    try:
        with transaction.atomic():
            Appointment.objects.bulk_create(appointments)
    except IntegrityError as error:
        raise Conflict(
            gettext(
                "Nothing was booked: one of these hours was just taken by somebody else. Look at the new "
                "proposal and book again."
            ),
            code="just_taken",
        ) from error
