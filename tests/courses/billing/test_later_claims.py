"""Claims to the second payer: made from the first one's answer, told apart from what that payer passed on itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from courses.billing import asking
from courses.billing.balances import balances_of_claims, balances_of_lines
from courses.billing.books.account import statement_of
from courses.billing.books.day_sheet import day_sheet
from courses.billing.books.positions import movements, position
from courses.billing.claim_checking import paper_claim
from courses.billing.cms1500 import filling
from courses.billing.cms1500.paper import PaperRefusal
from courses.billing.services import discard_claim, post_remittance, replace_claim, void_claim
from courses.billing.services.claim_moving import Why, move
from courses.billing.services.later_claims import make_later_claim, next_coverage, not_passed_on
from courses.billing.worklist.attention import alarms
from courses.billing.worklist.worklist import Tab, claims_of, due_to_next, fees_of, sums_of
from courses.billing.x12.pretend_payer import Paid
from courses.claim_states import Event
from courses.models import Claim, ClaimMembership, PayerProfile, Remittance
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import User
from patients.models import Coverage, Payer
from tests import factories
from tests.courses.billing.answers_given import NOW, Answering, sent_claim
from tests.courses.billing.later_given import (
    LATER,
    MEDICARE_SAID,
    SUPPLEMENT_SAID,
    answer_of,
    answered_by_medicare,
    decided_as,
    reasons,
    second_coverage,
    sent_on,
)
from tests.courses.billing.x12.judge import complaints
from tests.courses.courses_given import Given

State = Claim.State


@pytest.fixture
def supplement(given: Given, biller: User) -> Coverage:
    return second_coverage(given, biller)


@pytest.fixture
def paid(given: Given, biller: User, supplement: Coverage) -> Claim:
    return answered_by_medicare(given, biller)


@pytest.fixture
def second(paid: Claim, biller: User) -> Claim:
    return make_later_claim(claim=paid, actor=biller, now=NOW)


def money(claim: Claim) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    lines = list(claim.memberships.values_list("line", flat=True))
    found = balances_of_lines(lines).values()
    return (
        sum((one.paid for one in found), Decimal(0)),
        sum((one.adjusted for one in found), Decimal(0)),
        sum((one.patient_owes for one in found), Decimal(0)),
        sum((one.open or Decimal(0) for one in found), Decimal(0)),
    )


def test_second_payer_is_told_what_the_first_answered(second: Claim, biller: User) -> None:
    assert (second.state, second.rank, second.payer.name) == (State.READY, 2, "Sample Supplement")
    content = sent_on(second, biller)
    assert complaints(content) == []
    assert b"SBR*S*18*******CI~" in content
    assert b"SBR*P*18*******MB~AMT*D*288~OI***Y***Y~" in content.replace(b"\n", b"")
    assert content.count(b"SVD*06102*96*HC:G0166**1~") == 3
    assert content.count(b"CAS*CO*45*30~CAS*PR*2*24~DTP*573*D8*20270104~AMT*EAF*24~") == 3


def test_second_answer_is_taken_from_what_the_patient_owed(paid: Claim, second: Claim, biller: User) -> None:
    sent_on(second, biller)
    answer_of(second, biller, decided_as(second, SUPPLEMENT_SAID, status="2"), LATER)
    second.refresh_from_db()
    assert second.state == State.PAID
    assert money(paid) == (Decimal(348), Decimal(90), Decimal(12), Decimal(0))
    own = balances_of_claims([second.pk])[second.pk]
    assert (own.paid, own.patient_owes, own.open) == (Decimal(60), Decimal(12), Decimal(0))


def test_patient_is_asked_only_once_the_next_payer_has_answered(
    given: Given, paid: Claim, biller: User
) -> None:
    """Before the next payer is asked, while it is asked, and when it has answered."""

    def stands() -> tuple[Decimal, Decimal]:
        statement = statement_of(given.course, LATER + timedelta(days=1))
        return statement.balance, statement.awaited

    assert stands() == (Decimal(0), Decimal(72))
    second = make_later_claim(claim=paid, actor=biller, now=NOW)
    sent_on(second, biller)
    assert stands() == (Decimal(0), Decimal(72))
    answer_of(second, biller, decided_as(second, SUPPLEMENT_SAID, status="2"), LATER)
    assert stands() == (Decimal(12), Decimal(0))


def test_second_answer_for_the_claim_as_a_whole_settles_each_line(
    paid: Claim, second: Claim, biller: User
) -> None:
    sent_on(second, biller)
    whole = Paid(status="2", whole=reasons(OA={"23": "378"}, PR={"3": "12"}))
    answer_of(second, biller, whole, LATER)
    assert money(paid) == (Decimal(348), Decimal(90), Decimal(12), Decimal(0))


def test_day_sheet_balances_on_the_day_of_the_second_answer(
    given: Given, paid: Claim, second: Claim, biller: User
) -> None:
    sent_on(second, biller)
    answer_of(second, biller, decided_as(second, SUPPLEMENT_SAID, status="2"), LATER)
    for start in (NOW, LATER):
        end = start + timedelta(hours=1)
        sheet = day_sheet(
            position(given.clinic, start), movements(given.clinic, start, end), position(given.clinic, end)
        )
        assert sheet.differences == ()
    assert sheet.closing.payers_owe == 0
    assert (sheet.closing.to_patient, sheet.day.to_patient) == (Decimal(12), Decimal(-60))
    assert sheet.closing.charged == Decimal(450)


def test_claim_that_the_first_payer_passed_on_is_kept_and_not_sent(
    given: Given, biller: User, supplement: Coverage
) -> None:
    claim = answered_by_medicare(given, biller, status="19", passed_on_to="SAMPLE SUPPLEMENT")
    [passed] = claim.later_claims.all()
    assert (passed.state, passed.passed_on, passed.rank) == (State.SENT, True, 2)
    assert "passed it on to SAMPLE SUPPLEMENT" in passed.note
    with pytest.raises(Conflict, match="asked already"):
        make_later_claim(claim=claim, actor=biller, now=NOW)
    assert not due_to_next(given.clinic).exists()
    with pytest.raises(Conflict, match="ask twice"):
        asking.claim_asked(asking.with_all(Claim.objects.filter(pk=passed.pk)).get())


def test_answer_to_what_was_passed_on_finds_it_by_the_first_claims_number(
    given: Given, biller: User, supplement: Coverage
) -> None:
    claim = answered_by_medicare(given, biller, remarks=("MA18",))
    answer_of(claim, biller, decided_as(claim, SUPPLEMENT_SAID, status="2"), LATER)
    [passed] = claim.later_claims.all()
    assert passed.state == State.PAID
    assert money(claim) == (Decimal(348), Decimal(90), Decimal(12), Decimal(0))


def test_second_payers_answer_that_nobody_expects_waits_for_a_person(given: Given, biller: User) -> None:
    claim = sent_claim(given, biller)
    answer_of(claim, biller, decided_as(claim, SUPPLEMENT_SAID, status="2"))
    found = Remittance.objects.get()
    assert found.posted_at is None
    assert [one["code"] for one in found.findings] == ["judged_as_later_payer"]


def test_what_did_not_arrive_is_asked_from_here(given: Given, biller: User, supplement: Coverage) -> None:
    claim = answered_by_medicare(given, biller, status="19")
    [passed] = claim.later_claims.all()
    with pytest.raises(InvalidInput, match="who said"):
        not_passed_on(claim=passed, reason=" ", actor=biller, now=NOW)
    not_passed_on(claim=passed, reason="Ms Sample of the payer, by phone", actor=biller, now=NOW)
    made = make_later_claim(claim=claim, actor=biller, now=NOW)
    assert (made.state, made.passed_on) == (State.READY, False)
    with pytest.raises(Conflict, match="passed on and not answered"):
        not_passed_on(claim=made, reason="Again", actor=biller, now=NOW)


def test_what_was_passed_on_and_not_answered_is_an_alarm_after_thirty_days(
    given: Given, biller: User, supplement: Coverage
) -> None:
    answered_by_medicare(given, biller, status="19")
    codes = [{one.code for one in alarms(given.clinic, NOW + timedelta(days=n))} for n in (29, 30)]
    assert ["passed_on_silent" in found for found in codes] == [False, True]


def test_nobody_is_asked_before_the_first_payer_has_answered(
    given: Given, biller: User, supplement: Coverage
) -> None:
    claim = sent_claim(given, biller)
    with pytest.raises(Conflict, match="Wait for its answer"):
        make_later_claim(claim=claim, actor=biller, now=NOW)


def test_second_payer_is_asked_once(paid: Claim, second: Claim, biller: User) -> None:
    with pytest.raises(Conflict, match=second.code):
        make_later_claim(claim=paid, actor=biller, now=NOW)
    discard_claim(claim=second, actor=biller, now=NOW)
    assert make_later_claim(claim=paid, actor=biller, now=NOW).state == State.READY


def test_database_holds_a_line_in_one_live_claim_a_payer(second: Claim, biller: User) -> None:
    member = second.memberships.order_by("position")[0]
    assert member.rank == 2
    other = Claim.objects.create(
        course=second.course,
        payer=second.payer,
        coverage=second.coverage,
        follows=second.follows,
        rank=2,
        made_by=biller,
        made_at=NOW,
        state_at=NOW,
    )
    member.pk, member.claim, member.rank = None, other, 1
    with pytest.raises(IntegrityError, match="one_live_claim_a_payer"), transaction.atomic():
        member.save(force_insert=True)


def test_without_another_coverage_nobody_is_next(given: Given, biller: User) -> None:
    claim = answered_by_medicare(given, biller)
    assert next_coverage(claim) is None
    with pytest.raises(Conflict, match="second coverage first"):
        make_later_claim(claim=claim, actor=biller, now=NOW)


def test_coverage_that_ended_within_the_days_is_not_next(
    given: Given, paid: Claim, supplement: Coverage
) -> None:
    last = paid.memberships.latest("service_date").service_date
    Coverage.objects.filter(pk=supplement.pk).update(ends_on=last - timedelta(days=1))
    assert next_coverage(paid) is None


def test_nurse_asks_no_payer(paid: Claim, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        make_later_claim(claim=paid, actor=nurse, now=NOW)


def test_medicare_as_second_payer_says_why_and_rests_on_a_signed_decision(
    given: Given, biller: User, supplement: Coverage
) -> None:
    """The same patient the other way round: an employer's plan first."""
    claim = answered_by_medicare(given, biller)
    Payer.objects.filter(pk=supplement.payer_id).update(kind=Payer.Kind.ORIGINAL_MEDICARE)
    PayerProfile.objects.filter(payer=supplement.payer_id).update(filing_code="MB")
    waits = make_later_claim(claim=claim, actor=biller, now=NOW)
    assert waits.state == State.DRAFT
    assert "Why Medicare pays second is not known" in waits.note
    assert "no signed decision" in waits.note
    discard_claim(claim=waits, actor=biller, now=NOW)
    Coverage.objects.filter(pk=supplement.pk).update(secondary_reason="12")
    first = given.course.order.assessment
    factories.make_assessment(given.course.patient, given.physician, coverage=supplement, supersedes=first)
    made = make_later_claim(claim=claim, actor=biller, now=NOW)
    assert "no signed decision" not in made.note
    whole = asking.claim_asked(asking.with_all(Claim.objects.filter(pk=made.pk)).get())
    assert (whole.subscriber.rank, whole.subscriber.insurance_type) == ("S", "12")


