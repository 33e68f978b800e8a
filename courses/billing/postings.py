"""What was posted to lines and claims, and how it adds up. PURE.

Amounts are in dollars and as the payer wrote them: a reversal is negative, so that sums come out right without
pairing it. Three things may become of what was asked: the payer pays it, the patient owes it (PR), or it is adjusted
(every other group: the clinic bears it, or another payer). What is left is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

NOTHING = Decimal(0)
PATIENT = "PR"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment: whose it is, why, how much (USD)."""

    group: str
    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What one posted answer says of one line, by its key; ``line`` None: adjustments of the claim as a whole, or of a
    service that is none of our lines. ``posted_at`` is when it went into the books, ``paid_on`` the payer's day.
    """

    claim: int
    line: int | None
    remittance: int
    posted_at: datetime
    paid_on: date | None
    charge: Decimal
    paid: Decimal
    reasons: tuple[Reason, ...] = ()
    allowed: Decimal | None = None
    remarks: tuple[str, ...] = ()
    is_reversal: bool = False

    @property
    def patient_owes(self) -> Decimal:
        return sum((one.amount for one in self.reasons if one.group == PATIENT), NOTHING)

    @property
    def adjusted(self) -> Decimal:
        return sum((one.amount for one in self.reasons if one.group != PATIENT), NOTHING)

    @property
    def is_denied(self) -> bool:
        """Charged, and neither paid nor left to the patient: nobody pays it."""
        return self.charge > 0 and self.paid == 0 and self.patient_owes == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How a line or a claim stands (USD). ``asked`` None: it was never sent. ``answered`` False: the payer has said
    nothing yet, so that what it pays and what the patient owes are not known.
    """

    asked: Decimal | None
    paid: Decimal = NOTHING
    adjusted: Decimal = NOTHING
    patient_owes: Decimal = NOTHING
    answered: bool = False

    @property
    def open(self) -> Decimal | None:
        """What nobody has paid, adjusted or been told to pay."""
        if self.asked is None:
            return None
        return self.asked - self.paid - self.adjusted - self.patient_owes


def balance(asked: Decimal | None, postings: Iterable[Posting]) -> Balance:
    """The sum of what was posted; a payment that was taken back whole leaves the line unanswered."""
    found = list(postings)
    paid, adjusted, owes = (
        sum((one.paid for one in found), NOTHING),
        sum((one.adjusted for one in found), NOTHING),
        sum((one.patient_owes for one in found), NOTHING),
    )
    answered = sum(-1 if one.is_reversal else 1 for one in found if one.line is not None or one.charge) > 0
    return Balance(asked=asked, paid=paid, adjusted=adjusted, patient_owes=owes, answered=answered)


def total(balances: Iterable[Balance]) -> Balance:
    """All together; what was never sent asks for nothing."""
    found = list(balances)
    return Balance(
        asked=sum((one.asked or NOTHING for one in found), NOTHING),
        paid=sum((one.paid for one in found), NOTHING),
        adjusted=sum((one.adjusted for one in found), NOTHING),
        patient_owes=sum((one.patient_owes for one in found), NOTHING),
        answered=any(one.answered for one in found),
    )


def shares(amount: Decimal, count: int) -> tuple[Decimal, ...]:
    """An amount of ``count`` days in whole cents, the last one taking what does not divide."""
    if count < 1:
        raise ValueError("An amount is shared by at least one day.")
    each = (amount / count).quantize(_CENT)
    return (*(each for _ in range(count - 1)), amount - each * (count - 1))


def by_line(postings: Iterable[Posting]) -> Mapping[int, Sequence[Posting]]:
    """Those of lines, by the line's key."""
    found: dict[int, list[Posting]] = {}
    for one in postings:
        if one.line is not None:
            found.setdefault(one.line, []).append(one)
    return found
