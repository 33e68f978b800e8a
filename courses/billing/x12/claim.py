"""One professional claim, as it is asked for. PURE."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from courses.billing.x12.parties import (
    Dependent,
    Facility,
    LineAdjudication,
    OtherPayer,
    Payer,
    Practitioner,
    Subscriber,
)

#: Service lines of one claim, diagnoses of one claim, modifiers and pointers of one line (005010X222A1).
MOST_LINES, MOST_DIAGNOSES, MOST_MODIFIERS, MOST_POINTERS = 50, 12, 4, 4


class Frequency(StrEnum):
    """CLM05-3: what the claim is to an earlier one."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One service. ``code`` is our own number of the line (REF 6R), which a remittance gives back.

    ``last_date``: the last of consecutive days that stand on one line; ``units`` is then their number. ``pointers``
    count diagnoses of the claim from 1. ``rendering`` and ``supervising`` only where they differ from the claim's.
    """

    code: str
    hcpcs: str
    charge: Decimal
    first_date: date
    last_date: date | None = None
    units: int = 1
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    place_of_service: str = ""
    rendering: Practitioner | None = None
    supervising: Practitioner | None = None
    adjudications: tuple[LineAdjudication, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``code`` is our own number (CLM01). ``original_reference``: the payer's number of the claim that a frequency
    7 or 8 corrects (REF F8). ``rendering`` None: the billing provider itself. ``signature_on_file``: the patient has
    signed that the clinic may send records and be paid directly (CLM08, CLM09; boxes 12 and 13).
    """

    code: str
    subscriber: Subscriber
    payer: Payer
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    place_of_service: str
    accepts_assignment: bool
    signature_on_file: bool
    patient: Dependent | None = None
    frequency: Frequency = Frequency.ORIGINAL
    original_reference: str = ""
    authorization: str = ""
    note: str = ""
    referring: Practitioner | None = None
    rendering: Practitioner | None = None
    facility: Facility | None = None
    supervising: Practitioner | None = None
    other_payers: tuple[OtherPayer, ...] = ()

    @property
    def total(self) -> Decimal:
        """What is asked for in all: the sum of the lines, which CLM02 must equal."""
        return sum((line.charge for line in self.lines), Decimal(0))
