"""The second payer in a browser: asked from the first one's answer; and every page about money is looked at."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.billing.services import post_remittance, take_answers
from courses.billing.x12.pretend_payer import Paid
from courses.billing.x12.remittance import ProviderAdjustment
from courses.models import Claim, ClaimFile, Remittance
from eecp_clinic.models import Clinic, Membership, User
from eecp_clinic.roles import Role
from tests.courses.billing.answers_given import NOW, Answering, sent_claim
from tests.courses.billing.later_given import (
    LATER,
    MEDICARE_SAID,
    SUPPLEMENT_SAID,
    decided_as,
    second_coverage,
)
from tests.courses.courses_given import Given, course_given
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at


@pytest.fixture
def afterwards(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Pages look at the clock; for them the first payer has answered."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    return LATER


def visit(page: Page, address: str, name: str) -> None:
    page.goto(address)
    look_at(page, name)


@pytest.mark.django_db(transaction=True)
def test_second_payer_is_asked_and_its_answer_settles_what_the_patient_owes(
    clinic: Clinic,
    nurse: User,
    physician: User,
    biller: User,
    afterwards: datetime,
    login: Login,
    complaints: list[str],
) -> None:
    given = course_given(clinic, nurse, physician)
    Membership.objects.create(user=biller, clinic=clinic, role=Role.ADMINISTRATOR)
    first = _answered(given, biller)
    page = login("bill")

    page.goto("/claims/?tab=next")
    expect(page.get_by_role("link", name=first.code)).to_be_visible()
    look_at(page, "next-payer")
    page.get_by_role("button", name="Ask the next payer").click()
    expect(page.get_by_text("1 claim to the next payer was made.")).to_be_visible()
    expect(page.get_by_text("Payer 2, after", exact=False)).to_be_visible()
    look_at(page, "second-claim")
    page.get_by_role("button", name="Make the 837P file").click()
    expect(page.get_by_role("button", name="Mark as sent")).to_be_visible()
    look_at(page, "claim-file")
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_text("count as sent")).to_be_visible()
    second = Claim.objects.get(rank=2)
    assert second.state == Claim.State.SENT

    answer = Answering(ClaimFile.objects.latest("made_at"))
    paid = answer.payment({second.code: decided_as(second, SUPPLEMENT_SAID, status="2")})
    take_answers(clinic=clinic, content=paid, actor=biller, now=LATER)
    visit(page, f"/claims/claim/{first.code}/", "first-claim")
    expect(page.get_by_text("Sample Supplement", exact=False).first).to_be_visible()
    account = f"/courses/{given.course.code}/account/"
    visit(page, account, "account")
    expect(page.get_by_role("cell", name="$4.00", exact=True).first).to_be_visible()

    patient = given.course.patient
    page.goto(f"/patients/{patient.code}/coverages/add/")
    expect(page.get_by_label("Subscriber's family name")).to_be_hidden()
    page.get_by_label("Payer").select_option(label="Sample Supplement")
    page.get_by_label("Priority").fill("3")
    page.get_by_label("Member id").fill("AB123")
    page.get_by_label("In force from").fill("2026-01-01")
    page.get_by_label("Patient's relationship to the subscriber").select_option(label="Spouse")
    page.get_by_label("Subscriber's family name").fill("Sample")
    page.get_by_label("Subscriber's given name").fill("Jon")
    page.get_by_label("Lives at the patient's address").check()
    look_at(page, "coverage-spouse")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("SAMPLE Jon")).to_be_visible()
    look_at(page, "coverage-of-spouse")

    coverage = first.coverage
    page.goto(f"{coverage.get_absolute_url()}edit/")
    page.get_by_label("Member id").fill("1EG4TE5MK74")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Why it is corrected although it was billed")).to_be_visible()
    look_at(page, "coverage-billed")
    page.get_by_label("Why it is corrected although it was billed").fill("The card was misread")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The coverage is saved.")).to_be_visible()
    visit(page, "/claims/", "claims")
    expect(page.get_by_text("was corrected after claim", exact=False)).to_be_visible()

    day = f"{clinic.day_of(NOW):%Y-%m-%d}"
    visit(page, f"/billing/day/?day={day}", "day-sheet")
    expect(page.get_by_text("An overpayment taken back.")).to_be_visible()
    visit(page, f"/billing/overrides/?month={LATER:%Y-%m}", "overrides")
    expect(page.get_by_text("The card was misread")).to_be_visible()
    for address, name in (
        ("/claims/files/", "files"),
        ("/claims/answers/", "answers-two-payers"),
        (f"/claims/payments/{first.remittances.get().remittance.code}/", "payment"),
        ("/claims/deposits/", "deposits-waiting"),
        ("/billing/setup/", "setup"),
        ("/billing/rules/", "billing-rules"),
    ):
        visit(page, address, name)
    assert complaints == []


def _answered(given: Given, biller: User) -> Claim:
    """Medicare has paid three sessions, and kept back an overpayment; a biller has posted it."""
    claim = sent_claim(given, biller)
    second_coverage(given, biller)
    decision: Paid = decided_as(claim, MEDICARE_SAID)
    kept = ProviderAdjustment("WO", "OLD1", Decimal(20))
    content = Answering(claim.files.get()).payment({claim.code: decision}, [kept])
    take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW)
    post_remittance(remittance=Remittance.objects.get(), actor=biller, now=NOW)
    claim.refresh_from_db()
    return claim
