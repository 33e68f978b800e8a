"""A plainly invented clinic, patient and claim; a test says what is different."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from courses.billing.x12.claim import Claim, Frequency, ServiceLine
from courses.billing.x12.claim_837p import Batch, write
from courses.billing.x12.parties import (
    Address,
    Adjustment,
    BillingProvider,
    Dependent,
    Facility,
    LineAdjudication,
    OtherPayer,
    Payer,
    Person,
    Practitioner,
    Rank,
    Receiver,
    Sex,
    Submitter,
    Subscriber,
)
from courses.billing.x12.segments import Envelope

ENVELOPE = Envelope(
    sender_qualifier="ZZ",
    sender_id="EXAMPLEHEART",
    receiver_qualifier="ZZ",
    receiver_id="EXAMPLECH",
    control_number=42,
    made_at=datetime(2026, 12, 4, 16, 5, tzinfo=ZoneInfo("America/Chicago")),
    is_test=True,
)
STREET = Address(street="1 Example Street", city="Sampleton", state="IL", postal_code="60000-0001")
BILLING = BillingProvider(
    name="Example Heart Clinic LLC",
    npi="1245319599",
    tax_id="36-0000000",
    taxonomy="207RC0000X",
    address=STREET,
)
SUBMITTER = Submitter(
    name="Example Heart Clinic LLC", id="EXAMPLEHEART", contact="Berta Sample", phone="555-010-0100"
)
RECEIVER = Receiver(name="Example Clearing House", id="EXAMPLECH")
PHYSICIAN = Practitioner(family_name="Sample", given_name="Paul", npi="1234567893", taxonomy="207RC0000X")
COLLEAGUE = Practitioner(family_name="Example", given_name="Cora", npi="1999999984")
PATIENT = Person(
    family_name="Sample",
    given_name="Joan",
    born=date(1951, 3, 4),
    sex=Sex.FEMALE,
    address=Address(street="2 Example Street", city="Sampleton", state="IL", postal_code="60000"),
)
SPOUSE = Person(
    family_name="Sample",
    given_name="Jon",
    born=date(1949, 8, 7),
    sex=Sex.MALE,
    address=Address(street="3 Example Street", city="Sampleton", state="IL", postal_code="60000"),
)
MEDICARE = Payer(name="Original Medicare", id="06102", filing_code="MB")
SUBSCRIBER = Subscriber(person=PATIENT, member_id="1EG4TE5MK73")
MONDAY = date(2026, 11, 30)


def a_line(index: int = 0, **fields: Any) -> ServiceLine:
    """The line of working day ``index``."""
    values: dict[str, Any] = {
        "code": f"line{index:02}",
        "hcpcs": "G0166",
        "charge": Decimal("150.00"),
        "first_date": MONDAY + timedelta(days=index + 2 * (index // 5)),
    }
    return ServiceLine(**values | fields)


def a_claim(sessions: int = 1, **fields: Any) -> Claim:
    values: dict[str, Any] = {
        "code": "claim23456",
        "subscriber": SUBSCRIBER,
        "payer": MEDICARE,
        "diagnoses": ("I25.118", "I20.89"),
        "lines": tuple(a_line(index) for index in range(sessions)),
        "place_of_service": "11",
        "accepts_assignment": True,
        "signature_on_file": True,
        "rendering": PHYSICIAN,
    }
    return Claim(**values | fields)


def a_batch(*claims: Claim, **fields: Any) -> Batch:
    batch = Batch(
        submitter=SUBMITTER,
        receiver=RECEIVER,
        billing=BILLING,
        claims=claims or (a_claim(),),
        reference="B42",
    )
    return replace(batch, **fields)


def segments_of(content: bytes) -> list[str]:
    return content.decode("ascii").removesuffix("~").split("~")


def written(claim: Claim, **fields: Any) -> list[str]:
    return segments_of(write(a_batch(claim, **fields), ENVELOPE))


def of_tag(segments: list[str], *tags: str) -> list[str]:
    """The segments that begin with one of these, such as ``NM1*82``."""
    return [segment for segment in segments if segment.startswith(tuple(f"{tag}*" for tag in tags))]


OTHER_PAYER = OtherPayer(
    rank=Rank.PRIMARY,
    name="Example Mutual",
    id="99999",
    filing_code="CI",
    member_id="AB123",
    subscriber=SPOUSE,
    relationship="01",
    paid=Decimal(100),
    paid_on=date(2026, 12, 20),
    adjustments=(Adjustment("CO", "45", Decimal(30)), Adjustment("PR", "2", Decimal(20))),
)


def a_secondary_replacement() -> Claim:
    """Everything at once: Medicare second, a replacement, two supervisors, another place, an authorization."""
    judged = LineAdjudication(
        payer_id="99999",
        paid=Decimal(100),
        paid_on=date(2026, 12, 20),
        adjustments=(Adjustment("CO", "45", Decimal(50)),),
    )
    return a_claim(
        subscriber=replace(SUBSCRIBER, rank=Rank.SECONDARY, insurance_type="12"),
        other_payers=(OTHER_PAYER,),
        frequency=Frequency.REPLACEMENT,
        original_reference="ICN 123",
        authorization="PA-1",
        note="Sessions 1 and 2",
        referring=COLLEAGUE,
        supervising=PHYSICIAN,
        facility=Facility(name="Example Annex", address=STREET, npi="1245319599"),
        lines=(
            a_line(0, rendering=COLLEAGUE, supervising=COLLEAGUE, adjudications=(judged,)),
            a_line(1, modifiers=("76",), pointers=(2, 1), place_of_service="49"),
        ),
    )


def a_grouped_claim_of_a_dependent() -> Claim:
    return a_claim(
        code="claim23457",
        payer=Payer(name="Example Mutual", id="99999", filing_code="CI"),
        subscriber=Subscriber(person=SPOUSE, member_id="AB123", group_number="GRP7"),
        patient=Dependent(person=PATIENT, relationship="01"),
        lines=(a_line(0, last_date=MONDAY + timedelta(days=4), units=5, charge=Decimal("750.50")),),
    )
