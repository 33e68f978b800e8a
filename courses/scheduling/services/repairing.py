"""Write down what takes hours away, and move the sessions that it hits, in one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Move
from courses.scheduling.gathering import Trouble
from courses.scheduling.services.moving import MoveTo, move_all
from devices.models import MaintenanceWindow
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, Closure, StaffAbsence, User
from eecp_clinic.roles import CLINICAL, require_role


@transaction.atomic
def accept_repair(
    *, clinic: Clinic, trouble: Trouble, wanted: Sequence[MoveTo], reason: str, actor: User, now: datetime
) -> list[Move]:
    """Record ``trouble`` and make the moves that were accepted: all of them, or nothing at all.

    What was not accepted stays booked where it cannot be given; the board's list of needs names it.
    Raises NotAllowed, InvalidInput (no reason), Conflict as ``move_all``.
    """
    require_role(actor, clinic, *CLINICAL)
    if not reason.strip():
        raise InvalidInput(gettext("Say why: give a reason."), code="reason_missing")
    if trouble.during.end <= now:
        raise InvalidInput(
            gettext("This lies in the past, and the past stays. Choose a later end."), code="past"
        )
    written = _record(clinic, trouble, reason.strip())
    moves = move_all(clinic=clinic, wanted=wanted, reason=reason, actor=actor, now=now) if wanted else []
    audit.record(
        "schedule.repaired",
        subject=f"clinic:{clinic.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        device=trouble.device.code if trouble.device else None,
        closed=trouble.closes_clinic,
        nurses_away=trouble.nurses_away,
        begins=trouble.during.start.isoformat(),
        ends=trouble.during.end.isoformat(),
        moves=[made.code for made in moves],
        batch=moves[0].batch if moves else None,
        written=written,
    )
    return moves


def _record(clinic: Clinic, trouble: Trouble, reason: str) -> dict[str, Any]:
    """Once only: who comes back for the rest of a repair finds its cause written already.

    The answer names what was written just now, so that it can be taken back.
    """
    begins, ends = trouble.during.start, trouble.during.end
    if trouble.device is not None:
        windows = MaintenanceWindow.objects.filter(device=trouble.device)
        if not windows.filter(during__contains=(begins, ends)).exists():
            return {
                "window": _insert(
                    MaintenanceWindow(device=trouble.device, during=(begins, ends), reason=reason)
                )
            }
    elif trouble.closes_clinic:
        return _close(clinic, clinic.day_of(begins), clinic.day_of(ends - timedelta(seconds=1)), reason)
    else:
        known = StaffAbsence.objects.filter(
            clinic=clinic, during__contains=(begins, ends), nurses=trouble.nurses_away
        )
        if not known.exists():
            absence = StaffAbsence.objects.create(
                clinic=clinic, during=(begins, ends), nurses=trouble.nurses_away, reason=reason
            )
            return {"absence": absence.pk}
    return {}


def _close(clinic: Clinic, day: date, last: date, reason: str) -> dict[str, Any]:
    """Close the days; the hours of their own that they had are named with them."""
    closed, opened = [], []
    while day <= last:
        _row, is_new = Closure.objects.get_or_create(clinic=clinic, day=day, defaults={"reason": reason})
        closed += [day.isoformat()] if is_new else []
        for own in clinic.opening_exceptions.filter(day=day):
            opened.append([day.isoformat(), f"{own.opens:%H:%M}", f"{own.closes:%H:%M}", own.reason])
            own.delete()
        day += timedelta(days=1)
    return {"closed": closed, "opened": opened}


def _insert(window: MaintenanceWindow) -> int:
    try:
        with transaction.atomic():
            window.save()
            return window.pk
    except IntegrityError as error:
        raise Conflict(
            gettext("The device is down for part of this time already. Choose the time beyond it."),
            code="already_down",
        ) from error