def test_payer_that_needs_an_approval_gets_no_claim_without_one(
    paid: Claim, supplement: Coverage, biller: User
) -> None:
    PayerProfile.objects.filter(payer=supplement.payer_id).update(needs_authorization=True)
    waits = make_later_claim(claim=paid, actor=biller, now=NOW)
    assert "needs an approval" in waits.note
    discard_claim(claim=waits, actor=biller, now=NOW)
    factories.make_authorization(supplement, number="SUP-1")
    made = make_later_claim(claim=paid, actor=biller, now=NOW)
    assert (made.state, made.authorization is not None) == (State.READY, True)


def test_second_payer_has_its_own_time_to_file(paid: Claim, supplement: Coverage, biller: User) -> None:
    PayerProfile.objects.filter(payer=supplement.payer_id).update(filing_months=1)
    late = make_later_claim(claim=paid, actor=biller, now=NOW + timedelta(days=60))
    assert "had to be asked by" in late.note


def test_answer_that_was_taken_back_is_no_ground_for_a_second_claim(
    paid: Claim, second: Claim, biller: User
) -> None:
    back = tuple((group, reason, f"-{amount}") for group, reason, amount in MEDICARE_SAID)
    answer_of(paid, biller, decided_as(paid, back, status="22"), LATER)
    for remittance in Remittance.objects.filter(posted_at__isnull=True):
        post_remittance(remittance=remittance, actor=biller, now=LATER, in_spite_of="Taken back")
    with pytest.raises(Conflict, match="took its answer back"):
        asking.claim_asked(asking.with_all(Claim.objects.filter(pk=second.pk)).get())


