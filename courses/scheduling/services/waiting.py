"""The wait list: joining it, leaving it, an hour offered, and the answer."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course, WaitListEntry, WaitListOffer
from courses.scheduling.services.booking import book
from courses.scheduling.services.moving import mark_told, move
from courses.scheduling.waiting import given_up_for, slot_at
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role

#: An offer that nobody answered is over after this, and always when the hour begins.
OFFER_FOR = timedelta(hours=2)


@transaction.atomic
def join_wait_list(*, course: Course, values: dict[str, Any], actor: User, now: datetime) -> WaitListEntry:
    """Put a course on the list, or change what it waits for. Raises NotAllowed, Conflict, InvalidInput."""
    require_role(actor, course.clinic, *CLINICAL)
    locked = Course.objects.select_for_update().get(pk=course.pk)
    if locked.state not in {Course.State.PLANNED, Course.State.ACTIVE}:
        raise Conflict(
            gettext(
                "Only a course that is planned or going on can wait for an hour; this one is “%(state)s”."
            )
            % {"state": Course.State(locked.state).label},
            code="course_over",
        )
    entry = locked.wait_list.filter(closed_at=None).first() or WaitListEntry(
        course=locked, created_at=now, created_by=actor
    )
    for name, value in values.items():
        setattr(entry, name, value)
    try:
        entry.full_clean()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages)) from error
    entry.save()
    _record("waitlist.joined", entry, actor, now, urgency=entry.urgency)
    return entry


@transaction.atomic
def leave_wait_list(*, entry: WaitListEntry, actor: User, now: datetime) -> None:
    """Take a course off the list; open offers end with it."""
    require_role(actor, entry.course.clinic, *CLINICAL)
    if WaitListEntry.objects.filter(pk=entry.pk, closed_at=None).update(closed_at=now):
        _record("waitlist.left", entry, actor, now)


@transaction.atomic
def offer_hour(
    *, entry: WaitListEntry, device: Device, starts_at: datetime, actor: User, now: datetime
) -> WaitListOffer:
    """Note that the hour was offered. It is kept free for nobody: whoever books first has it.

    Raises NotAllowed, Conflict (the hour has begun, or was offered to this patient before).
    """
    require_role(actor, entry.course.clinic, *CLINICAL)
    if starts_at <= now:
        raise Conflict(gettext("This hour has begun. Look for another."), code="past")
    offer = WaitListOffer(
        entry=entry,
        device=device,
        starts_at=starts_at,
        offered_at=now,
        offered_by=actor,
        expires_at=min(now + OFFER_FOR, starts_at),
    )
    offer.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError as error:
        raise Conflict(
            gettext("This hour was offered to this patient before. Enter the answer on the wait list."),
            code="offered_before",
        ) from error
    _record("waitlist.offered", entry, actor, now, offer=offer.code)
    return offer


@transaction.atomic
def answer_offer(*, offer: WaitListOffer, accepted: bool, actor: User, now: datetime) -> WaitListOffer:
    """Enter the patient's answer; an accepted hour is booked at once, or the last booked one is moved to it.

    Raises NotAllowed, Conflict (answered before, expired, or the hour is gone; then nothing is changed).
    """
    entry = offer.entry
    require_role(actor, entry.course.clinic, *CLINICAL)
    # Course first, as everywhere.
    course = Course.objects.select_for_update().get(pk=entry.course_id)
    locked = WaitListOffer.objects.select_for_update().select_related("device").get(pk=offer.pk)
    if locked.state != WaitListOffer.State.OPEN:
        raise Conflict(gettext("This offer was answered before. Load the list again."), code="answered")
    if accepted and locked.expires_at <= now:
        raise Conflict(
            gettext(
                "This offer has expired. If the hour is still free, offer it again or book it in the plan."
            ),
            code="expired",
        )
    locked.state = WaitListOffer.State.ACCEPTED if accepted else WaitListOffer.State.DECLINED
    locked.answered_at = now
    if accepted:
        locked.appointment = _take(course, locked, actor, now)
        WaitListEntry.objects.filter(pk=entry.pk).update(closed_at=now)
    locked.save(update_fields=["state", "answered_at", "appointment"])
    _record(f"waitlist.{locked.state}", entry, actor, now, offer=locked.code)
    return locked


def _take(course: Course, offer: WaitListOffer, actor: User, now: datetime) -> Appointment:
    given_up = given_up_for(course, offer.starts_at, now)
    slot = slot_at(course, offer.device, offer.starts_at)
    if given_up is None:
        return book(course=course, slots=[slot], actor=actor, now=now)[0]
    made = move(
        appointment=given_up,
        version=given_up.version,
        slot=slot,
        reason=gettext("From the wait list"),
        actor=actor,
        now=now,
    )
    # Who accepted an hour knows it.
    mark_told(move=made, actor=actor, now=now)
    return made.appointment


def _record(action: str, entry: WaitListEntry, actor: User, now: datetime, **data: Any) -> None:
    course = entry.course
    audit.record(action, subject=f"course:{course.code}", actor=actor, clinic=course.clinic, at=now, **data)
