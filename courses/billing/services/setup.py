"""What must be known before the first claim: who bills, who renders, what each payer wants, what is charged."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.fee_csv import FeeFile, FeeFileError, read_fees
from courses.models import (
    BillingProvider,
    BillingRules,
    FeeSchedule,
    FeeScheduleRow,
    PayerProfile,
    PractitionerBilling,
)
from courses.treatment.services.settling import note_settled, refuse_past
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role
from patients.models import Payer
from patients.services.people import last_editor
from patients.services.records import change, check, insert, refusal, unless_stale

#: Who keeps what claims need; the rules themselves an administrator settles.
KEEPS_SETUP = (Role.BILLING, Role.ADMINISTRATOR)


@transaction.atomic
def save_provider(
    *,
    clinic: Clinic,
    values: dict[str, Any],
    actor: User,
    now: datetime,
    opened: Mapping[str, Any] | None = None,
) -> BillingProvider:
    """Enter or change in whose name the clinic bills. Raises NotAllowed, InvalidInput, Conflict (``stale``)."""
    require_role(actor, clinic, *KEEPS_SETUP)
    subject = f"clinic:{clinic.code}:billingprovider"
    found = BillingProvider.objects.select_for_update().filter(clinic=clinic).first()
    if found is None:
        found = BillingProvider(clinic=clinic, **values)
        insert(found)
        changed = sorted(values)
    else:
        values = unless_stale(found, values, opened or {}, who=last_editor(subject))
        changed = change(found, values)
    if changed:
        audit.record(
            "billingprovider.edited", subject=subject, actor=actor, clinic=clinic, at=now, changed=changed
        )
    return found


@transaction.atomic
def save_practitioner(
    *, clinic: Clinic, practitioner: User, values: Mapping[str, Any], actor: User, now: datetime
) -> PractitionerBilling:
    """NPI, taxonomy code and PTAN of one physician of the clinic. Raises NotAllowed, NotFound, InvalidInput."""
    require_role(actor, clinic, *KEEPS_SETUP)
    if Role.PHYSICIAN not in practitioner.roles_at(clinic):
        raise NotFound(gettext("There is no such physician at this clinic. Open the page again."))
    user = User.objects.select_for_update().get(pk=practitioner.pk)
    changed = change(user, {"npi": values["npi"]})
    own = {name: values[name] for name in ("taxonomy", "ptan")}
    found = PractitionerBilling.objects.select_for_update().filter(user=user).first()
    if found is None:
        found = PractitionerBilling(user=user, **own)
        insert(found)
        changed += [name for name, value in own.items() if value]
    else:
        changed += change(found, own)
    if changed:
        subject = f"user:{user.username}:billing"
        audit.record(
            "practitioner.edited", subject=subject, actor=actor, clinic=clinic, at=now, changed=changed
        )
    return found


@transaction.atomic
def save_profile(
    *,
    payer: Payer,
    values: dict[str, Any],
    actor: User,
    now: datetime,
    opened: Mapping[str, Any] | None = None,
) -> PayerProfile:
    """Make or change what a payer wants. What was changed must be confirmed again.

    Raises NotAllowed, InvalidInput, Conflict (``stale``).
    """
    require_role(actor, payer.clinic, *KEEPS_SETUP)
    subject = f"payer:{payer.code}:profile"
    found = PayerProfile.objects.select_for_update(of=("self",)).filter(payer=payer).first()
    if found is None:
        found = PayerProfile(payer=payer, **values)
        insert(found)
        changed = sorted(values)
    else:
        values = unless_stale(found, values, opened or {}, who=last_editor(subject))
        changed = change(found, values)
    if changed and found.is_confirmed:
        found.confirmed_at = found.confirmed_by = None
        found.save(update_fields=["confirmed_at", "confirmed_by"])
    if changed:
        audit.record(
            "payerprofile.edited", subject=subject, actor=actor, clinic=payer.clinic, at=now, changed=changed
        )
    return found


@transaction.atomic
def confirm_profile(*, payer: Payer, actor: User, now: datetime) -> PayerProfile:
    """Somebody compared the profile with the payer's own words. Raises NotAllowed, NotFound, Conflict."""
    require_role(actor, payer.clinic, *KEEPS_SETUP)
    found = PayerProfile.objects.select_for_update(of=("self",)).filter(payer=payer).first()
    if found is None:
        raise NotFound(gettext("This payer has no profile yet. Fill it in first."))
    if found.is_confirmed:
        raise Conflict(gettext("This profile is confirmed already."), code="confirmed")
    if not found.source or found.effective_on is None:
        raise Conflict(
            gettext("Write where the profile comes from and from which day it is in force, then confirm it."),
            code="no_source",
        )
    found.confirmed_by, found.confirmed_at = actor, now
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record(
        "payerprofile.confirmed",
        subject=f"payer:{payer.code}:profile",
        actor=actor,
        clinic=payer.clinic,
        at=now,
    )
    return found


def read_fee_file(content: bytes) -> FeeFile:
    """The amounts of a file for a person to look at; nothing is kept. Raises InvalidInput."""
    try:
        found = read_fees(content)
    except FeeFileError as error:
        raise refusal({"file": [str(error)]}) from error
    if not found.fees:
        sentence = gettext("No row of the file can be taken.")
        told = [f"{row.row}: {row.sentence}" for row in found.findings[:5]]
        raise refusal({"file": [sentence, *told]})
    return found


@transaction.atomic
def import_fees(
    *, clinic: Clinic, payer: Payer | None, content: bytes, source: str, actor: User, now: datetime
) -> list[FeeSchedule]:
    """Keep the amounts of a file, one schedule a year and locality. Without a payer they are the clinic's charges.

    Raises NotAllowed, InvalidInput (also for a file that was imported before).
    """
    require_role(actor, clinic, *KEEPS_SETUP)
    found, digest = read_fee_file(content), hashlib.sha256(content).hexdigest()
    kind = FeeSchedule.Kind.ALLOWED if payer else FeeSchedule.Kind.CHARGE
    findings = [{"row": row.row, "sentence": row.sentence} for row in found.findings]
    made = []
    for year, locality in found.schedules:
        schedule = FeeSchedule(
            clinic=clinic,
            payer=payer,
            kind=kind,
            year=year,
            locality=locality,
            source=source,
            sha256=digest,
            findings=findings,
            imported_by=actor,
            imported_at=now,
        )
        insert(schedule)
        rows = [
            FeeScheduleRow(schedule=schedule, hcpcs=fee.code, modifier=fee.modifier, amount=fee.amount)
            for fee in found.of(year, locality)
        ]
        FeeScheduleRow.objects.bulk_create(rows)
        made.append(schedule)
        audit.record(
            "feeschedule.imported",
            subject=f"feeschedule:{schedule.code}",
            actor=actor,
            clinic=clinic,
            at=now,
            year=year,
            rows=len(rows),
            not_taken=len(findings),
            sha256=digest,
        )
    return made


@transaction.atomic
def settle_billing_rules(
    *, clinic: Clinic, values: Mapping[str, Any], actor: User, now: datetime
) -> BillingRules:
    """Keep the billing rules from ``values["effective_on"]`` on. Raises NotAllowed, InvalidInput."""
    require_role(actor, clinic, Role.ADMINISTRATOR)
    row = BillingRules(clinic=clinic, owner=actor, settled_at=now, **values)
    refuse_past(row, clinic, now)
    check(row)
    row.save(force_insert=True)
    note_settled("clinic.billing_rules_settled", row, now)
    return row
