"""The clinic's hours: opened by exception, closed, and who works when."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic, Closure, OpeningException, OpeningHours, StaffHours, User
from eecp_clinic.roles import Role, require_role

HoursRow = OpeningHours | OpeningException | Closure | StaffHours


@transaction.atomic
def add_hours(*, row: HoursRow, actor: User, now: datetime) -> None:
    """Keep ``row``. Raises NotAllowed, InvalidInput (open and closed on one day, two usual hours that overlap)."""
    clinic = row.clinic
    require_role(actor, clinic, Role.ADMINISTRATOR)
    if isinstance(row, Closure) and clinic.opening_exceptions.filter(day=row.day).exists():
        raise InvalidInput(
            gettext("That day has hours of its own. Remove those first, then close the day."), code="both"
        )
    if isinstance(row, OpeningException) and clinic.closures.filter(day=row.day).exists():
        raise InvalidInput(
            gettext("That day is closed. Remove the closure first, then open the day."), code="both"
        )
    if isinstance(row, OpeningHours):
        _refuse_overlap(row)
    row.full_clean()
    row.save()
    _record("clinic.hours_added", row, actor, now)


def _refuse_overlap(row: OpeningHours) -> None:
    same = row.clinic.opening_hours.filter(weekday=row.weekday)
    if same.filter(opens__lt=row.closes, closes__gt=row.opens).exists():
        raise InvalidInput(
            gettext("The clinic opens at that time already. Remove the other hours first, then add these."),
            code="overlap",
        )


@transaction.atomic
def remove_hours(*, row: HoursRow, actor: User, now: datetime) -> None:
    """Take ``row`` away; what is booked stays. Raises NotAllowed."""
    require_role(actor, row.clinic, Role.ADMINISTRATOR)
    _record("clinic.hours_removed", row, actor, now)
    row.delete()


@transaction.atomic
def set_devices_per_nurse(*, clinic: Clinic, devices: int | None, actor: User, now: datetime) -> None:
    """How many devices one nurse watches; None stops counting. Raises NotAllowed."""
    require_role(actor, clinic, Role.ADMINISTRATOR)
    clinic.devices_per_nurse = devices
    clinic.full_clean()
    clinic.save(update_fields=["devices_per_nurse"])
    audit.record(
        "clinic.devices_per_nurse_set",
        subject=f"clinic:{clinic.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        devices=devices,
    )


@transaction.atomic
def set_reading_interval(*, clinic: Clinic, minutes: int, actor: User, now: datetime) -> None:
    """How often a session's flowsheet wants a reading. Raises NotAllowed."""
    require_role(actor, clinic, Role.ADMINISTRATOR)
    clinic.reading_interval_minutes = minutes
    clinic.full_clean()
    clinic.save(update_fields=["reading_interval_minutes"])
    audit.record(
        "clinic.reading_interval_set",
        subject=f"clinic:{clinic.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        minutes=minutes,
    )


def _record(action: str, row: HoursRow, actor: User, now: datetime) -> None:
    day = row.weekday if isinstance(row, OpeningHours | StaffHours) else row.day.isoformat()
    kind = row._meta.model_name
    audit.record(
        action,
        subject=f"clinic:{row.clinic.code}",
        actor=actor,
        clinic=row.clinic,
        at=now,
        kind=kind,
        day=day,
    )
