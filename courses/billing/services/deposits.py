"""What the bank shows: typed by a biller against the payments that it is to cover."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Deposit, Remittance
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role


@transaction.atomic
def enter_deposit(
    *,
    clinic: Clinic,
    banked_on: date,
    amount: Decimal,
    reference: str,
    remittances: Collection[str],
    actor: User,
    now: datetime,
) -> Deposit:
    """Keep what the statement shows. That it differs from the payments is no reason to refuse it: it is an alarm.

    Raises NotAllowed, InvalidInput without a payment, NotFound, Conflict where a payment stands in another deposit.
    """
    require_role(actor, clinic, Role.BILLING)
    if not remittances:
        sentence = gettext("Choose the payments that this deposit covers.")
        raise InvalidInput(sentence, fields={"remittances": [sentence]})
    if banked_on > clinic.day_of(now):
        sentence = gettext("This day lies in the future. Enter the day on the statement.")
        raise InvalidInput(sentence, fields={"banked_on": [sentence]})
    found = list(
        Remittance.objects.of(clinic)
        .filter(code__in=remittances)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if len(found) != len(set(remittances)):
        raise NotFound(gettext("One of these payments is not there. Look at the list again."))
    if Deposit.objects.standing().filter(remittances__in=found).exists():
        raise Conflict(
            gettext("One of these payments stands in another deposit. Withdraw that one first."),
            code="deposited",
        )
    made = Deposit(
        clinic=clinic,
        banked_on=banked_on,
        amount=amount,
        reference=reference.strip(),
        entered_by=actor,
        entered_at=now,
    )
    made.full_clean()
    made.save(force_insert=True)
    made.remittances.set(found)
    _record("deposit.entered", made, actor, now)
    return made


@transaction.atomic
def withdraw_deposit(*, deposit: Deposit, reason: str, actor: User, now: datetime) -> None:
    """It was mistyped: it stays, and counts no more. Raises NotAllowed, InvalidInput, Conflict where it was before."""
    require_role(actor, deposit.clinic, Role.BILLING)
    if not reason.strip():
        sentence = gettext("Write why it is withdrawn.")
        raise InvalidInput(sentence, fields={"reason": [sentence]})
    standing = Deposit.objects.standing().filter(pk=deposit.pk)
    if not standing.update(withdrawn_at=now, withdrawn_by=actor, withdrawn_reason=reason.strip()[:200]):
        raise Conflict(gettext("This deposit was withdrawn already."), code="withdrawn")
    _record("deposit.withdrawn", deposit, actor, now)


def _record(action: str, deposit: Deposit, actor: User, now: datetime) -> None:
    audit.record(
        action,
        subject=f"deposit:{deposit.code}",
        actor=actor,
        clinic=deposit.clinic,
        at=now,
        amount=str(deposit.amount),
    )
