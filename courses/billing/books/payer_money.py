"""Payers' money of a day: what was posted, what was kept back or added beside it, and what the bank showed.

A payment moves what its claims were paid, less what the payer keeps back (PLB): an overpayment taken back, money withheld,
a balance carried on. Interest is added. Each is named in words, so that deposit, payment and claims are one sum; a reason
that our list of codes does not know stays a difference, for a person to look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext

from courses.billing.books.day_sheet import Difference
from courses.billing.payer_codes import packaged_codes
from courses.billing.postings import NOTHING
from courses.billing.x12.remittance import ProviderAdjustment
from courses.models import Deposit, Remittance
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class Beside:
    """One amount (USD) beside the claims of a payment: kept back where ``amount`` is above 0, else added."""

    payment: Remittance
    code: str
    words: str
    reference: str
    amount: Decimal
    is_known: bool

    @property
    def change(self) -> Decimal:
        """What it does to the payment."""
        return -self.amount


@dataclass(frozen=True, slots=True)
class PayerMoney:
    """Of the payments posted that day: ``claims`` of ours, ``strangers`` of nobody's, ``beside`` them, ``paid`` in all."""

    claims: Decimal
    strangers: Decimal
    beside: tuple[Beside, ...]
    paid: Decimal
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class BankLine:
    """A deposit on the bank's statement, and what its payments add up to (USD)."""

    deposit: Deposit
    told: Decimal

    @property
    def difference(self) -> Decimal:
        return self.deposit.amount - self.told


def beside(payment: Remittance) -> list[Beside]:
    """What the payer kept back from a payment, or added, in words."""
    book = packaged_codes()
    found = []
    for one in payment.provider_adjustments:
        read = ProviderAdjustment(one["reason"], one["reference"], Decimal(str(one["amount"])))
        meaning = book.provider_adjustment(read)
        found.append(
            Beside(payment, meaning.code, meaning.words, read.reference, read.amount, meaning.is_known)
        )
    return found


def payer_money(clinic: Clinic, start: datetime, end: datetime) -> PayerMoney:
    """The payments posted from ``start`` until before ``end``, in two queries."""
    rows = Remittance.objects.of(clinic).filter(posted_at__gte=start, posted_at__lt=end)
    payments = list(rows.prefetch_related("claims").order_by("posted_at", "pk"))
    return PayerMoney(
        claims=sum((_claims(one, ours=True) for one in payments), NOTHING),
        strangers=sum((_claims(one, ours=False) for one in payments), NOTHING),
        beside=tuple(found for one in payments for found in beside(one)),
        paid=sum((one.amount for one in payments), NOTHING),
        differences=tuple(found for one in payments for found in _differences(one)),
    )


def _claims(payment: Remittance, *, ours: bool) -> Decimal:
    return sum((one.paid for one in payment.claims.all() if (one.claim_id is not None) is ours), NOTHING)


def _differences(payment: Remittance) -> Iterator[Difference]:
    known, unknown = _claims(payment, ours=True), _claims(payment, ours=False)
    name = {"number": payment.trace_number}
    if unknown:
        what = gettext("Payment %(number)s: for claims that are not ours to find") % name
        yield Difference(what, counted=unknown, expected=NOTHING)
    found = beside(payment)
    for one in found:
        if not one.is_known:
            what = gettext("Payment %(number)s: for a reason that is not known, %(code)s %(reference)s")
            yield Difference(
                what % {**name, "code": one.code, "reference": one.reference},
                counted=one.change,
                expected=NOTHING,
            )
    kept = sum((one.amount for one in found), NOTHING)
    what = gettext("Payment %(number)s: against its claims and what was kept back") % name
    yield Difference(what, counted=payment.amount, expected=known + unknown - kept)


def bank_lines(clinic: Clinic, day: date) -> list[BankLine]:
    """Deposits that the bank's statement shows on that day, without those that were withdrawn."""
    rows = (
        Deposit.objects.of(clinic).standing().filter(banked_on=day).annotate(told=Sum("remittances__amount"))
    )
    return [
        BankLine(deposit=row, told=row.told or NOTHING)
        for row in rows.prefetch_related("remittances").order_by("entered_at", "pk")
    ]


def bank_differences(lines: Sequence[BankLine]) -> Iterator[Difference]:
    """A deposit that is not what its payments add up to."""
    for one in lines:
        what = gettext("Deposit %(reference)s: the bank's statement against its payments")
        yield Difference(
            what % {"reference": one.deposit.reference or one.deposit.code},
            counted=one.deposit.amount,
            expected=one.told,
        )
