"""Take a whole repair back: the sessions to their old hours, and what took those away out of the calendar."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Move
from courses.scheduling.plan import Slot
from courses.scheduling.services.moving import MoveTo, move_all
from devices.models import MaintenanceWindow
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import AuditEvent, Clinic, Closure, OpeningException, StaffAbsence, User
from eecp_clinic.roles import CLINICAL, require_role


def undoable_repair(clinic: Clinic, batch: str, now: datetime) -> AuditEvent | None:
    """The repair that ``undo_repair`` would take back: every session is still where it was put, and none has begun."""
    event = _repair(clinic, batch)
    if event is None or not batch:
        return None
    moves = _moves(clinic, batch)
    stands = all(
        move.appointment.starts_at == move.to_starts_at
        and move.appointment.device_id == move.to_device_id
        and min(move.from_starts_at, move.to_starts_at) > now
        for move in moves
    )
    return event if moves and stands else None


@transaction.atomic
def undo_repair(*, clinic: Clinic, batch: str, actor: User, now: datetime) -> list[Move]:
    """All of it or nothing. Raises NotAllowed, Conflict (a session was moved again or has begun, an hour is gone)."""
    require_role(actor, clinic, *CLINICAL)
    event = undoable_repair(clinic, batch, now)
    if event is None:
        raise Conflict(
            gettext(
                "This repair cannot be undone as a whole any more: one of its sessions was moved again, or has begun. "
                "Move single sessions on their own pages."
            ),
            code="not_undoable",
        )
    _unwrite(clinic, event.data.get("written", {}))
    back = [
        MoveTo(
            move.appointment,
            move.appointment.version,
            Slot(
                move.from_starts_at,
                move.from_starts_at + (move.appointment.ends_at - move.appointment.starts_at),
                move.from_device.code,
                in_window=True,
            ),
        )
        for move in _moves(clinic, batch)
    ]
    reason = gettext("The repair was undone")
    moves = move_all(clinic=clinic, wanted=back, reason=reason, actor=actor, now=now)
    audit.record(
        "schedule.repair_undone",
        subject=f"clinic:{clinic.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        batch=batch,
        moves=[made.code for made in moves],
    )
    return moves


def _repair(clinic: Clinic, batch: str) -> AuditEvent | None:
    done = AuditEvent.objects.filter(clinic=clinic, data__batch=batch)
    if done.filter(action="schedule.repair_undone").exists():
        return None
    return done.filter(action="schedule.repaired").first()


def _moves(clinic: Clinic, batch: str) -> list[Move]:
    found = Move.objects.of(clinic).filter(batch=batch)
    return list(found.select_related("appointment", "from_device").order_by("pk"))


def _unwrite(clinic: Clinic, written: dict[str, Any]) -> None:
    """Take out what the repair itself wrote; what stood before it stays."""
    if "window" in written:
        MaintenanceWindow.objects.filter(device__clinic=clinic, pk=written["window"]).delete()
    if "absence" in written:
        StaffAbsence.objects.filter(clinic=clinic, pk=written["absence"]).delete()
    Closure.objects.filter(clinic=clinic, day__in=written.get("closed", [])).delete()
    for day, opens, closes, reason in written.get("opened", []):
        OpeningException.objects.get_or_create(
            clinic=clinic,
            day=date.fromisoformat(day),
            defaults={
                "opens": time.fromisoformat(opens),
                "closes": time.fromisoformat(closes),
                "reason": reason,
            },
        )
