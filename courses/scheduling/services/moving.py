"""One booked hour moved to another time or device."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course, Session
from courses.scheduling.clashes import clashes
from courses.scheduling.plan import Slot
from courses.scheduling.wishes import Wish, request_for
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role


@transaction.atomic
def move(
    *,
    appointment: Appointment,
    device: Device,
    starts_at: datetime,
    version: int,
    actor: User,
    now: datetime,
    reason: str = "",
) -> Appointment:
    """Put a booked hour elsewhere; its length stays. ``version`` is what the person who moves it has seen.

    Raises NotAllowed, Conflict (moved or marked by somebody else since, no longer booked, already past, or the
    new hour cannot be had; the sentence names the way out), InvalidInput (a device of another clinic).
    """
    clinic = appointment.course.clinic
    require_role(actor, clinic, *CLINICAL)
    # Course first, then devices in one order, as in booking: nobody waits for one who waits for him.
    course = (
        Course.objects.select_for_update(of=("self",))
        .select_related("clinic", "order", "patient")
        .get(pk=appointment.course_id)
    )
    keys = {device.pk, appointment.device_id}
    held = {
        row.pk: row
        for row in Device.objects.of(clinic).select_for_update().filter(pk__in=keys).order_by("pk")
    }
    if device.pk not in held:
        raise InvalidInput(
            gettext("That device is not one of this clinic. Choose another."), code="no_device"
        )
    locked = Appointment.objects.select_for_update().get(pk=appointment.pk)
    _require_movable(locked, version, now)
    slot = Slot(starts_at, starts_at + (locked.ends_at - locked.starts_at), device.code, in_window=True)
    if (slot.start, device.pk) == (locked.starts_at, locked.device_id):
        return locked
    _refuse_clashes(course, locked, slot, held[device.pk], now)
    before = {"starts_at": locked.starts_at.isoformat(), "device": held[locked.device_id].code}
    locked.device, locked.starts_at, locked.ends_at = held[device.pk], slot.start, slot.end
    locked.version += 1
    locked.full_clean(validate_constraints=False)
    _save(locked)
    audit.record(
        "appointment.moved",
        subject=f"appointment:{locked.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        before=before,
        after={"starts_at": slot.start.isoformat(), "device": device.code},
        reason=reason.strip(),
        version=locked.version,
    )
    return locked


def _require_movable(locked: Appointment, version: int, now: datetime) -> None:
    if locked.version != version:
        raise Conflict(
            gettext("Somebody else changed this hour in the meantime. Look at it again before you move it."),
            code="changed_since",
        )
    if locked.state != Appointment.State.BOOKED or Session.objects.filter(appointment=locked).exists():
        raise Conflict(
            gettext("Only an hour that is booked and not yet begun can be moved; this one is “%(state)s”.")
            % {"state": Appointment.State(locked.state).label},
            code="other_state",
        )
    if locked.starts_at <= now:
        raise Conflict(
            gettext("This hour has begun. Mark it as missed and book a make-up instead."), code="past"
        )


def _refuse_clashes(course: Course, moved: Appointment, slot: Slot, device: Device, now: datetime) -> None:
    local = course.clinic.local(slot.start)
    wish = Wish(
        start_date=local.date(),
        preferred_time=local.time().replace(tzinfo=None),
        devices=[device],
        finish_by=local.date(),
    )
    problems = clashes(request_for(course, wish, now, moved=moved), [slot])
    if problems:
        worst = problems[0]
        raise Conflict(
            gettext("Nothing was moved. %(sentence)s %(way_out)s")
            % {"sentence": worst.sentence, "way_out": worst.way_out},
            code=str(worst.code),
        )


def _save(locked: Appointment) -> None:
    try:
        with transaction.atomic():
            locked.save(update_fields=["device", "starts_at", "ends_at", "version"])
    except IntegrityError as error:
        raise Conflict(
            gettext("Nothing was moved: that hour was just taken by somebody else. Choose another."),
            code="just_taken",
        ) from error
