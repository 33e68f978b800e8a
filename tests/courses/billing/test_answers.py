"""What a payer answers: read once, kept as it came, tied to claims and lines; states and balances follow."""

import hashlib
from decimal import Decimal

import pytest

from courses.billing.balances import balances_of_claims, balances_of_lines
from courses.billing.services import make_claims, post_remittance, take_answers
from courses.billing.services.answers import Taken
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.pretend_payer import Paid
from courses.billing.x12.remittance import ProviderAdjustment
from courses.models import Acknowledgement, Claim, ClaimFile, ClaimStatus, Remittance
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import User
from patients.models import Payer
from tests import factories
from tests.courses.billing.answers_given import NOW, Answering, decided, send, sent_claim
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.billing.money import usd
from tests.courses.courses_given import Given

State = Claim.State


@pytest.fixture
def claim(given: Given, biller: User) -> Claim:
    return sent_claim(given, biller)


@pytest.fixture
def payer(claim: Claim) -> Answering:
    return Answering(ClaimFile.objects.get())


def take(claim: Claim, content: bytes, actor: User | None = None) -> Taken:
    taken = take_answers(clinic=claim.course.clinic, content=content, actor=actor, now=NOW)
    claim.refresh_from_db()
    return taken


def test_accepted_claim_gets_the_payers_number_and_the_file_is_kept(
    claim: Claim, payer: Answering, biller: User
) -> None:
    content = payer.status()
    [found] = take(claim, content, biller).acknowledgements
    assert (claim.state, claim.payer_number[:5]) == (State.ACCEPTED, "PAYER")
    assert (found.kind, found.outcome, found.claim_file) == ("277CA", "accepted", ClaimFile.objects.get())
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    with found.file.open() as kept:
        assert kept.read() == content
    step = claim.steps.last()
    assert step is not None
    assert (step.event, step.acknowledgement, step.by) == ("accept", found, biller)


def test_rejected_claim_says_why_in_words_and_its_lines_are_free(
    claim: Claim, payer: Answering, biller: User
) -> None:
    taken = take(claim, payer.status(**{claim.code: StatusCode("A7", "562", "85")}))
    assert (claim.state, taken.acknowledgements[0].outcome) == (State.REJECTED, "rejected")
    assert "National Provider Identifier" in claim.note or "NPI" in claim.note
    lines = list(claim.memberships.values_list("line_id", flat=True))
    made = make_claims(clinic=claim.course.clinic, lines=lines, actor=biller, now=NOW)
    assert len(made.claims[0].memberships.all()) == 3


def test_form_that_was_taken_moves_nothing(claim: Claim, payer: Answering) -> None:
    [found] = take(claim, payer.syntax()).acknowledgements
    assert (found.kind, found.outcome, claim.state) == ("999", "accepted", State.SENT)
    assert found.findings == []


def test_form_that_was_refused_rejects_every_claim_with_the_segment(claim: Claim, payer: Answering) -> None:
    [found] = take(claim, payer.syntax(("IK3", "NM1", "12", "", "8"))).acknowledgements
    assert (found.outcome, claim.state) == ("rejected", State.REJECTED)
    assert "Segment NM1, number 12" in claim.note


def test_envelope_that_was_refused_rejects_every_claim(claim: Claim, payer: Answering) -> None:
    [found] = take(claim, payer.ta1("025")).acknowledgements
    assert (found.kind, claim.state, claim.note != "") == ("TA1", State.REJECTED, True)


def test_payment_that_balances_is_posted_by_itself(claim: Claim, payer: Answering) -> None:
    decision = decided(claim, ("CO", "45", "30"), ("PR", "2", "24"))
    [paid] = take(claim, payer.payment({claim.code: decision})).remittances
    assert (paid.findings, paid.posted_by, paid.posted_at, paid.amount) == ([], None, NOW, Decimal(288))
    assert claim.state == State.PAID
    found = balances_of_claims([claim.pk])[claim.pk]
    assert (found.asked, found.paid, found.adjusted, found.patient_owes, found.open) == usd(
        450, 288, 90, 72, 0
    )
    lines = [member.line_id for member in claim.memberships.all()]
    assert {one.patient_owes for one in balances_of_lines(lines).values()} == {24}


