"""The clinic's books from the record: sums until a moment, and the single entries of a day.

A charge stands in the books from the moment at which its claim was sent until the claim is rejected. A correction takes
its original's charge out when it is sent, and puts it back if it is itself rejected. Payers' answers count from when they
were posted, patients' payments from when they were entered. Asking a second payer adds no charge: it is the same one.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext

from courses.billing.balances import postings
from courses.billing.books.account import sign_of
from courses.billing.books.day_sheet import Kind, Movement, Position
from courses.billing.postings import NOTHING, PATIENT
from courses.models import (
    BillingPaper,
    Claim,
    ClaimMembership,
    ClaimStep,
    PatientPayment,
    RemittanceAdjustment,
    RemittanceClaim,
)
from eecp_clinic.models import Clinic


def position(clinic: Clinic, before: datetime) -> Position:
    """All sums of what was posted before that moment, by the database."""
    posted = Q(remittance_claim__remittance__posted_at__lt=before, remittance_claim__claim__isnull=False)
    adjustments = RemittanceAdjustment.objects.filter(posted, remittance_claim__remittance__clinic=clinic)
    paid = RemittanceClaim.objects.filter(
        remittance__clinic=clinic, remittance__posted_at__lt=before, claim__isnull=False
    )
    # Where a later payer has answered, its answer says what the patient owes (``later_payers``).
    counted = adjustments.exclude(_answered_later(clinic, before))
    to_patient = _sum(counted.filter(group=PATIENT), "amount")
    first, later = Q(remittance_claim__claim__rank=1), paid.filter(claim__rank__gt=1)
    return Position(
        charged=_charged(clinic, before),
        paid=_sum(paid, "paid"),
        adjusted=_sum(adjustments.filter(first), "amount") - _sum(later, "paid") - to_patient,
        to_patient=to_patient,
        invoiced=_invoiced(clinic, before),
        received=_received(clinic, before),
    )


def _answered_later(clinic: Clinic, before: datetime) -> Q:
    """Adjustments of claims of whose lines a later payer's answer stands at that moment; one query."""
    answers = RemittanceClaim.objects.filter(
        claim__rank__gt=1, remittance__clinic=clinic, remittance__posted_at__lt=before
    )
    count = Count("pk", filter=Q(is_reversal=False)) - Count("pk", filter=Q(is_reversal=True))
    standing = answers.order_by().values("claim").annotate(count=count).filter(count__gt=0)
    later = ClaimMembership.objects.filter(
        claim__in=standing.values("claim"),
        line__memberships__claim=OuterRef("remittance_claim__claim"),
        rank__gt=OuterRef("remittance_claim__claim__rank"),
    )
    return Q(Exists(later))


def _sum(rows: "QuerySet[RemittanceClaim] | QuerySet[RemittanceAdjustment]", field: str) -> Decimal:
    return rows.order_by().aggregate(all=Sum(field))["all"] or NOTHING


def _charged(clinic: Clinic, before: datetime) -> Decimal:
    members = ClaimMembership.objects.filter(claim__course__clinic=clinic, rank=1).order_by()
    own = ~Q(claim__frequency=Claim.Frequency.VOID)
    rejected = Claim.State.REJECTED
    turned_back = Q(
        claim__steps__to_state=rejected, claim__steps__at__lt=before, claim__sent_at__isnull=False
    )
    correction_turned_back = Q(
        claim__corrections__steps__to_state=rejected, claim__corrections__steps__at__lt=before
    )

    def charges(*what: Q) -> Decimal:
        return members.filter(*what).aggregate(all=Sum("charge"))["all"] or NOTHING

    return (
        charges(own, Q(claim__sent_at__lt=before))
        - charges(Q(claim__corrections__sent_at__lt=before))
        - charges(own, turned_back)
        + charges(correction_turned_back)
    )


def _invoiced(clinic: Clinic, before: datetime) -> Decimal:
    rows = BillingPaper.objects.of(clinic).filter(made_at__lt=before).order_by()

    def together(kind: str) -> Decimal:
        return rows.filter(kind=kind).aggregate(all=Sum("amount"))["all"] or NOTHING

    return together(BillingPaper.Kind.INVOICE) - together(BillingPaper.Kind.CREDIT)


