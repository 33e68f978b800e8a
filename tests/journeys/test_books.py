"""A biller sets billing up, notes a service, takes money, gives papers and reads the day: in a real browser."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.models import BillingPaper, OtherService, PayerProfile
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.billing.billing_given import make_billing_provider, make_line
from tests.courses.billing.packets_given import LATER
from tests.courses.courses_given import Given, course_given
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def given() -> Given:
    clinic: Clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(
        clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD", npi="1234567893"
    )
    factories.make_user(clinic, Role.BILLING, "bill", "Bill", "Biller-Example", "CPC")
    return course_given(clinic, nurse, physician)


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def test_biller_enters_what_is_missing_until_claims_can_be_sent(
    login: Login, given: Given, complaints: list[str]
) -> None:
    payer = given.course.patient.coverages.get().payer
    payer.payer_id = "00000"
    payer.save()
    page = login("bill")
    page.goto("/billing/day/")
    page.get_by_role("link", name="Billing setup").click()
    look_at(page, "setup-empty")

    page.get_by_role("link", name="Enter", exact=True).click()
    look_at(page, "provider")
    fill(
        page,
        legal_name="Example Heart Clinic LLC",
        npi="1245319599",
        tax_id="360000000",
        taxonomy="207RC0000X",
        address="1 Example Street",
        city="Sampleton",
        state="IL",
        postal_code="600000001",
        contact_name="Berta Sample",
        contact_phone="5550100100",
    )
    page.locator("[name=accepts_assignment]").select_option("true")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Example Heart Clinic LLC")).to_be_visible()

    page.get_by_role("link", name="Make the profile").click()
    look_at(page, "profile")
    fill(
        page,
        receiver_name="Example Clearing House",
        receiver_id="EXAMPLECH",
        submitter_id="EXAMPLEHEART",
        places_of_service="11, 49",
        source="Companion guide, seen 02-Nov-2026",
        effective_on="2026-01-01",
    )
    page.locator("[name=filing_code]").select_option("MB")
    page.get_by_role("button", name="Save the profile").click()
    page.get_by_role("button", name="I have compared it: confirm").click()
    expect(page.get_by_text("Confirmed under your name.")).to_be_visible()
    assert PayerProfile.objects.get().is_confirmed

    page.get_by_role("link", name="Import a fee schedule").click()
    look_at(page, "fees")
    year = timezone.now().year
    content = f"year,code,modifier,amount\n{year},G0166,,150.00\n{year},office,,80\n".encode()
    page.set_input_files("[name=file]", {"name": "f.csv", "mimeType": "text/csv", "buffer": content})
    fill(page, source="Price list")
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("is not a code of five characters")).to_be_visible()
    look_at(page, "fees-preview")
    page.get_by_role("button", name="Keep 1 amount").click()
    page.get_by_role("link", name="Billing setup").click()
    expect(page.get_by_text("Test files can be sent")).to_be_visible()
    look_at(page, "setup-complete")
    page.goto("/billing/rules/")
    look_at(page, "rules")
    page.goto("/billing/setup/practitioners/")
    look_at(page, "practitioners")
    assert complaints == []


def test_biller_keeps_a_patients_account_and_the_day_balances(
    login: Login, given: Given, complaints: list[str]
) -> None:
    make_billing_provider(given.clinic)
    patient = given.course.patient
    page = login("bill")
    page.goto(patient.get_absolute_url())
    page.get_by_role("link", name="Other services").click()
    look_at(page, "other-services")
    fill(page, service_date="2026-11-02", hcpcs="99213")
    page.locator("[name=billed_by]").select_option("clinic")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("were checked again")).to_be_visible()
    assert OtherService.objects.get().hcpcs == "99213"

    page.get_by_role("link", name="From a file").click()
    look_at(page, "services-import")

    page.goto(patient.get_absolute_url())
    look_at(page, "patient")
    page.get_by_role("link", name="Account", exact=True).click()
    look_at(page, "account")
    fill(page, amount="24.00")
    page.locator("[name=method]").select_option("check")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_text("Entered in the books of today.")).to_be_visible()
    page.get_by_role("button", name="Make a statement").click()
    expect(page.get_by_role("link", name="Statement of the course")).to_be_visible()
    assert BillingPaper.objects.get().amount == Decimal("-24.00")
    look_at(page, "account-paid")

    page.get_by_role("link", name="Books").click()
    expect(page.get_by_text("It balances")).to_be_visible()
    expect(page.get_by_role("cell", name="$24.00", exact=True).first).to_be_visible()
    look_at(page, "day")
    assert complaints == []


def test_physician_reads_what_was_set_aside(login: Login, given: Given, complaints: list[str]) -> None:
    biller = User.objects.get(username="bill")
    OtherService.objects.create(
        course=given.course,
        service_date=timezone.now().date(),
        hcpcs="99213",
        billed_by=OtherService.BilledBy.CLINIC,
        separate_because="Visit for a cough",
        recorded_by=biller,
        recorded_at=timezone.now(),
    )
    page = login("petra")
    page.goto("/rules/")
    page.get_by_role("link", name="What was set aside").click()
    expect(page.get_by_text("Visit for a cough")).to_be_visible()
    look_at(page, "overrides")
    assert complaints == []


def test_physician_sets_a_warning_aside_takes_it_up_again_and_reads_both_in_the_months_list(
    login: Login, given: Given, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)  # the pages look at the clock
    Clinic.objects.filter(pk=given.clinic.pk).update(place_of_service="12")
    line = make_line(given)
    page = login("petra")
    page.goto(reverse("courses:claim-line", args=[line.code]))
    look_at(page, "line-warned")
    page.get_by_text("Set aside", exact=True).first.click()
    page.get_by_role("button", name="Set this warning aside").click()
    expect(page.get_by_text("Write the reason: it is what an auditor will ask for.")).to_be_visible()
    look_at(page, "set-aside-refused")
    page.get_by_label("Reason").fill("The contractor's letter of May allows it")
    page.get_by_role("button", name="Set this warning aside").click()
    expect(page.get_by_role("heading", name="Set aside looked at, and left as it is")).to_be_visible()
    expect(page.get_by_text("The contractor's letter of May allows it")).to_be_visible()
    look_at(page, "line-set-aside")
    page.get_by_text("Take up again", exact=True).click()
    page.get_by_label("Reason").fill("The letter was withdrawn")
    page.get_by_role("button", name="Take this warning up again").click()
    expect(page.get_by_text("Taken up again by Petra Physician-Example, MD")).to_be_visible()
    page.goto(reverse("courses:overrides"))
    expect(page.get_by_text("The contractor's letter of May allows it")).to_be_visible()
    expect(page.get_by_text("The letter was withdrawn")).to_be_visible()
    assert complaints == []
