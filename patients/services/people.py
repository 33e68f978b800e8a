"""Registering and editing patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import AuditEvent, Clinic, User
from patients.look_alike import SENTENCES, Identity, Reason, reason_for
from patients.models import Patient
from patients.plain_text import digits, plain
from patients.services import records

#: Nobody is known to have lived longer; an older date of birth is a slip of the pen.
OLDEST_YEARS = 120


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A registered patient who may be the same person, and why."""

    patient: Patient
    reason: Reason

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason]


def identity_of(patient: Patient) -> Identity:
    return Identity(patient.family_name, patient.given_name, patient.birth_date, patient.phone)


def look_alikes(*, clinic: Clinic, identity: Identity) -> list[LookAlike]:
    """Patients of the clinic who may be the same person, the surest first; one query."""
    name = f" {plain(identity.family_name)} {plain(identity.given_name)} "
    maybe = Q(birth_date=identity.birth_date) | Q(search_text__startswith=name)
    phone = digits(identity.phone)[-10:]
    if len(phone) == 10:
        maybe |= Q(search_text__contains=phone)
    found = [
        LookAlike(patient, reason)
        for patient in Patient.objects.of(clinic).current().filter(maybe)
        if (reason := reason_for(identity, identity_of(patient)))
    ]
    order = list(Reason)
    return sorted(found, key=lambda alike: order.index(alike.reason))


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

    Raises InvalidInput, and Conflict with the code ``look_alike`` where somebody who may be the same person is there
    already and nobody has confirmed that this is another.
    """
    refuse_birth(values, clinic.day_of(now))
    patient = Patient(clinic=clinic, **values)
    records.check(patient)
    if not look_alike_confirmed and look_alikes(clinic=clinic, identity=identity_of(patient)):
        raise Conflict(
            gettext(
                "Somebody who may be the same person is registered already. Open that patient, or confirm that "
                "this is another person."
            ),
            code="look_alike",
            fields={},
        )
    records.insert(patient)
    audit.record("patient.registered", subject=f"patient:{patient.code}", actor=actor, clinic=clinic, at=now)
    return patient


@transaction.atomic
def edit_patient(
    *,
    patient: Patient,
    values: dict[str, Any],
    actor: User | None,
    now: datetime,
    opened: Mapping[str, Any] | None = None,
) -> Patient:
    """Change what differs from what was ``opened``. Raises InvalidInput, and Conflict with the code ``stale``."""
    locked = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    refuse_birth(values, locked.clinic.day_of(now))
    subject = f"patient:{locked.code}"
    values = records.unless_stale(locked, values, opened or {}, who=last_editor(subject))
    changed = records.change(locked, values)
    if changed:
        audit.record(
            "patient.edited", subject=subject, actor=actor, clinic=locked.clinic, at=now, changed=changed
        )
    return locked


def last_editor(subject: str) -> str:
    """Who edited it last, by name; empty where nobody did."""
    event = (
        AuditEvent.objects.filter(subject=subject, action__endswith=".edited")
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    return event.actor.get_full_name() if event and event.actor else ""


def refuse_birth(values: dict[str, Any], today: date) -> None:
    """Refuse a date of birth that nobody can have. Raises InvalidInput."""
    problems = records.future_days(Patient, values, ["birth_date"], today)
    born = values.get("birth_date")
    if born is not None and today.year - born.year > OLDEST_YEARS:
        problems["birth_date"] = [
            gettext("Born more than %(years)s years ago: look at the year again.") % {"years": OLDEST_YEARS}
        ]
    if problems:
        raise records.refusal(problems)
