"""Registering and updating patients as a hospital's ADT messages say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic
from patients import services
from patients.hl7v2.adt import UPDATE, AdtMessage
from patients.models import Patient

REGISTERED, UPDATED, UNCHANGED, SKIPPED = "registered", "updated", "unchanged", "skipped"
_NEEDED = ("family_name", "given_name", "birth_date")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message, in words that hold codes and fields, never a name."""

    what: str
    says: str


def apply_adt(*, message: AdtMessage, clinic: Clinic, now: datetime, accept_tests: bool = False) -> Outcome:
    """Register or update the patient of the message's MRN; the same message again changes nothing.

    A04 registers who is not known; A08 changes only who is. A value that the record cannot hold is left out and
    named. Nobody is the actor: the audit entry says that a message did it.
    """
    if message.skip:
        return Outcome(SKIPPED, message.skip)
    if message.is_test and not accept_tests:
        return Outcome(SKIPPED, "It is marked as a test (MSH-11). Give --accept-tests to take it.")
    known = (
        Patient.objects.of(clinic)
        .select_related("clinic", "merged_into__clinic")
        .filter(mrn=message.mrn)
        .first()
    )
    known = known.kept() if known else None
    if known is None and message.event == UPDATE:
        return Outcome(SKIPPED, "An A08 changes only who is registered, and nobody has this MRN.")
    missing = [name for name in _NEEDED if name not in message.values]
    if known is None and missing:
        return Outcome(SKIPPED, f"It does not say {', '.join(missing)}, without which nobody is registered.")
    return _apply(message, clinic, known, now)


def _apply(message: AdtMessage, clinic: Clinic, known: Patient | None, now: datetime) -> Outcome:
    values: dict[str, Any] = dict(message.values)
    notes = list(message.notes)
    while True:
        try:
            with transaction.atomic():
                what, patient = _save(clinic, message.mrn, known, values, now)
        except InvalidInput as error:
            wrong = [name for name in error.data.get("fields", {}) if name in values]
            if not wrong or set(wrong) & {*_NEEDED, "mrn"}:
                return Outcome(SKIPPED, error.message)
            for name in wrong:
                del values[name]
            notes.append(f"left out what the record cannot hold: {', '.join(wrong)}")
        except Conflict as error:
            return Outcome(SKIPPED, error.message)
        else:
            return Outcome(what, "; ".join([f"patient {patient.code}", *notes]))


def _save(
    clinic: Clinic, mrn: str, known: Patient | None, values: dict[str, Any], now: datetime
) -> tuple[str, Patient]:
    if known is None:
        given = {"mrn": mrn, **values}
        return REGISTERED, services.register_patient(clinic=clinic, values=given, actor=None, now=now)
    is_same = all(getattr(known, name) == value for name, value in values.items())
    changed = services.edit_patient(patient=known, values=values, actor=None, now=now)
    return (UNCHANGED if is_same else UPDATED), changed
