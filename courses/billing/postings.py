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
#: CARC 23 under OA: what a payer before this one has paid or adjusted.
PAID_BEFORE = ("OA", "23")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment: whose it is, why, how much (USD)."""

    group: str
    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer changes of a line that several payers answered (USD): ``later_payers`` works it out."""

    adjusted: Decimal
    patient_owes: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What one posted answer says of one line, by its key; ``line`` None: adjustments of the claim as a whole, or of a
    service that is none of our lines. ``answer`` is the key of the claim within its remittance, ``posted_at`` when it
    went into the books, ``paid_on`` the payer's day. ``effect`` None: what it says is what it changes.
    """

    claim: int
    line: int | None
    remittance: int
    answer: int
    posted_at: datetime
    paid_on: date | None
    charge: Decimal
    paid: Decimal
    reasons: tuple[Reason, ...] = ()
    allowed: Decimal | None = None
    remarks: tuple[str, ...] = ()
    is_reversal: bool = False
    effect: Effect | None = None

    @property
    def said_owed(self) -> Decimal:
        """What this answer leaves to the patient, as it stands there."""
        return sum((one.amount for one in self.reasons if one.group == PATIENT), NOTHING)

    @property
    def said_adjusted(self) -> Decimal:
        """What it adjusts, as it stands there."""
        return sum((one.amount for one in self.reasons if one.group != PATIENT), NOTHING)

    @property
    def patient_owes(self) -> Decimal:
        return self.effect.patient_owes if self.effect else self.said_owed

    @property
    def adjusted(self) -> Decimal:
        return self.effect.adjusted if self.effect else self.said_adjusted

    @property
    def is_denied(self) -> bool:
        """Charged, and nobody pays it: neither this payer nor, by what it says, the patient or a payer before it."""
        settled_before = any((one.group, one.code) == PAID_BEFORE for one in self.reasons)
        return self.charge > 0 and self.paid == 0 and self.said_owed == 0 and not settled_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How a line or a claim stands (USD). ``asked`` None: it is asked of nobody. ``answered`` False: the payer has said
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
