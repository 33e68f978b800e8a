"""Who came and who did not: arrived, missed, cancelled, and each undone until its day is past."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from courses.models import Appointment, Course, Session
from courses.scheduling.agenda import spoken
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, User
from eecp_clinic.roles import CLINICAL, Role, require_role

State = Appointment.State

#: A click reaches back over no more days than this when it is looked for: hours are marked within two weeks.
LOOK_BACK = timedelta(days=60)
#: What can be undone, by the audit trail's names.
UNDOABLE = {"appointment.arrived", "appointment.missed", "appointment.cancelled"}
CHECK_IN = (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK)


@transaction.atomic
def mark_arrived(*, appointment: Appointment, actor: User, now: datetime) -> Appointment:
    """The patient is here. Raises NotAllowed, Conflict (another state), InvalidInput (another day)."""
    require_role(actor, appointment.course.clinic, *CHECK_IN)
    locked = _lock(appointment, State.BOOKED)
    _refuse_another_day(locked, now)
    locked.arrived_at = now
    return _change(locked, State.ARRIVED, "appointment.arrived", actor, now)


@transaction.atomic
def mark_missed(*, appointment: Appointment, reason: str, actor: User, now: datetime) -> Appointment:
    """The patient does not come today. The hour is free again, and the session has to be booked anew."""
    require_role(actor, appointment.course.clinic, *CLINICAL)
    locked = _lock(appointment, State.BOOKED, State.ARRIVED)
    clinic = locked.course.clinic
    if clinic.day_of(locked.starts_at) > clinic.day_of(now):
        raise InvalidInput(
            gettext("This hour is still to come. Cancel it if the patient will not be there."),
            code="still_to_come",
        )
    locked.reason = _reason(reason)
    return _change(locked, State.MISSED, "appointment.missed", actor, now)


@transaction.atomic
def cancel(*, appointment: Appointment, reason: str, actor: User, now: datetime) -> Appointment:
    """Give the hour back. Raises NotAllowed, Conflict, InvalidInput without a reason."""
    require_role(actor, appointment.course.clinic, *CLINICAL)
    locked = _lock(appointment, State.BOOKED, State.ARRIVED, State.HELD)
    locked.reason = _reason(reason)
    return _change(locked, State.CANCELLED, "appointment.cancelled", actor, now)


@transaction.atomic
def undo(*, appointment: Appointment, actor: User, now: datetime) -> Appointment:
    """Take back the last of these changes, if nothing has happened to the appointment since.

    Raises NotAllowed (the front desk takes back arrivals only), Conflict (too late, changed since, or the hour
    was given to somebody else).
    """
    clinic = appointment.course.clinic
    # As in booking: whoever takes an hour holds the course and the device first.
    Course.objects.select_for_update().get(pk=appointment.course_id)
    Device.objects.select_for_update().get(pk=appointment.device_id)
    locked = _locked(appointment)
    event = last_undoable(locked, now)
    if event is None:
        raise Conflict(
            gettext("There is nothing to undo any more: it is too long ago, or something happened since."),
            code="nothing_to_undo",
        )
    require_role(actor, clinic, *(CHECK_IN if event.action == "appointment.arrived" else CLINICAL))
    _refuse_session(locked)
    before = event.data["before"]
    locked.reason = ""
    if before != State.ARRIVED:
        locked.arrived_at = None
    try:
        with transaction.atomic():
            return _change(locked, State(before), "appointment.undone", actor, now)
    except IntegrityError as error:
        raise Conflict(
            gettext("The hour was given to somebody else in the meantime. Plan this session anew."),
            code="just_taken",
        ) from error


def last_undoable(appointment: Appointment, now: datetime) -> AuditEvent | None:
    """The change that ``undo`` would take back, or None."""
    return undoable([appointment], now).get(appointment.code)


def undoable(appointments: "list[Appointment]", now: datetime) -> dict[str, AuditEvent]:
    """The same for many appointments, by code, in one query."""
    by_subject = {f"appointment:{row.code}": row for row in appointments}
    events: QuerySet[AuditEvent] = AuditEvent.objects.filter(
        subject__in=by_subject, action__in=UNDOABLE, at__gte=now - LOOK_BACK
    ).order_by("at", "id")
    found = {}
    for event in events:
        row = by_subject[event.subject]
        if event.data.get("version") == row.version and _is_fresh(row, event, now):
            found[row.code] = event
    return found


def _is_fresh(appointment: Appointment, event: AuditEvent, now: datetime) -> bool:
    """Until the day of the hour is past, or the day of the click where that is later; then the past stays."""
    clinic = appointment.course.clinic
    return clinic.day_of(now) <= max(clinic.day_of(appointment.starts_at), clinic.day_of(event.at))


def _lock(appointment: Appointment, *states: Appointment.State) -> Appointment:
    """The row as it is now, held; refused unless it is in one of ``states`` and no session was opened."""
    locked = _locked(appointment)
    if locked.state not in states:
        raise Conflict(
            gettext("This appointment is now “%(state)s”. Look at the board again, somebody was faster.")
            % {"state": State(locked.state).label},
            code="other_state",
        )
    _refuse_session(locked)
    return locked


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("course__clinic")
        .get(pk=appointment.pk)
    )


def _refuse_session(appointment: Appointment) -> None:
    if Session.objects.filter(appointment=appointment).exists():
        raise Conflict(
            gettext("A session was opened for this hour. Go on there: hold it, or end it with a reason."),
            code="session_open",
        )


def _refuse_another_day(appointment: Appointment, now: datetime) -> None:
    clinic = appointment.course.clinic
    day = clinic.day_of(appointment.starts_at)
    if day != clinic.day_of(now):
        raise InvalidInput(
            gettext("This hour is on %(day)s, not today. Check in on the day itself.") % {"day": spoken(day)},
            code="another_day",
        )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(gettext("Say why: choose a reason."), code="reason_missing")
    return reason.strip()


def _change(
    appointment: Appointment, state: Appointment.State, action: str, actor: User, now: datetime
) -> Appointment:
    """Save the new state with what belongs to it, and tell the audit trail enough to undo it."""
    before = appointment.state
    appointment.state = state
    appointment.version += 1
    # The exclusion constraints are left to the database, which sees what others do at this moment.
    appointment.full_clean(validate_constraints=False)
    appointment.save(update_fields=["state", "arrived_at", "reason", "version"])
    audit.record(
        action,
        subject=f"appointment:{appointment.code}",
        actor=actor,
        clinic=appointment.course.clinic,
        at=now,
        before=str(before),
        after=str(state),
        version=appointment.version,
    )
    return appointment
