"""A patient's statement: each session with what was charged, paid, adjusted and left to the patient. PURE.

What a payer has not answered is None, "Not known yet" on paper, and is in no sum: the balance is of what is known, and
says how many sessions it leaves out. What one payer left to the patient while the next is still asked is not asked for
either: it is told apart, and becomes less or due with that payer's answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from courses.billing.postings import NOTHING, Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One session that was given; money None where nobody has said it yet. ``self_paid``: no payer is asked.

    ``awaits``: the later payer that is still to answer, so that ``owes`` may become less.
    """

    number: int | None
    day: date
    code: str
    charge: Decimal | None
    paid: Decimal | None
    adjusted: Decimal | None
    owes: Decimal | None
    self_paid: bool = False
    awaits: str = ""

    @property
    def is_open(self) -> bool:
        return self.owes is None and not self.self_paid

    @property
    def due(self) -> Decimal | None:
        """What the patient is asked for now."""
        return None if self.awaits else self.owes


def service_of(
    number: int | None,
    day: date,
    code: str,
    balance: Balance | None,
    *,
    self_paid: bool,
    awaits: str = "",
) -> Service:
    """One session and how its line stands; ``balance`` None: it has no line yet."""
    known = balance is not None and balance.answered
    return Service(
        number=number,
        day=day,
        code=code,
        charge=balance.asked if balance else None,
        paid=balance.paid if balance and known else None,
        adjusted=balance.adjusted if balance and known else None,
        owes=balance.patient_owes if balance and known else None,
        self_paid=self_paid,
        # A patient who owes nothing of a session waits for nobody.
        awaits=awaits if balance and known and balance.patient_owes else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something between clinic and patient alone: an invoice raises what is owed, a payment lowers it."""

    day: date
    what: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    services: tuple[Service, ...]
    entries: tuple[Entry, ...] = field(default=())

    @property
    def charged(self) -> Decimal:
        return _sum([one.charge for one in self.services])

    @property
    def paid(self) -> Decimal:
        return _sum([one.paid for one in self.services])

    @property
    def adjusted(self) -> Decimal:
        return _sum([one.adjusted for one in self.services])

    @property
    def owed_of_services(self) -> Decimal:
        """What is due; what waits for the next payer is not."""
        return _sum([one.due for one in self.services])

    @property
    def awaited(self) -> Decimal:
        """What the patient may owe, once the next payer has answered."""
        return _sum([one.owes for one in self.services if one.awaits])

    @property
    def awaited_payers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.awaits for one in self.services if one.awaits))

    @property
    def entered(self) -> Decimal:
        return _sum([one.amount for one in self.entries])

    @property
    def balance(self) -> Decimal:
        """What the patient owes of what is known; below 0 the clinic owes the patient."""
        return self.owed_of_services + self.entered

    @property
    def owed(self) -> Decimal:
        """The same without its sign, beside words that say who owes whom."""
        return abs(self.balance)

    @property
    def not_known(self) -> int:
        """How many sessions wait for a payer's answer."""
        return sum(one.is_open for one in self.services)


def _sum(amounts: Sequence[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), NOTHING)