def _received(clinic: Clinic, before: datetime) -> Decimal:
    rows = PatientPayment.objects.of(clinic).filter(recorded_at__lt=before).order_by()
    payment, refund = PatientPayment.Kind.PAYMENT, PatientPayment.Kind.REFUND

    def together(*what: Q) -> Decimal:
        return rows.filter(*what).aggregate(all=Sum("amount"))["all"] or NOTHING

    return (
        together(Q(kind=payment))
        - together(Q(kind=refund))
        - together(Q(withdraws__kind=payment))
        + together(Q(withdraws__kind=refund))
    )


def movements(clinic: Clinic, start: datetime, end: datetime) -> list[Movement]:
    """The single entries from ``start`` until before ``end``, in a fixed number of queries."""
    return [
        *_sent(clinic, start, end),
        *_turned_back(clinic, start, end),
        *_answered(clinic, start, end),
        *_papers(clinic, start, end),
        *_payments(clinic, start, end),
    ]


def _claims(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return claims.select_related("course__patient").prefetch_related("memberships", "original__memberships")


def _effect(claim: Claim) -> Decimal:
    """What sending a claim adds to the books: its own charges, less those of the claim that it corrects."""
    own = sum((member.charge for member in claim.memberships.all()), NOTHING)
    if claim.frequency == Claim.Frequency.VOID:
        own = NOTHING
    corrected = claim.original.memberships.all() if claim.original else ()
    return own - sum((member.charge for member in corrected), NOTHING)


def _sent(clinic: Clinic, start: datetime, end: datetime) -> Iterator[Movement]:
    sent = Claim.objects.of(clinic).filter(rank=1, sent_at__gte=start, sent_at__lt=end)
    for claim in _claims(sent).order_by("sent_at"):
        yield Movement(Kind.CHARGED, _effect(claim), claim.course.patient.board_name, claim.code)


def _turned_back(clinic: Clinic, start: datetime, end: datetime) -> Iterator[Movement]:
    steps = ClaimStep.objects.filter(
        claim__course__clinic=clinic,
        claim__sent_at__isnull=False,
        claim__rank=1,
        to_state=Claim.State.REJECTED,
        at__gte=start,
        at__lt=end,
    )
    for claim in _claims(Claim.objects.filter(pk__in=steps.values("claim"))):
        subject = gettext("%(name)s, rejected") % {"name": claim.course.patient.board_name}
        yield Movement(Kind.CHARGED, -_effect(claim), subject, claim.code)


def _answered(clinic: Clinic, start: datetime, end: datetime) -> Iterator[Movement]:
    found = postings(clinic=clinic, posted_from=start, posted_before=end)
    claims = Claim.objects.filter(pk__in={one.claim for one in found}).select_related("course__patient")
    by_key = {claim.pk: claim for claim in claims}
    for one in found:
        claim = by_key[one.claim]
        amounts = {Kind.PAID: one.paid, Kind.ADJUSTED: one.adjusted, Kind.TO_PATIENT: one.patient_owes}
        for kind, amount in amounts.items():
            if amount:
                yield Movement(kind, amount, claim.course.patient.board_name, claim.code)


def _papers(clinic: Clinic, start: datetime, end: datetime) -> Iterator[Movement]:
    kinds = (BillingPaper.Kind.INVOICE, BillingPaper.Kind.CREDIT)
    rows = BillingPaper.objects.of(clinic).filter(kind__in=kinds, made_at__gte=start, made_at__lt=end)
    for row in rows.select_related("patient"):
        sign = 1 if row.kind == BillingPaper.Kind.INVOICE else -1
        yield Movement(Kind.INVOICED, sign * (row.amount or NOTHING), row.patient.board_name, row.code)


def _payments(clinic: Clinic, start: datetime, end: datetime) -> Iterator[Movement]:
    rows = PatientPayment.objects.of(clinic).filter(recorded_at__gte=start, recorded_at__lt=end)
    for row in rows.select_related("course__patient", "withdraws"):
        amount = -sign_of(row) * row.amount
        yield Movement(Kind.RECEIVED, amount, row.course.patient.board_name, row.code)
