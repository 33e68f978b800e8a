"""Professional claims as one 837P file, implementation 005010X222A1. PURE.

The same batch and envelope always give the same bytes: nothing is read from a clock, and control numbers come from
outside. A claim that cannot be written is refused with the field that mends it (``refusal_of`` asks for one claim, so
that one bad claim need not keep back the others).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from courses.billing.x12 import elements as x
from courses.billing.x12 import loops_claim
from courses.billing.x12 import loops_parties as parties
from courses.billing.x12.claim import Claim
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import BillingProvider, Receiver, Submitter
from courses.billing.x12.segments import Envelope, Segment, interchange, transaction

VERSION = "005010X222A1"
#: A receiver may refuse more in one ST (005010X222A1, section 1.3.2).
MOST_CLAIMS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Claims of one billing provider to one receiver. ``reference`` names the batch and comes back in a 277CA."""

    submitter: Submitter
    receiver: Receiver
    billing: BillingProvider
    claims: tuple[Claim, ...]
    reference: str


def write(batch: Batch, envelope: Envelope) -> bytes:
    """The file, ASCII, without line breaks. Raises X12Refusal."""
    if not 1 <= len(batch.claims) <= MOST_CLAIMS:
        raise X12Refusal("Claims", f"A file has 1 to {MOST_CLAIMS} claims, not {len(batch.claims)}.")
    codes = [claim.code for claim in batch.claims]
    if len(set(codes)) != len(codes):
        raise X12Refusal("Claims", "One claim stands twice in the file. Take one of them out.")
    return interchange(envelope, "HC", VERSION, [transaction("837", VERSION, 1, _body(batch, envelope))])


def refusal_of(claim: Claim) -> X12Refusal | None:
    """Why this claim cannot be written, or None."""
    try:
        for _ in _claim(claim, 2):
            pass
    except X12Refusal as refusal:
        return refusal
    return None


def _body(batch: Batch, envelope: Envelope) -> Iterator[Segment]:
    made = envelope.made_at
    reference = x.text("Batch number", batch.reference, 50)
    yield ("BHT", "0019", "00", reference, x.day(made), x.clock(made), "CH")
    yield from parties.submitter(batch.submitter)
    yield from parties.receiver(batch.receiver)
    yield ("HL", "1", "", "20", "1")
    yield from parties.taxonomy("BI", "Billing provider's taxonomy code", batch.billing.taxonomy)
    yield from parties.billing_provider(batch.billing)
    number = 2
    for claim in batch.claims:
        yield from _claim(claim, number)
        number += 1 if claim.patient is None else 2


def _claim(claim: Claim, number: int) -> Iterator[Segment]:
    """2000B and, where the patient is another than the subscriber, 2000C; ``number`` is that of the first HL."""
    is_patient = claim.patient is None
    yield ("HL", str(number), "1", "22", "0" if is_patient else "1")
    yield parties.insurance(claim.subscriber, claim.payer.filing_code, is_patient=is_patient)
    yield from parties.subscriber(claim.subscriber, is_patient=is_patient)
    yield from parties.payer(claim.payer)
    if claim.patient is not None:
        yield ("HL", str(number + 1), str(number), "23", "0")
        yield ("PAT", parties.dependents_relationship(claim.patient.relationship))
        yield from parties.dependent(claim.patient.person)
    yield from loops_claim.claim(claim)
