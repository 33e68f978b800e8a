"""An appointment's way from one hour to another, and telling the patient."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course, Move, Session
from courses.scheduling.agenda import spoken
from courses.scheduling.clashes import clashes
from courses.scheduling.plan import Problem, ProblemCode, Slot
from courses.scheduling.requests import request_for
from courses.scheduling.wishes import Wish
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.codes import new_code
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import CLINICAL, Role, require_role


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Where one appointment is to go; ``version`` is the one that was looked at."""

    appointment: Appointment
    version: int
    slot: Slot


@transaction.atomic
def move(
    *,
    appointment: Appointment,
    version: int,
    slot: Slot,
    reason: str,
    actor: User,
    now: datetime,
    fewer_nurses: bool = False,
) -> Move:
    """Give one appointment another hour or device. Raises NotAllowed, Conflict, InvalidInput (no reason)."""
    wanted = MoveTo(appointment, version, slot)
    clinic = appointment.course.clinic
    return move_all(
        clinic=clinic, wanted=[wanted], reason=reason, actor=actor, now=now, fewer_nurses=fewer_nurses
    )[0]


@transaction.atomic
def move_all(
    *,
    clinic: Clinic,
    wanted: Sequence[MoveTo],
    reason: str,
    actor: User,
    now: datetime,
    fewer_nurses: bool = False,
) -> list[Move]:
    """Move all or none of them, as one batch. The hours to which they go must be free as things stand.

    ``fewer_nurses``: also where more devices would run than the nurses of that hour watch by the clinic's rule; the
    audit trail says so with the reason.

    Raises NotAllowed, InvalidInput (no reason, nothing to move), Conflict (one of them changed in the meantime
    or lies in the past, an hour cannot be had any more; ``data["problems"]`` says all).
    """
    role = require_role(actor, clinic, *CLINICAL)
    if not reason.strip():
        raise InvalidInput(gettext("Say why: give a reason."), code="reason_missing")
    if not wanted:
        raise InvalidInput(
            gettext("No session was chosen. Choose at least one to move."), code="nothing_chosen"
        )
    rows = _locked(clinic, wanted, now)
    devices = {d.code: d for d in Device.objects.of(clinic).in_use().order_by("pk").select_for_update()}
    borne = {ProblemCode.NO_STAFF} if fewer_nurses else set()
    _refuse_clashes(wanted, rows, list(devices.values()), now, borne)
    batch = new_code()
    moves = [
        _moved(
            rows[to.appointment.pk], to.slot, devices[to.slot.device_id], batch, reason.strip(), actor, now
        )
        for to in wanted
    ]
    try:
        with transaction.atomic():
            for row in rows.values():
                row.save(update_fields=["starts_at", "ends_at", "device", "version"])
            Move.objects.bulk_create(moves)
    except IntegrityError as error:
        raise Conflict(
            gettext("Nothing was moved: one of these hours was just taken. Look at the new proposal."),
            code="just_taken",
        ) from error
    for made in moves:
        audit.record(
            "appointment.moved",
            subject=f"appointment:{made.appointment.code}",
            actor=actor,
            clinic=clinic,
            at=now,
            before=made.from_starts_at.isoformat(),
            after=made.to_starts_at.isoformat(),
            move=made.code,
            fewer_nurses=fewer_nurses,
            role=role,
        )
    return moves


@transaction.atomic
def mark_told(*, move: Move, actor: User, now: datetime) -> Move:
    """The patient knows the new hour. Raises NotAllowed, Conflict (said before)."""
    clinic = move.appointment.course.clinic
    require_role(actor, clinic, *CLINICAL, Role.FRONT_DESK)
    if not Move.objects.filter(pk=move.pk, told_at=None).update(told_at=now, told_by=actor):
        raise Conflict(
            gettext("Somebody has told this patient already. Look at the list again."), code="told"
        )
    audit.record(
        "appointment.patient_told",
        subject=f"appointment:{move.appointment.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        move=move.code,
    )
    move.refresh_from_db()
    return move


def _locked(clinic: Clinic, wanted: Sequence[MoveTo], now: datetime) -> dict[int, Appointment]:
    """The rows as they are now, held: courses first, as in booking. Refused where the past would move."""
    keys = [to.appointment.pk for to in wanted]
    mine = Appointment.objects.of(clinic).filter(pk__in=keys)
    list(Course.objects.select_for_update().filter(pk__in=mine.values("course")).order_by("pk"))
    rows = {
        row.pk: row
        for row in mine.select_for_update(of=("self",))
        .select_related("course__clinic", "course__order__assessment__coverage", "device")
        .order_by("pk")
    }
    opened = set(Session.objects.filter(appointment__in=rows).values_list("appointment", flat=True))
    for to in wanted:
        row = rows.get(to.appointment.pk)
        if row is None or row.version != to.version or row.state != Appointment.State.BOOKED:
            raise Conflict(
                gettext(
                    "Nothing was moved: an appointment changed in the meantime. Look at the new proposal."
                ),
                code="changed",
            )
        if row.pk in opened or row.ends_at <= now:
            raise Conflict(
                gettext("Nothing was moved: the session of %(day)s has begun or is past, and the past stays.")
                % {"day": spoken(clinic.day_of(row.starts_at))},
                code="past",
            )
    return rows


def _refuse_clashes(
    wanted: Sequence[MoveTo],
    rows: Mapping[int, Appointment],
    devices: list[Device],
    now: datetime,
    borne: Set[ProblemCode],
) -> None:
    problems: list[Problem] = []
    by_course: dict[int, list[Slot]] = {}
    for to in wanted:
        by_course.setdefault(rows[to.appointment.pk].course_id, []).append(to.slot)
    for row in rows.values():
        slots = by_course.pop(row.course_id, None)
        if slots is None:
            continue
        zone = row.course.clinic.zone
        first, last = min(slots).start.astimezone(zone), max(slots).start.astimezone(zone).date()
        wish = Wish(start_date=first.date(), preferred_time=first.time(), devices=devices, finish_by=last)
        request = request_for(row.course, wish, now, without=rows.keys(), sessions=len(slots))
        problems += [problem for problem in clashes(request, slots) if problem.code not in borne]
    if problems:
        raise Conflict(
            gettext("Nothing was moved. %(sentence)s %(way_out)s")
            % {"sentence": problems[0].sentence, "way_out": problems[0].way_out},
            code=str(problems[0].code),
            problems=[problem.sentence for problem in problems],
        )


def _moved(
    row: Appointment, slot: Slot, device: Device, batch: str, reason: str, actor: User, now: datetime
) -> Move:
    """Change the row, unsaved, and tell what was changed."""
    made = Move(
        appointment=row,
        batch=batch,
        from_starts_at=row.starts_at,
        from_device=row.device,
        to_starts_at=slot.start,
        to_device=device,
        reason=reason,
        moved_by=actor,
        moved_at=now,
    )
    row.starts_at, row.ends_at, row.device = slot.start, slot.end, device
    row.version += 1
    return made
