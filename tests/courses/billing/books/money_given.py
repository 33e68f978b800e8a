"""Builders of what moves money: claims that were sent, answers that were posted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from courses.models import Claim, ClaimLine, Remittance, RemittanceAdjustment, RemittanceClaim, RemittanceLine
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_claim
from tests.courses.courses_given import Given

#: Of 150.00: 96.00 paid, 30.00 adjusted (CO-45), 24.00 left to the patient (PR-2).
PAID, ADJUSTED, LEFT = Decimal("96.00"), Decimal("30.00"), Decimal("24.00")


def usd(*amounts: int) -> tuple[Decimal, ...]:
    """Whole dollars, to compare sums with."""
    return tuple(Decimal(amount) for amount in amounts)


def sent_claim(given: Given, by: User, *lines: ClaimLine, at: datetime, **fields: Any) -> Claim:
    return make_claim(given, by, *lines, state="sent", sent_at=at, **fields)


def posted(
    given: Given, by: User, claim: Claim, line: ClaimLine, *, at: datetime, **fields: Any
) -> Remittance:
    """One payment for one line of one claim, posted then."""
    remittance = Remittance.objects.create(
        clinic=given.clinic,
        trace_number=f"EFT{claim.pk}",
        paid_on=date(2026, 12, 9),
        method="ACH",
        file="remittances/sample.835",
        sha256=f"{claim.pk:064}",
        read_at=at,
        posted_at=at,
        posted_by=by,
        **{"amount": PAID} | fields,
    )
    answered = RemittanceClaim.objects.create(
        remittance=remittance,
        claim=claim,
        position=1,
        reference=claim.code.upper(),
        status="1",
        charge=Decimal("150.00"),
        paid=PAID,
    )
    service = RemittanceLine.objects.create(
        remittance_claim=answered,
        line=line,
        position=1,
        hcpcs="G0166",
        charge=Decimal("150.00"),
        paid=PAID,
    )
    for group, reason, amount in (("CO", "45", ADJUSTED), ("PR", "2", LEFT)):
        RemittanceAdjustment.objects.create(
            remittance_claim=answered, remittance_line=service, group=group, reason=reason, amount=amount
        )
    return remittance
