"""What payers say of a coverage, and what they approve."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from eecp_clinic import audit
from eecp_clinic.models import User
from patients import billed
from patients.models import Coverage, PriorAuthorization, Verification
from patients.services import records
from patients.services.people import last_editor


@transaction.atomic
def record_verification(
    *, coverage: Coverage, values: dict[str, Any], actor: User, now: datetime
) -> Verification:
    """Write down one inquiry; it is never changed. Raises InvalidInput."""
    verification = Verification(coverage=coverage, made_by=actor, made_at=now, **values)
    records.insert(verification)
    _record("coverage.verified", coverage, actor, now, outcome=verification.outcome, code=verification.code)
    return verification


@transaction.atomic
def add_authorization(
    *, coverage: Coverage, values: dict[str, Any], actor: User, now: datetime
) -> PriorAuthorization:
    """A payer's approval. Raises InvalidInput."""
    authorization = PriorAuthorization(coverage=coverage, **values)
    records.insert(authorization)
    _record("authorization.added", coverage, actor, now, code=authorization.code)
    return authorization


@transaction.atomic
def edit_authorization(
    *,
    authorization: PriorAuthorization,
    values: dict[str, Any],
    actor: User,
    now: datetime,
    opened: Mapping[str, Any] | None = None,
    because: str = "",
) -> PriorAuthorization:
    """Change what differs. Raises InvalidInput, and Conflict with the code ``stale``, or ``billed`` where a claim rests on
    it and ``because`` gives no reason."""
    locked = (
        PriorAuthorization.objects.select_for_update(of=("self",))
        .select_related("coverage__patient__clinic")
        .get(pk=authorization.pk)
    )
    subject = f"authorization:{locked.code}"
    values = records.unless_stale(locked, values, opened or {}, who=last_editor(subject))
    touched = billed.refuse_unless_corrected(locked, values, because)
    changed = records.change(locked, values)
    if changed:
        correction = billed.correction(touched, because, actor, locked.coverage.patient.clinic)
        patient = locked.coverage.patient
        audit.record(
            "authorization.edited",
            subject=subject,
            actor=actor,
            clinic=patient.clinic,
            at=now,
            patient=patient.code,
            changed=changed,
            **correction,
        )
    return locked


def _record(action: str, coverage: Coverage, actor: User, now: datetime, **data: str) -> None:
    audit.record(
        action,
        subject=f"coverage:{coverage.code}",
        actor=actor,
        clinic=coverage.patient.clinic,
        at=now,
        patient=coverage.patient.code,
        **data,
    )
