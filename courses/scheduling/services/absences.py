"""Days on which a patient cannot come."""

from datetime import datetime

from django.db import transaction

from courses.models import PatientAbsence
from eecp_clinic import audit
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, Role, require_role


@transaction.atomic
def add_absence(*, absence: PatientAbsence, actor: User, now: datetime) -> PatientAbsence:
    """Keep ``absence``; hours that are booked in it stay, and the plan shows them. Raises NotAllowed."""
    _require(absence, actor)
    absence.full_clean()
    absence.save()
    _record("patient.absence_added", absence, actor, now)
    return absence


@transaction.atomic
def remove_absence(*, absence: PatientAbsence, actor: User, now: datetime) -> None:
    """The patient can come on these days after all. Raises NotAllowed."""
    _require(absence, actor)
    _record("patient.absence_removed", absence, actor, now)
    absence.delete()


def _require(absence: PatientAbsence, actor: User) -> None:
    require_role(actor, absence.patient.clinic, *CLINICAL, Role.FRONT_DESK)


def _record(action: str, absence: PatientAbsence, actor: User, now: datetime) -> None:
    audit.record(
        action,
        subject=f"patient:{absence.patient.code}",
        actor=actor,
        clinic=absence.patient.clinic,
        at=now,
        first_day=absence.first_day.isoformat(),
        last_day=absence.last_day.isoformat(),
    )
