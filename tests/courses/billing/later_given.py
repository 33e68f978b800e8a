"""A patient with a second insurance, and the answers of both payers."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from courses.billing.services import make_claim_file, mark_sent, take_answers
from courses.billing.x12.pretend_payer import Paid
from courses.billing.x12.remittance import Adjustment
from courses.models import Claim
from eecp_clinic.models import User
from patients.models import Coverage, Payer
from tests import factories
from tests.courses.billing.answers_given import NOW, Answering, decided, sent_claim
from tests.courses.billing.billing_given import make_profile
from tests.courses.courses_given import FIRST_HOUR, Given

#: Medicare's answer to each line of 150 USD: 96 paid, 30 written off, 24 left to the patient.
MEDICARE_SAID = (("CO", "45", "30"), ("PR", "2", "24"))
#: And the second payer's: 20 paid, 4 left.
SUPPLEMENT_SAID = (("OA", "23", "126"), ("PR", "3", "4"))
LATER = NOW + timedelta(days=10)


def second_coverage(given: Given, biller: User, **profile: Any) -> Coverage:
    """A supplement that pays after Medicare, with a profile that somebody confirmed."""
    payer = Payer.objects.create(
        clinic=given.clinic, name="Sample Supplement", kind=Payer.Kind.COMMERCIAL, payer_id="EX002"
    )
    values: dict[str, Any] = {
        "filing_code": "CI",
        "refused_modifiers": ["GA"],
        "needs_authorization": False,
        "confirmed_by": biller,
        "confirmed_at": FIRST_HOUR,
        "production": True,
        "owner": biller,
    }
    make_profile(payer, **values | profile)
    return factories.make_coverage(given.course.patient, payer, priority=2, member_id="SUP123456")


def answered_by_medicare(given: Given, biller: User, sessions: int = 3, **answer: Any) -> Claim:
    """A claim that Medicare has paid, the payment posted."""
    claim = sent_claim(given, biller, sessions)
    answer_of(claim, biller, decided_as(claim, MEDICARE_SAID, **answer))
    claim.refresh_from_db()
    return claim


def decided_as(claim: Claim, said: tuple[tuple[str, str, str], ...], **answer: Any) -> Paid:
    plain = decided(claim, *said)
    return Paid(**{"status": plain.status, "adjustments": plain.adjustments} | answer)


def answer_of(claim: Claim, biller: User, decision: Paid, at: Any = NOW) -> None:
    """What the payer says of the claim in its newest file, read and, where all agrees, posted."""
    content = Answering(claim.files.latest("made_at")).payment({claim.code: decision})
    take_answers(clinic=claim.course.clinic, content=content, actor=biller, now=at)


def sent_on(claim: Claim, biller: User, at: Any = NOW) -> bytes:
    """The claim in a file of its own, handed over; the bytes that went out."""
    file = make_claim_file(claims=[claim], actor=biller, now=at)
    mark_sent(file=file, way="download", actor=biller, now=at)
    claim.refresh_from_db()
    with file.file.open() as opened:
        content: bytes = opened.read()
    return content


def reasons(**amounts: Mapping[str, str]) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(group, reason, Decimal(amount))
        for group, found in amounts.items()
        for reason, amount in found.items()
    )
