"""What a clinic settles about treatment: never for the past, never changed afterwards, and always with an owner."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import ClinicLimit, TreatmentRules
from courses.models.settled import Settled
from courses.treatment.clinic_limits import ImplausibleLimit, refuse_implausible
from courses.treatment.settling import figure_of, limits_at
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role
from patients.services.records import check


@transaction.atomic
def settle_rules(*, clinic: Clinic, values: Mapping[str, Any], actor: User, now: datetime) -> TreatmentRules:
    """Keep the switches as they are from ``values["effective_on"]`` on. Raises NotAllowed, InvalidInput."""
    require_role(actor, clinic, Role.ADMINISTRATOR)
    row = TreatmentRules(clinic=clinic, owner=actor, settled_at=now, **values)
    refuse_past(row, clinic, now)
    check(row)
    row.save(force_insert=True)
    note_settled("clinic.rules_settled", row, now)
    return row


@transaction.atomic
def settle_limit(
    *, clinic: Clinic, rule: str, values: Mapping[str, Any], actor: User, now: datetime
) -> ClinicLimit:
    """Keep what counts for one limit from its day on. Raises NotAllowed, InvalidInput for what cannot be meant."""
    require_role(actor, clinic, Role.PHYSICIAN, Role.ADMINISTRATOR)
    row = ClinicLimit(clinic=clinic, rule=rule, owner=actor, settled_at=now, **values)
    if row.standing != ClinicLimit.Standing.OWN:
        row.figure = None
    refuse_past(row, clinic, now)
    check(row)
    if row.standing != ClinicLimit.Standing.PUBLISHED:
        try:
            refuse_implausible(limits_at(clinic, now), figure_of(row))
        except ImplausibleLimit as error:
            fields = {"figure": [str(error)]}
            raise InvalidInput(str(error), code="implausible_limit", fields=fields) from error
    row.save(force_insert=True)
    note_settled("clinic.limit_settled", row, now, rule=rule, standing=row.standing, figure=_text(row.figure))
    return row


def refuse_past(row: Settled, clinic: Clinic, now: datetime) -> None:
    """What is past stays judged by the rules of its day. Raises InvalidInput."""
    if row.effective_on < clinic.day_of(now):
        sentence = gettext("It cannot hold for days that are past. Choose today or a later day.")
        raise InvalidInput(sentence, code="retroactive", fields={"effective_on": [sentence]})


def note_settled(action: str, row: Settled, now: datetime, **data: object) -> None:
    """The entry of the audit trail for something that a clinic settled."""
    clinic = row.clinic
    audit.record(
        action,
        subject=f"clinic:{clinic.code}",
        actor=row.owner,
        clinic=clinic,
        at=now,
        effective_on=row.effective_on.isoformat(),
        **data,
    )


def _text(figure: Decimal | None) -> str:
    return "" if figure is None else str(figure)
