"""What a patient paid, or was paid back: entered once, and withdrawn by another entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.services.patient_accounts import KEEPS_ACCOUNTS
from courses.models import Course, PatientPayment
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import require_role
from patients.services.records import future_days, insert, refusal


@transaction.atomic
def record_payment(
    *, course: Course, values: Mapping[str, Any], actor: User, now: datetime
) -> PatientPayment:
    """Money from the patient, or back. It counts in the books on the day on which it is entered.

    Raises NotAllowed, InvalidInput.
    """
    require_role(actor, course.clinic, *KEEPS_ACCOUNTS)
    today = course.clinic.day_of(now)
    if problems := future_days(PatientPayment, dict(values), ["received_on"], today):
        raise refusal(problems)
    if values.get("kind") == PatientPayment.Kind.WITHDRAWAL:
        raise refusal({"kind": [gettext("An entry is withdrawn from its own row.")]})
    payment = PatientPayment(course=course, recorded_by=actor, recorded_at=now, **values)
    insert(payment)
    _note("patientpayment.recorded", payment, actor, now)
    return payment


@transaction.atomic
def withdraw_payment(*, payment: PatientPayment, reason: str, actor: User, now: datetime) -> PatientPayment:
    """Undo an entry that was typed wrong by another beside it. Raises NotAllowed, InvalidInput, Conflict."""
    require_role(actor, payment.course.clinic, *KEEPS_ACCOUNTS)
    if not reason.strip():
        raise refusal({"reason": [gettext("Write why it is withdrawn: both entries stay to be read.")]})
    if payment.withdraws_id is not None or PatientPayment.objects.filter(withdraws=payment).exists():
        raise Conflict(gettext("This entry is withdrawn already, or withdraws another."), code="withdrawn")
    taken_back = PatientPayment(
        course=payment.course,
        kind=PatientPayment.Kind.WITHDRAWAL,
        amount=payment.amount,
        received_on=payment.received_on,
        method=payment.method,
        reference=payment.reference,
        note=reason.strip(),
        recorded_by=actor,
        recorded_at=now,
        withdraws=payment,
    )
    insert(taken_back)
    _note("patientpayment.withdrawn", taken_back, actor, now)
    return taken_back


def _note(action: str, payment: PatientPayment, actor: User, now: datetime) -> None:
    audit.record(
        action,
        subject=f"patientpayment:{payment.code}",
        actor=actor,
        clinic=payment.course.clinic,
        at=now,
        course=payment.course.code,
    )