def test_first_claim_is_not_corrected_while_a_second_waits_to_be_sent(second: Claim, biller: User) -> None:
    first = second.follows
    assert first is not None
    with pytest.raises(Conflict, match="Discard it first"):
        void_claim(claim=first, reason="Wrong", actor=biller, now=NOW)


def test_second_claim_is_replaced_as_it_was_asked(second: Claim, biller: User) -> None:
    sent_on(second, biller)
    answer_of(second, biller, decided_as(second, SUPPLEMENT_SAID, status="2"), LATER)
    second.refresh_from_db()
    made = replace_claim(claim=second, reason="Wrong answer told", actor=biller, now=LATER)
    assert (made.rank, made.follows, made.frequency, made.state) == (2, second.follows, "7", State.READY)
    assert made.memberships.filter(live=True, rank=2).count() == 3


def test_form_shows_what_was_paid_before_in_box_29(second: Claim) -> None:
    whole = asking.with_all(Claim.objects.filter(pk=second.pk)).get()
    [page] = filling.pages(paper_claim(whole, NOW))
    texts = {key: text.strip() for key, text in page.texts.items()}
    assert (texts["29"], texts["11d Yes"]) == ("28800", "X")
    assert (texts["9a"], texts["9d"]) == (
        "1EG4TE5MK73",
        asking.claim_asked(whole).other_payers[0].name.upper(),
    )


