"""What the page of one payment shows: its claims and lines, and why they were not paid whole, in words."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from courses.billing.payer_codes import packaged_codes
from courses.billing.postings import PATIENT, Reason
from courses.billing.worklist.claim_page import Told, in_words
from courses.billing.x12.codes import Table
from courses.models import Remittance, RemittanceAdjustment, RemittanceClaim, RemittanceLine


@dataclass(frozen=True, slots=True)
class PaidLineRow:
    service: RemittanceLine
    reasons: tuple[Told, ...]
    patient_owes: Decimal


@dataclass(frozen=True, slots=True)
class PaidClaimRow:
    """One claim of a payment. ``patient_owes`` is what its PR reasons add up to, over claim and lines."""

    row: RemittanceClaim
    status: str
    reasons: tuple[Told, ...]
    lines: tuple[PaidLineRow, ...]
    patient_owes: Decimal


def paid_rows(remittance: Remittance) -> list[PaidClaimRow]:
    """The claims of a payment in its order, in a fixed number of queries."""
    lines = RemittanceLine.objects.select_related("line__session").prefetch_related("adjustments")
    rows = (
        remittance.claims.select_related("claim__course__patient")
        .prefetch_related(Prefetch("lines", lines), "adjustments")
        .order_by("position")
    )
    return [_claim(row) for row in rows]


def _claim(row: RemittanceClaim) -> PaidClaimRow:
    own = row.own_adjustments
    lines = tuple(_line(service) for service in row.lines.all())
    return PaidClaimRow(
        row=row,
        status=packaged_codes().meaning(Table.CLAIM_STATUS, row.status).words,
        reasons=in_words(_reasons(own), tuple(row.remarks)),
        lines=lines,
        patient_owes=_owes(own) + sum((line.patient_owes for line in lines), Decimal(0)),
    )


def _line(service: RemittanceLine) -> PaidLineRow:
    adjustments = list(service.adjustments.all())
    return PaidLineRow(service, in_words(_reasons(adjustments), tuple(service.remarks)), _owes(adjustments))


def _reasons(adjustments: list[RemittanceAdjustment]) -> tuple[Reason, ...]:
    return tuple(Reason(one.group, one.reason, one.amount) for one in adjustments)


def _owes(adjustments: list[RemittanceAdjustment]) -> Decimal:
    return sum((one.amount for one in adjustments if one.group == PATIENT), Decimal(0))
