"""Payers of a clinic, and what each patient is insured with."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.models import Clinic, User
from patients import billed
from patients.clinic_rules import policy_book
from patients.models import Coverage, Patient, Payer
from patients.services import records
from patients.services.people import last_editor


@transaction.atomic
def add_payer(*, clinic: Clinic, values: dict[str, Any], actor: User, now: datetime) -> Payer:
    """A new payer of the clinic. Raises InvalidInput."""
    payer = Payer(clinic=clinic, **values)
    _refuse_foreign_policy(payer.kind, payer.policy_id)
    records.insert(payer)
    audit.record("payer.added", subject=f"payer:{payer.code}", actor=actor, clinic=clinic, at=now)
    return payer


@transaction.atomic
def edit_payer(*, payer: Payer, values: dict[str, Any], actor: User, now: datetime) -> Payer:
    """Change what differs; decisions already made keep the policy that made them. Raises InvalidInput."""
    locked = Payer.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=payer.pk)
    _refuse_foreign_policy(values.get("kind", locked.kind), values.get("policy_id", locked.policy_id))
    changed = records.change(locked, values)
    if changed:
        audit.record(
            "payer.edited",
            subject=f"payer:{locked.code}",
            actor=actor,
            clinic=locked.clinic,
            at=now,
            changed=changed,
        )
    return locked


def _refuse_foreign_policy(kind: str, policy_id: str) -> None:
    kinds = {k for policy in policy_book().policies if policy.id == policy_id for k in policy.payer_kinds}
    if policy_id and kind not in kinds:
        raise records.refusal(
            {
                "policy_id": [
                    gettext(
                        "This policy is not one for this kind of payer. Choose another, or leave it empty."
                    )
                ]
            }
        )


@transaction.atomic
def add_coverage(*, patient: Patient, values: dict[str, Any], actor: User, now: datetime) -> Coverage:
    """A new coverage of the patient. Raises InvalidInput."""
    locked = _lock(patient)
    coverage = Coverage(patient=locked, **values)
    _refuse(coverage, values, locked.clinic.day_of(now))
    records.insert(coverage)
    _record("coverage.added", coverage, actor, now)
    return coverage


@transaction.atomic
def edit_coverage(
    *,
    coverage: Coverage,
    values: dict[str, Any],
    actor: User,
    now: datetime,
    opened: Mapping[str, Any] | None = None,
    because: str = "",
) -> Coverage:
    """Change what differs; decisions already made keep the facts they stood on. ``because``: why something that a payer
    was asked with is corrected.

    Raises InvalidInput, and Conflict with the code ``stale``, or ``billed`` where a claim rests on it and no reason is given.
    """
    patient = _lock(coverage.patient)
    locked = Coverage.objects.select_for_update(of=("self",)).select_related("payer").get(pk=coverage.pk)
    locked.patient = patient
    values = records.unless_stale(locked, values, opened or {}, who=last_editor(f"coverage:{locked.code}"))
    proposed = Coverage(pk=locked.pk, patient=patient, **_current(locked) | values)
    _refuse(proposed, values, patient.clinic.day_of(now))
    touched = billed.refuse_unless_corrected(locked, values, because)
    changed = records.change(locked, values)
    if changed:
        correction = billed.correction(touched, because, actor, patient.clinic)
        _record("coverage.edited", locked, actor, now, changed=changed, **correction)
    return locked


def _lock(patient: Patient) -> Patient:
    """The patient's row under a lock, so that two coverages cannot be saved past each other."""
    return Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)


def _current(coverage: Coverage) -> dict[str, Any]:
    return {name: getattr(coverage, name) for name in ("payer", "priority", "starts_on", "ends_on")}


def _refuse(coverage: Coverage, values: dict[str, Any], today: date) -> None:
    """What no constraint of one row can say: dates to come, and a second payer of the same rank."""
    problems = records.future_days(Coverage, values, ["ma_denial_on", "subscriber_birth_date"], today)
    if coverage.payer.clinic_id != coverage.patient.clinic_id:
        problems["payer"] = [gettext("This payer is not one of this clinic. Choose one from the list.")]
    others = Coverage.objects.filter(patient=coverage.patient, priority=coverage.priority).exclude(
        pk=coverage.pk
    )
    last_day = coverage.ends_on or date.max
    if any(o.starts_on <= last_day and (o.ends_on or date.max) >= coverage.starts_on for o in others):
        problems["priority"] = [
            gettext(
                "Another coverage with priority %(priority)s is in force in these dates. End that one first, or "
                "give this one another priority."
            )
            % {"priority": coverage.priority}
        ]
    if problems:
        raise records.refusal(problems)


def _record(action: str, coverage: Coverage, actor: User, now: datetime, **data: Any) -> None:
    audit.record(
        action,
        subject=f"coverage:{coverage.code}",
        actor=actor,
        clinic=coverage.patient.clinic,
        at=now,
        patient=coverage.patient.code,
        **data,
    )
