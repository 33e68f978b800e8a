"""From signed sessions to a file that a judge accepts, kept byte for byte; and what keeps it back."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from courses.billing.services import make_claim_file, mark_sent
from courses.models import (
    BillingProvider,
    Claim,
    ClaimFile,
    ControlNumbers,
    FeeSchedule,
    PayerProfile,
)
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from patients.models import Coverage, Document, Patient, Payer
from tests.courses.billing.billing_given import make_billing_provider, make_claim, make_line, make_profile
from tests.courses.billing.x12.judge import complaints
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=14)


@pytest.fixture
def claim(given: Given, biller: User) -> Claim:
    """Three sessions of a patient of Original Medicare, ready to send, with all that is needed."""
    patient = given.course.patient
    User.objects.filter(pk=given.physician.pk).update(npi="1234567893")
    make_billing_provider(given.clinic)
    made = make_claim(given, biller, *(make_line(given, n) for n in range(3)), state=Claim.State.READY)
    made.memberships.all().delete()
    for position, line in enumerate(made.course.sessions.order_by("number"), 1):
        made.memberships.create(
            line=line.claim_line,
            position=position,
            service_date=given.clinic.day_of(line.started_at or FIRST_HOUR),
            hcpcs="G0166",
            place_of_service="11",
            charge=Decimal("150.00"),
            supervisor=given.physician,
        )
    Payer.objects.filter(pk=made.payer_id).update(payer_id="06102")
    make_profile(made.payer, confirmed_by=biller, confirmed_at=FIRST_HOUR, production=True)
    schedule = FeeSchedule.objects.create(
        clinic=given.clinic,
        kind=FeeSchedule.Kind.CHARGE,
        year=2026,
        source="The clinic's list",
        sha256="0" * 64,
        imported_by=biller,
        imported_at=FIRST_HOUR,
    )
    schedule.rows.create(hcpcs="G0166", amount=Decimal(150))
    Document.objects.create(
        patient=patient,
        kind=Document.Kind.CONSENT,
        dated_on=date(2026, 11, 2),
        file="papers/consent.pdf",
        content_type="application/pdf",
        size=1000,
        pages=1,
        sha256="0" * 64,
        given_sha256="0" * 64,
        uploaded_by=biller,
        uploaded_at=FIRST_HOUR,
    )
    return Claim.objects.get(pk=made.pk)


def make(claim: Claim, actor: User, now: datetime = NOW) -> ClaimFile:
    return make_claim_file(claims=[claim], actor=actor, now=now)


def content_of(made: ClaimFile) -> bytes:
    with made.file.open() as file:
        content: bytes = file.read()
    return content


def test_three_signed_sessions_become_a_file_that_the_judge_accepts(claim: Claim, biller: User) -> None:
    made = make(claim, biller)
    content = content_of(made)
    assert complaints(content) == []
    assert content.count(b"SV1*HC:G0166*150*UN*1") == 3
    assert f"CLM*{claim.code.upper()}*450*".encode() in content
    assert b"NM1*82*1*" in content
    assert (made.sha256, made.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert list(made.claims.all()) == [claim]
    assert AuditEvent.objects.get(subject=f"claimfile:{made.code}").action == "claimfile.made"


def test_next_file_has_the_next_control_number(claim: Claim, biller: User) -> None:
    assert [make(claim, biller).control_number for _ in range(2)] == [1, 2]


def test_file_of_an_unproven_payer_says_that_it_is_a_test_and_sends_nothing(
    claim: Claim, biller: User
) -> None:
    PayerProfile.objects.update(production=False)
    made = make(claim, biller)
    mark_sent(file=made, way="download", actor=biller, now=NOW)
    claim.refresh_from_db()
    assert (made.is_test, content_of(made)[102:103], claim.state) == (True, b"T", Claim.State.READY)


def test_claims_are_sent_with_their_file_once(claim: Claim, biller: User) -> None:
    made = mark_sent(file=make(claim, biller), way="download", actor=biller, now=NOW)
    claim.refresh_from_db()
    assert (made.sent_at, claim.state, claim.sent_at) == (NOW, Claim.State.SENT, NOW)
    with pytest.raises(Conflict, match="sent already"):
        mark_sent(file=made, way="download", actor=biller, now=NOW)


def no_confirmation(claim: Claim) -> None:
    PayerProfile.objects.update(confirmed_by=None, confirmed_at=None)


def no_profile(claim: Claim) -> None:
    PayerProfile.objects.all().delete()


def paper(claim: Claim) -> None:
    PayerProfile.objects.update(form=PayerProfile.Form.PAPER)


def no_provider(claim: Claim) -> None:
    BillingProvider.objects.all().delete()


def not_ready(claim: Claim) -> None:
    Claim.objects.update(state=Claim.State.DRAFT)


def second_payer(claim: Claim) -> None:
    Coverage.objects.filter(pk=claim.coverage_id).update(priority=2)


def no_npi(claim: Claim) -> None:
    User.objects.update(npi="")


def no_consent(claim: Claim) -> None:
    Document.objects.update(
        withdrawn_at=NOW, withdrawn_reason="Wrong paper", withdrawn_by=Document.objects.get().uploaded_by
    )


def no_address(claim: Claim) -> None:
    Patient.objects.update(address="")


@pytest.mark.parametrize(
    ("spoil", "refusal", "said"),
    [
        (no_confirmation, Conflict, "Nobody has confirmed"),
        (no_profile, Conflict, "no profile"),
        (paper, Conflict, "takes paper"),
        (no_provider, Conflict, "In whose name"),
        (not_ready, Conflict, "not ready"),
        (second_payer, Conflict, "does not pay first"),
        (no_npi, Conflict, "NPI of"),
        (no_consent, InvalidInput, "Signature on file"),
        (no_address, InvalidInput, "Patient's street"),
    ],
)
def test_what_keeps_a_file_back_is_said_and_no_number_is_used(
    claim: Claim, biller: User, spoil: Callable[[Claim], None], refusal: type[Exception], said: str
) -> None:
    spoil(claim)
    fresh = Claim.objects.get(pk=claim.pk)
    with pytest.raises(refusal, match=said):
        make(fresh, biller)
    assert not ClaimFile.objects.exists()
    assert not ControlNumbers.objects.filter(last__gt=0).exists()


def test_nurse_makes_no_file_of_claims(claim: Claim, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        make(claim, nurse)


def test_empty_choice_is_refused(biller: User) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        make_claim_file(claims=[], actor=biller, now=NOW)