def test_test_payment_is_kept_and_never_posted_by_itself(claim: Claim, payer: Answering) -> None:
    content = payer.payment({claim.code: decided(claim, ("CO", "45", "30"), ("PR", "2", "24"))})
    isa = bytearray(content[:106])
    assert isa[102:103] == b"P"  # ISA15, of fixed width
    isa[102:103] = b"T"
    [paid] = take(claim, bytes(isa) + content[106:]).remittances
    assert (paid.posted_at, claim.state) == (None, State.SENT)
    assert [one["code"] for one in paid.findings] == ["is_test"]


def test_payment_with_something_taken_for_other_reasons_waits_for_a_biller(
    claim: Claim, payer: Answering, biller: User
) -> None:
    taken = [ProviderAdjustment("WO", "OLD", Decimal(50))]
    [paid] = take(claim, payer.payment(taken=taken)).remittances
    assert (paid.posted_at, claim.state, paid.amount) == (None, State.SENT, Decimal(400))
    assert not balances_of_claims([claim.pk])[claim.pk].answered
    post_remittance(remittance=paid, actor=biller, now=NOW)
    claim.refresh_from_db()
    assert claim.state == State.PAID
    with pytest.raises(Conflict, match="posted already"):
        post_remittance(remittance=paid, actor=biller, now=NOW)


def unbalanced(content: bytes) -> bytes:
    """The payer says that it moved a dollar more than its claims add up to."""
    assert b"BPR*I*450*" in content
    return content.replace(b"BPR*I*450*", b"BPR*I*451*")


def test_payment_that_does_not_balance_needs_a_reason(claim: Claim, payer: Answering, biller: User) -> None:
    [paid] = take(claim, unbalanced(payer.payment())).remittances
    assert paid.posted_at is None
    assert [one["code"] for one in paid.findings] == ["payment_total"]
    with pytest.raises(InvalidInput, match="all the same"):
        post_remittance(remittance=paid, actor=biller, now=NOW)
    post_remittance(remittance=paid, actor=biller, now=NOW, in_spite_of="The payer confirmed it by phone")
    paid.refresh_from_db()
    assert paid.findings[-1]["sentence"] == "The payer confirmed it by phone"


@pytest.mark.parametrize("status", ["4", "1"])
def test_claim_that_nobody_pays_is_denied_whatever_its_status(
    claim: Claim, payer: Answering, status: str
) -> None:
    take(claim, payer.payment({claim.code: decided(claim, ("CO", "50", "150"), status=status)}))
    assert claim.state == State.DENIED


def test_deductible_is_no_denial(claim: Claim, payer: Answering) -> None:
    take(claim, payer.payment({claim.code: decided(claim, ("PR", "1", "150"))}))
    assert claim.state == State.PAID
    assert balances_of_claims([claim.pk])[claim.pk].patient_owes == 450


def test_reversal_takes_back_what_was_paid_and_another_payment_counts(claim: Claim, payer: Answering) -> None:
    take(claim, payer.payment({claim.code: decided(claim, ("PR", "2", "30"))}))
    take(claim, payer.payment({claim.code: decided(claim, ("PR", "2", "-30"), status="22")}))
    found = balances_of_claims([claim.pk])[claim.pk]
    assert claim.state == State.ACCEPTED
    assert (found.paid, found.patient_owes, found.open) == usd(0, 0, 450)
    take(claim, payer.payment({claim.code: decided(claim, ("CO", "45", "50"))}))
    found = balances_of_claims([claim.pk])[claim.pk]
    assert claim.state == State.PAID
    assert (found.paid, found.adjusted, found.open) == usd(300, 150, 0)


