"""Who stands on a professional claim. PURE.

Values are as people enter them; they are checked and brought into X12's form where they are written.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str
    city: str
    state: str
    postal_code: str
    street_2: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Who makes the file and answers the telephone (1000A)."""

    name: str
    id: str
    contact: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who reads the file (1000B)."""

    name: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProvider:
    """Who is paid (2000A, 2010AA, and 2010AB where payments go elsewhere). ``tax_id_kind``: EI or SY."""

    name: str
    npi: str
    tax_id: str
    address: Address
    tax_id_kind: str = "EI"
    taxonomy: str = ""
    contact: str = ""
    phone: str = ""
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A person who rendered, supervised or referred."""

    family_name: str
    given_name: str
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """Where the service was given, where that is not the billing provider's address (2310C)."""

    name: str
    address: Address
    npi: str = ""


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Rank(StrEnum):
    """Who pays first (SBR01)."""

    PRIMARY = "P"
    SECONDARY = "S"
    TERTIARY = "T"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient or a subscriber; of a subscriber who is not the patient, birth and address may be unknown (None)."""

    family_name: str
    given_name: str
    born: date | None = None
    sex: Sex = Sex.UNKNOWN
    address: Address | None = None
    middle_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whom the claim is for (2010BB). ``filing_code`` is SBR09, such as MB for Medicare Part B."""

    name: str
    id: str
    filing_code: str
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Whose insurance it is (2000B, 2010BA). ``insurance_type`` (SBR05) says why Medicare is not primary."""

    person: Person
    member_id: str
    rank: Rank = Rank.PRIMARY
    group_number: str = ""
    insurance_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """The patient, where that is not the subscriber (2000C). ``relationship`` is PAT01: 01 spouse, 19 child..."""

    person: Person
    relationship: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why another payer did not pay an amount (CAS): group CO, PR, OA, PI or CR and a reason code."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayer:
    """Another insurance of the patient (2320, 2330), and what it has paid where it was asked first.

    ``paid`` None: it has not judged the claim. ``relationship``: of the patient to its ``subscriber`` (18 is self).
    ``patient_owes``: what it left to the patient, where it answered the claim as a whole and no line.
    """

    rank: Rank
    name: str
    id: str
    filing_code: str
    member_id: str
    subscriber: Person
    relationship: str = "18"
    group_number: str = ""
    insurance_type: str = ""
    paid: Decimal | None = None
    paid_on: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    patient_owes: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdjudication:
    """What another payer, named by its ``payer_id``, paid of one line and left to the patient (2430)."""

    payer_id: str
    paid: Decimal
    paid_on: date
    units: int = 1
    adjustments: tuple[Adjustment, ...] = ()
    patient_owes: Decimal | None = None
