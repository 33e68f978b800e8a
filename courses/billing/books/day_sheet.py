"""One day of a clinic's books: opening and what was posted make the closing, or the difference is named. PURE.

Two accounts. What payers owe rises by charges that were sent, and falls by what they paid, by what was adjusted and by
what they left to patients. What patients owe rises by that and by invoices, and falls by what they paid. Opening and
closing come from sums over the whole record, the day's movements from its single entries: two ways that must meet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

from courses.billing.postings import NOTHING


class Kind(StrEnum):
    """What moves an account. The values are the fields of ``Position``."""

    CHARGED = "charged"
    PAID = "paid"
    ADJUSTED = "adjusted"
    TO_PATIENT = "to_patient"
    INVOICED = "invoiced"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Sums since the books began (USD), each as large as what was posted."""

    charged: Decimal = NOTHING
    paid: Decimal = NOTHING
    adjusted: Decimal = NOTHING
    to_patient: Decimal = NOTHING
    invoiced: Decimal = NOTHING
    received: Decimal = NOTHING

    @property
    def payers_owe(self) -> Decimal:
        return self.charged - self.paid - self.adjusted - self.to_patient

    @property
    def patients_owe(self) -> Decimal:
        return self.to_patient + self.invoiced - self.received

    @property
    def owed(self) -> Decimal:
        return self.payers_owe + self.patients_owe

    def plus(self, other: "Position") -> "Position":
        return Position(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )


@dataclass(frozen=True, slots=True)
class Movement:
    """One posted amount (USD) of the day; ``subject`` is whose it is, ``reference`` its number."""

    kind: Kind
    amount: Decimal
    subject: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that two ways of counting give differently, or money that is nobody's."""

    what: str
    counted: Decimal
    expected: Decimal

    @property
    def amount(self) -> Decimal:
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class DaySheet:
    opening: Position
    day: Position
    closing: Position
    movements: tuple[Movement, ...]
    differences: tuple[Difference, ...]

    @property
    def balances(self) -> bool:
        return not self.differences


#: What each sum is called where two ways give it differently.
SUMS = {
    Kind.CHARGED: "Charges sent to payers",
    Kind.PAID: "Payments of payers",
    Kind.ADJUSTED: "Adjustments",
    Kind.TO_PATIENT: "Left to patients",
    Kind.INVOICED: "Invoices to patients",
    Kind.RECEIVED: "Payments of patients",
}


def day_sheet(
    opening: Position,
    movements: Sequence[Movement],
    closing: Position,
    *,
    others: Iterable[Difference] = (),
) -> DaySheet:
    """The sheet, with every difference named; ``others`` are those found outside the two accounts."""
    day = Position(
        **{str(kind): sum((one.amount for one in movements if one.kind is kind), NOTHING) for kind in Kind}
    )
    expected = opening.plus(day)
    found = [
        Difference(what, counted=getattr(closing, str(kind)), expected=getattr(expected, str(kind)))
        for kind, what in SUMS.items()
    ]
    real = (one for one in (*found, *others) if one.amount)
    return DaySheet(opening, day, closing, tuple(movements), tuple(real))