def test_code_that_is_not_in_our_list_is_kept(claim: Claim, payer: Answering) -> None:
    [paid] = take(claim, payer.payment({claim.code: decided(claim, ("CO", "X99", "10"))})).remittances
    reasons = {one.reason for row in paid.claims.all() for one in row.adjustments.all()}
    assert reasons == {"X99"}


def test_same_bytes_again_are_read_already(claim: Claim, payer: Answering) -> None:
    for content in (payer.status(), payer.payment()):
        take(claim, content)
        with pytest.raises(Conflict, match="read already"):
            take(claim, content)
    assert (Acknowledgement.objects.count(), Remittance.objects.count()) == (1, 1)


def test_claim_that_we_do_not_know_is_kept_and_keeps_the_payment_back(claim: Claim, payer: Answering) -> None:
    strange = payer.payment().replace(claim.code.upper().encode(), b"NOTOURS99")
    [paid] = take(claim, strange).remittances
    assert (paid.posted_at, paid.claims.get().reference, paid.claims.get().claim) == (None, "NOTOURS99", None)
    assert "none of ours" in paid.findings[0]["sentence"]
    take(claim, payer.status().replace(claim.code.upper().encode(), b"NOTOURS99"))
    assert ClaimStatus.objects.get().claim is None
    assert claim.state == State.SENT


def test_line_whose_number_did_not_come_back_is_found_by_its_day(claim: Claim, payer: Answering) -> None:
    content = payer.payment()
    for code in claim.memberships.values_list("line__code", flat=True):
        content = content.replace(code.upper().encode(), b"LOST")
    [paid] = take(claim, content).remittances
    lines = [line.line for row in paid.claims.all() for line in row.lines.all()]
    assert lines == [member.line for member in claim.memberships.all()]


def test_answer_to_a_test_file_moves_nothing(given: Given, biller: User) -> None:
    make_billable(given, biller, production=False)
    file = send(given, biller, make_line(given))
    payer, claim = Answering(file), file.claims.get()
    take(claim, payer.status())
    assert (claim.state, claim.statuses.get().accepted) == (State.READY, True)


def test_two_answers_in_one_file_are_both_read(claim: Claim, payer: Answering) -> None:
    taken = take(claim, payer.syntax() + payer.status())
    assert [one.kind for one in taken.acknowledgements] == ["999", "277CA"]


def test_damaged_file_is_refused_with_the_segment_and_leaves_nothing(claim: Claim, payer: Answering) -> None:
    with pytest.raises(InvalidInput, match="Segment"):
        take(claim, payer.payment()[:-20])
    assert not Remittance.objects.exists()


def test_our_own_claims_are_no_answer(claim: Claim) -> None:
    with ClaimFile.objects.get().file.open() as sent, pytest.raises(InvalidInput, match="no TA1"):
        take(claim, sent.read())


def test_payment_is_the_payers_whose_claims_it_pays(claim: Claim, payer: Answering) -> None:
    assert take(claim, payer.payment()).remittances[0].payer == Payer.objects.get(pk=claim.payer_id)


def test_denied_line_among_paid_ones_leaves_the_claim_paid(claim: Claim, payer: Answering) -> None:
    whole = decided(claim, ("CO", "50", "150"))
    first = next(iter(whole.adjustments))
    take(claim, payer.payment({claim.code: Paid(adjustments={first: whole.adjustments[first]})}))
    assert claim.state == State.PAID


def test_nurse_reads_no_answers(claim: Claim, payer: Answering, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        take(claim, payer.status(), nurse)


def test_answer_of_another_clinic_moves_nothing_of_ours(claim: Claim, payer: Answering) -> None:
    elsewhere = factories.make_clinic(name="Elsewhere Example Clinic")
    take_answers(clinic=elsewhere, content=payer.status(), actor=None, now=NOW)
    claim.refresh_from_db()
    assert claim.state == State.SENT
