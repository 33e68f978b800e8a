"""A patient's account: statement, invoice, estimate and payments, on the page and on paper."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from courses.billing.books.account import statement_of
from courses.billing.books.papers import lay_out
from courses.billing.services import (
    cancel_invoice,
    import_fees,
    make_estimate,
    make_invoice,
    make_statement,
    record_payment,
    refresh_line,
    withdraw_payment,
)
from courses.models import BillingPaper, BillingProvider, BillingRules, PatientPayment
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.kept_files import read_kept
from eecp_clinic.models import AuditEvent, User
from patients.models import Coverage, Payer
from tests.courses.billing.billing_given import make_billing_provider, make_line
from tests.courses.billing.books.money_given import LEFT, posted, sent_claim
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=21)
FEES = b"year,code,amount\n2026,G0166,150.00\n"


@pytest.fixture
def provider(given: Given) -> BillingProvider:
    return make_billing_provider(given.clinic)


@pytest.fixture
def package(given: Given, biller: User) -> BillingRules:
    return BillingRules.objects.create(
        clinic=given.clinic,
        owner=biller,
        settled_at=FIRST_HOUR,
        effective_on=FIRST_HOUR.date(),
        reason="Price list",
        package_sessions=35,
        package_usd=Decimal("4200.00"),
        payment_terms="Due within 30 days.",
    )


@pytest.fixture
def pays_alone(given: Given) -> None:
    Payer.objects.update(kind=Payer.Kind.SELF_PAY)
    Coverage.objects.update(medicare_beneficiary=False)


def pages(paper: BillingPaper) -> int:
    """How many the file has that is kept, which is the one that was made."""
    with pikepdf.open(BytesIO(read_kept(paper.file.name, paper.sha256))) as pdf:
        assert len(pdf.pages) == paper.pages
        return len(pdf.pages)


def asked(**fields: Any) -> dict[str, Any]:
    return {
        "sessions": 35,
        "first_day": date(2026, 12, 21),
        "last_day": date(2027, 2, 9),
        "by_package": False,
        "separately": "",
    } | fields


def paid(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "payment",
        "amount": Decimal("24.00"),
        "received_on": FIRST_HOUR.date(),
        "method": "check",
        "reference": "101",
        "note": "",
    } | fields


def test_statement_adds_up_what_is_known_and_says_what_is_not(
    given: Given, provider: BillingProvider, biller: User
) -> None:
    first, second = make_line(given, 0), make_line(given, 1)
    claim = sent_claim(given, biller, first, second, at=FIRST_HOUR)
    posted(given, biller, claim, first, at=LATER - timedelta(days=1))
    record_payment(course=given.course, values=paid(amount=Decimal("10.00")), actor=biller, now=LATER)
    paper = make_statement(course=given.course, actor=biller, now=LATER)
    assert (paper.amount, paper.facts["not_known"]) == (LEFT - 10, 1)
    assert [one["owes"] for one in paper.facts["services"]] == ["24.00", None]
    assert pages(paper) == 1
    assert AuditEvent.objects.filter(action="billingpaper.made", actor=biller).exists()


def test_statement_of_another_moment_leaves_out_what_came_later(given: Given, biller: User) -> None:
    record_payment(course=given.course, values=paid(), actor=biller, now=LATER)
    assert statement_of(given.course, LATER - timedelta(seconds=1)).entries == ()
    assert len(statement_of(given.course, LATER).entries) == 1


def test_course_without_anything_has_no_statement(
    given: Given, provider: BillingProvider, biller: User
) -> None:
    with pytest.raises(Conflict, match="nothing to state"):
        make_statement(course=given.course, actor=biller, now=LATER)


def test_paper_needs_to_know_who_bills(given: Given, biller: User) -> None:
    given.session(0)
    with pytest.raises(Conflict, match="billing setup"):
        make_statement(course=given.course, actor=biller, now=LATER)


def test_nurse_makes_no_paper_about_money(given: Given, provider: BillingProvider, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        make_statement(course=given.course, actor=nurse, now=LATER)


def test_paper_is_final(given: Given, provider: BillingProvider, biller: User) -> None:
    given.session(0)
    make_statement(course=given.course, actor=biller, now=LATER)
    for statement in ("UPDATE courses_billingpaper SET amount = 1", "DELETE FROM courses_billingpaper"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_same_facts_give_the_same_bytes(
    given: Given, provider: BillingProvider, package: BillingRules, pays_alone: None, biller: User
) -> None:
    paper = make_invoice(course=given.course, actor=biller, now=LATER)
    again = lay_out(paper, provider=provider, patient=paper.patient, by=biller, at=LATER, facts=paper.facts)
    assert again.content == read_kept(paper.file.name, paper.sha256)


def test_package_is_invoiced_once_and_taken_back_by_a_credit_note(
    given: Given, provider: BillingProvider, package: BillingRules, pays_alone: None, biller: User
) -> None:
    refresh_line(session=given.session(0), now=LATER)
    invoice = make_invoice(course=given.course, actor=biller, now=LATER)
    assert (invoice.amount, pages(invoice)) == (Decimal("4200.00"), 1)
    assert statement_of(given.course, LATER).balance == Decimal("4200.00")
    with pytest.raises(Conflict, match="credit note"):
        make_invoice(course=given.course, actor=biller, now=LATER)
    with pytest.raises(InvalidInput, match="reason"):
        cancel_invoice(invoice=invoice, reason=" ", actor=biller, now=LATER)
    credit = cancel_invoice(invoice=invoice, reason="Insured after all", actor=biller, now=LATER)
    assert (credit.cancels, pages(credit)) == (invoice, 1)
    statement = statement_of(given.course, LATER)
    assert statement.balance == 0
    assert statement.not_known == 0
    with pytest.raises(Conflict, match="already"):
        cancel_invoice(invoice=invoice, reason="Again", actor=biller, now=LATER)
    make_invoice(course=given.course, actor=biller, now=LATER)


def test_without_a_package_there_is_no_invoice(
    given: Given, provider: BillingProvider, pays_alone: None, biller: User
) -> None:
    with pytest.raises(Conflict, match="no self-pay package"):
        make_invoice(course=given.course, actor=biller, now=LATER)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"medicare_beneficiary": None}, "medicare_not_known"),
        ({"medicare_beneficiary": True}, "medicare"),
        ({"medicare_beneficiary": True, "abn_option": "1"}, "medicare"),
    ],
)
def test_who_may_be_entitled_to_medicare_is_not_asked_to_pay_alone(
    given: Given,
    provider: BillingProvider,
    package: BillingRules,
    pays_alone: None,
    biller: User,
    fields: dict[str, Any],
    code: str,
) -> None:
    Coverage.objects.update(**fields)
    with pytest.raises(Conflict) as refused:
        make_invoice(course=given.course, actor=biller, now=LATER)
    assert refused.value.code == code


@pytest.mark.parametrize("fields", [{"abn_option": "2"}, {"ma_denial_on": date(2026, 11, 2)}])
def test_option_2_or_the_plans_denial_allows_it(
    given: Given,
    provider: BillingProvider,
    package: BillingRules,
    pays_alone: None,
    biller: User,
    fields: dict[str, Any],
) -> None:
    Coverage.objects.update(medicare_beneficiary=True, **fields)
    assert make_invoice(course=given.course, actor=biller, now=LATER).amount == Decimal("4200.00")


def test_insured_patient_gets_no_package_invoice(
    given: Given, provider: BillingProvider, package: BillingRules, biller: User
) -> None:
    with pytest.raises(Conflict, match="not self-pay"):
        make_invoice(course=given.course, actor=biller, now=LATER)


def test_estimate_is_of_the_fee_schedule(given: Given, provider: BillingProvider, biller: User) -> None:
    import_fees(clinic=given.clinic, payer=None, content=FEES, source="Ours", actor=biller, now=LATER)
    paper = make_estimate(course=given.course, values=asked(), actor=biller, now=LATER)
    assert (paper.amount, paper.facts["items"][0]["each"]) == (Decimal("5250.00"), "150.00")
    assert pages(paper) in {1, 2}


def test_estimate_of_the_package_has_its_price(
    given: Given, provider: BillingProvider, package: BillingRules, biller: User
) -> None:
    paper = make_estimate(course=given.course, values=asked(by_package=True), actor=biller, now=LATER)
    assert paper.amount == Decimal("4200.00")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "sessions"),
        ({"last_day": date(2026, 12, 1)}, "last_day"),
        ({"by_package": True}, "by_package"),
    ],
)
def test_estimate_without_a_price_or_of_no_time_is_refused(
    given: Given, provider: BillingProvider, biller: User, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_estimate(course=given.course, values=asked(**fields), actor=biller, now=LATER)
    assert field in refused.value.data["fields"]
    assert not BillingPaper.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": Decimal(0)}, "__all__"),
        ({"received_on": date(2027, 6, 1)}, "received_on"),
        ({"kind": "withdrawal"}, "kind"),
        ({"method": ""}, "method"),
    ],
)
def test_payment_that_cannot_be_is_refused(
    given: Given, biller: User, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_payment(course=given.course, values=paid(**fields), actor=biller, now=LATER)
    assert field in refused.value.data["fields"]


def test_withdrawn_payment_stays_beside_what_withdraws_it(given: Given, biller: User) -> None:
    payment = record_payment(course=given.course, values=paid(), actor=biller, now=LATER)
    with pytest.raises(InvalidInput, match="why"):
        withdraw_payment(payment=payment, reason="", actor=biller, now=LATER)
    undone = withdraw_payment(payment=payment, reason="Other patient", actor=biller, now=LATER)
    assert statement_of(given.course, LATER).balance == 0
    assert PatientPayment.objects.count() == 2
    for again in (payment, undone):
        with pytest.raises(Conflict, match="already"):
            withdraw_payment(payment=again, reason="Again", actor=biller, now=LATER)


def test_page_enters_a_payment_and_makes_the_papers(
    given: Given, provider: BillingProvider, biller: User, biller_client: Client
) -> None:
    import_fees(clinic=given.clinic, payer=None, content=FEES, source="Ours", actor=biller, now=LATER)
    make_line(given)
    patient = {"patient": given.course.patient.code}
    page = reverse("courses:account", args=[given.course.code])
    form = paid(amount="24.00", received_on="2026-11-02") | patient
    assert biller_client.post(f"{page}payments/", form).status_code == 302
    estimate = asked(first_day="2026-12-21", last_day="2027-02-09", by_package="fees") | patient
    assert biller_client.post(f"{page}estimate/", estimate).status_code == 302
    assert biller_client.post(f"{page}statement/", patient).status_code == 302
    shown = biller_client.get(page).content.decode()
    assert "$24.00" in shown
    assert "Good-faith estimate" in shown
    for paper in BillingPaper.objects.all():
        answer = biller_client.get(reverse("courses:billing-paper", args=[paper.code]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


def test_page_keeps_what_was_typed_when_it_is_refused(given: Given, biller_client: Client) -> None:
    page = reverse("courses:account", args=[given.course.code])
    form = paid(amount="0", received_on="2026-11-02", note="Kept words") | {
        "patient": given.course.patient.code
    }
    answer = biller_client.post(f"{page}payments/", form)
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()


def test_outsider_finds_neither_account_nor_paper(
    given: Given, provider: BillingProvider, biller: User, outsider_client: Client
) -> None:
    given.session(0)
    paper = make_statement(course=given.course, actor=biller, now=LATER)
    assert outsider_client.get(reverse("courses:account", args=[given.course.code])).status_code == 404
    assert outsider_client.get(reverse("courses:billing-paper", args=[paper.code])).status_code == 404
