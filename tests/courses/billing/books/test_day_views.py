"""The day sheet of real claims, answers, invoices and payments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.billing.books.day_sheet import DaySheet, day_sheet
from courses.billing.books.day_views import counts_of
from courses.billing.books.month import midnight
from courses.billing.books.payer_money import payer_money
from courses.billing.books.positions import movements, position
from courses.billing.services import record_payment, refresh_line, withdraw_payment
from courses.billing.services.deposits import enter_deposit
from courses.models import Claim, ClaimStep, RemittanceClaim
from eecp_clinic.models import Clinic, User
from tests.conftest import client_of
from tests.courses.billing.billing_given import make_line
from tests.courses.billing.books.money_given import ADJUSTED, LEFT, PAID, posted, sent_claim, usd
from tests.courses.courses_given import FIRST_HOUR, Given

SENT = FIRST_HOUR + timedelta(days=7)
ANSWERED = FIRST_HOUR + timedelta(days=14)


def sheet_of(clinic: Clinic, day: date) -> DaySheet:
    start, end = midnight(day, clinic), midnight(day + timedelta(days=1), clinic)
    return day_sheet(
        position(clinic, start),
        movements(clinic, start, end),
        position(clinic, end),
        others=payer_money(clinic, start, end).differences,
    )


@pytest.fixture
def claim(given: Given, biller: User) -> Claim:
    return sent_claim(given, biller, make_line(given, 0), make_line(given, 1), at=SENT)


def test_charges_stand_in_the_books_from_the_day_on_which_the_claim_was_sent(
    given: Given, claim: Claim
) -> None:
    before, of_it, after = (sheet_of(given.clinic, SENT.date() + timedelta(days=n)) for n in (-1, 0, 1))
    assert before.closing.payers_owe == 0
    assert (of_it.opening.payers_owe, of_it.day.charged, of_it.closing.payers_owe) == usd(0, 300, 300)
    assert after.opening.payers_owe == 300
    assert not after.movements
    assert before.balances and of_it.balances and after.balances


def test_answer_pays_adjusts_and_leaves_the_rest_to_the_patient(
    given: Given, claim: Claim, biller: User
) -> None:
    line = claim.memberships.order_by("position")[0].line
    posted(given, biller, claim, line, at=ANSWERED)
    sheet = sheet_of(given.clinic, ANSWERED.date())
    assert sheet.balances
    assert (sheet.day.paid, sheet.day.adjusted, sheet.day.to_patient) == (PAID, ADJUSTED, LEFT)
    assert (sheet.closing.payers_owe, sheet.closing.patients_owe) == (Decimal("150.00"), LEFT)


def test_answer_that_was_read_and_not_posted_changes_nothing(
    given: Given, claim: Claim, biller: User
) -> None:
    remittance = posted(given, biller, claim, claim.memberships.order_by("position")[0].line, at=ANSWERED)
    remittance.posted_at = remittance.posted_by = None
    remittance.save()
    assert sheet_of(given.clinic, ANSWERED.date()).movements == ()


def test_claim_of_the_answer_that_does_not_add_up_is_named(given: Given, claim: Claim, biller: User) -> None:
    posted(given, biller, claim, claim.memberships.order_by("position")[0].line, at=ANSWERED)
    RemittanceClaim.objects.update(paid=Decimal("90.00"))
    sheet = sheet_of(given.clinic, ANSWERED.date())
    named = {one.what: one.amount for one in sheet.differences}
    assert named["Payments of payers"] == Decimal("-6.00")
    assert any(what.endswith("against its claims") for what in named)


def test_money_for_a_claim_that_is_not_ours_is_named(given: Given, claim: Claim, biller: User) -> None:
    posted(given, biller, claim, claim.memberships.order_by("position")[0].line, at=ANSWERED)
    RemittanceClaim.objects.update(claim=None)
    (difference,) = sheet_of(given.clinic, ANSWERED.date()).differences
    assert (difference.amount, "not ours" in difference.what) == (PAID, True)


def test_rejected_claim_takes_its_charges_out_again(given: Given, claim: Claim) -> None:
    ClaimStep.objects.create(
        claim=claim, event="be rejected", from_state="sent", to_state="rejected", at=ANSWERED
    )
    sheet = sheet_of(given.clinic, ANSWERED.date())
    assert (sheet.day.charged, sheet.closing.payers_owe) == usd(-300, 0)
    assert sheet.balances


@pytest.mark.parametrize(("frequency", "left"), [("7", 150), ("8", 0)])
def test_correction_takes_the_place_of_what_it_corrects(
    given: Given, biller: User, frequency: str, left: int
) -> None:
    line = make_line(given)
    first = sent_claim(given, biller, line, at=SENT)
    first.memberships.update(live=False)
    sent_claim(given, biller, line, at=ANSWERED, frequency=frequency, original=first)
    sheet = sheet_of(given.clinic, ANSWERED.date())
    assert (sheet.opening.payers_owe, sheet.closing.payers_owe) == usd(150, left)
    assert sheet.balances


def test_rejected_correction_puts_its_original_back(given: Given, biller: User) -> None:
    line = make_line(given)
    first = sent_claim(given, biller, line, at=SENT)
    first.memberships.update(live=False)
    void = sent_claim(given, biller, line, at=SENT, frequency="8", original=first)
    ClaimStep.objects.create(
        claim=void, event="be rejected", from_state="sent", to_state="rejected", at=ANSWERED
    )
    sheet = sheet_of(given.clinic, ANSWERED.date())
    assert (sheet.opening.payers_owe, sheet.closing.payers_owe) == usd(0, 150)
    assert sheet.balances


def test_payment_of_the_patient_counts_when_it_is_entered_and_a_withdrawal_undoes_it(
    given: Given, biller: User
) -> None:
    values = {"kind": "payment", "amount": Decimal(24), "received_on": SENT.date(), "method": "card"}
    payment = record_payment(course=given.course, values=values, actor=biller, now=ANSWERED)
    assert sheet_of(given.clinic, SENT.date()).movements == ()
    entered = sheet_of(given.clinic, ANSWERED.date())
    assert (entered.day.received, entered.closing.patients_owe) == usd(24, -24)
    assert entered.balances
    later = ANSWERED + timedelta(days=1)
    withdraw_payment(payment=payment, reason="Typed twice", actor=biller, now=later)
    undone = sheet_of(given.clinic, later.date())
    assert (undone.day.received, undone.closing.patients_owe) == usd(-24, 0)
    assert undone.balances


def test_sessions_of_the_day_say_how_far_each_came(given: Given, biller: User) -> None:
    make_line(given, 0)
    counts = counts_of(given.clinic, FIRST_HOUR.date())
    assert (counts.given, counts.signed, counts.billable, counts.claimed) == (1, 1, 1, 0)
    assert [row["why"] for row in counts.left] == ["Ready, in no claim that was sent"]
    given.session(1, signed=False)
    assert [row["why"] for row in counts_of(given.clinic, date(2026, 12, 1)).left] == ["Not signed"]
    refresh_line(session=given.session(2, recording=None), now=ANSWERED)
    (blocked,) = counts_of(given.clinic, date(2026, 12, 2)).left
    assert "recording" in blocked["why"].lower()


def test_claimed_session_is_not_left(given: Given, claim: Claim) -> None:
    counts = counts_of(given.clinic, FIRST_HOUR.date())
    assert (counts.claimed, counts.left) == (1, ())


def test_another_clinics_books_are_its_own(claim: Claim, outsider_client: Client) -> None:
    page = outsider_client.get(reverse("courses:day-sheet"), {"day": "2026-12-07"}).content.decode()
    assert "Nothing was posted" in page
    assert claim.code.upper() not in page


def test_page_says_that_it_balances(given: Given, claim: Claim, biller_client: Client) -> None:
    page = biller_client.get(reverse("courses:day-sheet"), {"day": "2026-12-07"}).content.decode()
    assert "It balances" in page
    assert claim.code.upper() in page


def test_day_that_is_none_is_refused(biller_client: Client) -> None:
    assert biller_client.get(reverse("courses:day-sheet"), {"day": "yesterday"}).status_code == 422


def test_sheet_costs_the_same_queries_for_one_claim_as_for_three(
    given: Given, biller: User, biller_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            biller_client.get(reverse("courses:day-sheet"), {"day": ANSWERED.date().isoformat()})
        return len(seen)

    def one_more(index: int) -> None:
        line = make_line(given, index)
        found = sent_claim(given, biller, line, at=ANSWERED)
        posted(given, biller, found, line, at=ANSWERED)

    one_more(0)
    queries()
    before = queries()
    one_more(1)
    one_more(2)
    assert queries() == before


@pytest.mark.parametrize(
    ("reason", "words", "amount", "paid"),
    [
        ("WO", "An overpayment taken back.", "20.00", "76.00"),
        ("E3", "Withheld.", "6.00", "90.00"),
        ("L6", "Interest owed to the clinic.", "-1.00", "97.00"),
    ],
)
def test_what_a_payer_keeps_back_or_adds_is_named_and_the_day_balances(
    given: Given, claim: Claim, biller: User, reason: str, words: str, amount: str, paid: str
) -> None:
    line = claim.memberships.order_by("position")[0].line
    beside = [{"reason": reason, "reference": "OLD1", "amount": amount}]
    posted(given, biller, claim, line, at=ANSWERED, amount=Decimal(paid), provider_adjustments=beside)
    sheet = sheet_of(given.clinic, ANSWERED.date())
    assert sheet.balances
    page = client_of(biller).get(reverse("courses:day-sheet"), {"day": ANSWERED.date().isoformat()})
    assert words in page.content.decode()
    assert page.context["money"].paid == Decimal(paid)


def test_reason_that_our_list_does_not_know_stays_a_difference(
    given: Given, claim: Claim, biller: User
) -> None:
    line = claim.memberships.order_by("position")[0].line
    beside = [{"reason": "ZZ", "reference": "OLD1", "amount": "6.00"}]
    posted(given, biller, claim, line, at=ANSWERED, amount=Decimal(90), provider_adjustments=beside)
    [named] = sheet_of(given.clinic, ANSWERED.date()).differences
    assert (named.amount, "ZZ OLD1" in named.what) == (Decimal("-6.00"), True)


@pytest.mark.parametrize(("banked", "balances"), [("76.00", True), ("75.00", False)])
def test_deposit_of_the_day_is_held_against_its_payments(
    given: Given, claim: Claim, biller: User, banked: str, balances: bool
) -> None:
    line = claim.memberships.order_by("position")[0].line
    beside = [{"reason": "WO", "reference": "OLD1", "amount": "20.00"}]
    paid = posted(given, biller, claim, line, at=ANSWERED, amount=Decimal(76), provider_adjustments=beside)
    enter_deposit(
        clinic=given.clinic,
        banked_on=ANSWERED.date(),
        amount=Decimal(banked),
        reference="EFT 7",
        remittances=[paid.code],
        actor=biller,
        now=ANSWERED + timedelta(hours=1),
    )
    page = client_of(biller).get(reverse("courses:day-sheet"), {"day": ANSWERED.date().isoformat()})
    assert "EFT 7" in page.content.decode()
    assert page.context["sheet"].balances is balances
