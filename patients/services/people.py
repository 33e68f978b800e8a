"""Registering and editing patients."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from patients.models import Patient
from patients.models.people import PatientQuerySet
from patients.services import records

#: Nobody is known to have lived longer; an older date of birth is a slip of the pen.
OLDEST_YEARS = 120


def look_alikes(*, clinic: Clinic, family_name: str, birth_date: date) -> PatientQuerySet:
    """Patients of the clinic who may be the same person."""
    return Patient.objects.of(clinic).looking_like(family_name, birth_date)


@transaction.atomic
def register_patient(
    *,
    clinic: Clinic,
    values: dict[str, Any],
    actor: User | None,
    now: datetime,
    look_alike_confirmed: bool = False,
) -> Patient:
    """A new patient of the clinic; without an actor where another system's message registers them.

    Raises InvalidInput, and Conflict with the code ``look_alike`` where somebody of the same family name and day
    of birth is there already and nobody has confirmed that this is another person.
    """
    _refuse_birth(values, clinic.day_of(now))
    patient = Patient(clinic=clinic, **values)
    records.check(patient)
    if not look_alike_confirmed and look_alikes(
        clinic=clinic, family_name=patient.family_name, birth_date=patient.birth_date
    ):
        raise Conflict(
            gettext(
                "A patient of this family name and date of birth is registered already. Open that patient, or "
                "confirm that this is another person."
            ),
            code="look_alike",
            fields={},
        )
    records.insert(patient)
    audit.record("patient.registered", subject=f"patient:{patient.code}", actor=actor, clinic=clinic, at=now)
    return patient


@transaction.atomic
def edit_patient(*, patient: Patient, values: dict[str, Any], actor: User | None, now: datetime) -> Patient:
    """Change what differs. Raises InvalidInput."""
    locked = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    _refuse_birth(values, locked.clinic.day_of(now))
    changed = records.change(locked, values)
    if changed:
        audit.record(
            "patient.edited",
            subject=f"patient:{locked.code}",
            actor=actor,
            clinic=locked.clinic,
            at=now,
            changed=changed,
        )
    return locked


def _refuse_birth(values: dict[str, Any], today: date) -> None:
    problems = records.future_days(Patient, values, ["birth_date"], today)
    born = values.get("birth_date")
    if born is not None and today.year - born.year > OLDEST_YEARS:
        problems["birth_date"] = [
            gettext("Born more than %(years)s years ago: look at the year again.") % {"years": OLDEST_YEARS}
        ]
    if problems:
        raise records.refusal(problems)