def test_whole_answer_over_several_forms_is_refused_on_paper(
    given: Given, biller: User, supplement: Coverage
) -> None:
    claim = sent_claim(given, biller, 7)
    whole = Paid(whole=reasons(CO={"45": "210"}, PR={"2": "168"}))
    answer_of(claim, biller, whole)
    for remittance in Remittance.objects.filter(posted_at__isnull=True):
        post_remittance(remittance=remittance, actor=biller, now=NOW, in_spite_of="Answered as a whole")
    second = make_later_claim(claim=claim, actor=biller, now=NOW)
    asked = asking.with_all(Claim.objects.filter(pk=second.pk)).get()
    with pytest.raises(PaperRefusal, match="several forms"):
        filling.pages(paper_claim(asked, NOW))
    content = sent_on(second, biller)
    assert complaints(content) == []
    assert b"CAS*CO*45*210~CAS*PR*2*168~AMT*D*672~AMT*EAF*168~" in content.replace(b"\n", b"")


def test_worklist_lists_whom_to_ask_next_until_somebody_did(given: Given, paid: Claim, biller: User) -> None:
    fees = fees_of(given.clinic)
    assert list(claims_of(given.clinic, Tab.NEXT, None)) == [paid]
    assert sums_of(given.clinic, fees, None)[Tab.NEXT].count == 1
    second = make_later_claim(claim=paid, actor=biller, now=NOW)
    sums = sums_of(given.clinic, fees, None)
    assert (sums[Tab.NEXT].count, sums[Tab.DRAFT].count, sums[Tab.READY].count) == (0, 1, 0)
    sent_on(second, biller)
    Answering(second.files.get())
    assert sums_of(given.clinic, fees, None)[Tab.SENT].count == 1


def test_rejected_second_claim_waits_on_the_worklist(second: Claim, given: Given, biller: User) -> None:
    sent_on(second, biller)
    move(second, Event.REJECT, Why(now=NOW))
    assert list(claims_of(given.clinic, Tab.REJECTED, None)) == [second]
    assert ClaimMembership.objects.filter(claim=second.follows, live=True).count() == 3
