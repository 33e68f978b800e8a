"""A signed session gets a late entry and a correction; its sheet shows both; a physician countersigns. In a real browser."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from courses.models import Amendment, Countersignature, Session, SessionSheet, TreatmentRules
from courses.tasks import make_due_sheets
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.treatment import scenes
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ended(clinic: Clinic, nurse: User, physician: User) -> Session:
    """Of yesterday at ten, complete but for the signature, at a clinic that wants countersignatures."""
    local = clinic.local(timezone.now()) - timedelta(days=1)
    at = local.replace(hour=10, minute=0, second=0, microsecond=0)
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=physician,
        settled_at=at - timedelta(days=7),
        effective_on=at.date() - timedelta(days=7),
        reason="Agreed at the staff meeting",
        countersignature=True,
    )
    factories.make_supervision(clinic, physician, at - timedelta(hours=1))
    session = scenes.make_complete(nurse, physician, at)
    scenes.make_recorded(session)
    return session


def text_of_newest_sheet(page: Page) -> str:
    """As the browser gets it from the button."""
    address = page.get_by_role("link", name="Session sheet (PDF)").get_attribute("href")
    assert address
    answer = page.context.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.body())).pages
    return " ".join(" ".join(sheet.extract_text().split()) for sheet in pages)


def test_signed_session_is_amended_and_countersigned_and_its_sheet_says_so(
    login: Login, complaints: list[str], clinic: Clinic, nurse: User, physician: User, ended: Session
) -> None:
    page = login("nora")
    page.goto(ended.get_absolute_url())
    page.get_by_label("Your password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign the session").click()
    expect(page.get_by_text("This session is final")).to_be_visible()
    expect(page.get_by_text("Being made")).to_be_visible()
    make_due_sheets()
    expect(page.get_by_role("link", name="Session sheet (PDF)")).to_be_visible()
    expect(page.get_by_text("The content was verified against its signature")).to_be_visible()

    page.get_by_role("link", name="Amend", exact=True).click()
    page.get_by_role("radio", name="Late entry").check()
    expect(page.get_by_label("Which value is corrected")).to_be_hidden()
    page.get_by_label("When it happened").fill("10:20")
    page.get_by_label("What is added").fill("The left cuff was wrapped anew.")
    page.get_by_label("Reason").fill("Forgotten in the hour")
    page.get_by_label("Your password").fill("not mine")
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.get_by_text("The password is not right")).to_be_visible()
    expect(page.get_by_label("What is added")).to_have_value("The left cuff was wrapped anew.")
    look_at(page, "amend-refused")
    page.get_by_label("Your password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.get_by_text("The amendment is signed")).to_be_visible()

    page.get_by_role("link", name="Amend", exact=True).click()
    page.get_by_role("radio", name="Correction").check()
    expect(page.get_by_label("What is added")).to_be_hidden()
    page.get_by_label("Which value is corrected").select_option(
        label="Vital signs, Before · Systolic: 128 mmHg"
    )
    page.get_by_label("Correct value").fill("118")
    page.get_by_label("Reason").fill("Read off the wrong line")
    look_at(page, "amend-correction")
    page.get_by_label("Your password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign the amendment").click()
    amendments = page.get_by_role("region", name="Amendments")
    expect(amendments.get_by_text("128 mmHg")).to_be_visible()
    expect(amendments.get_by_text("118 mmHg")).to_be_visible()
    expect(amendments.get_by_text("The left cuff was wrapped anew.")).to_be_visible()
    expect(page.get_by_text("waits", exact=False).first).to_be_visible()
    make_due_sheets()
    expect(page.get_by_text("version 2, made")).to_be_visible()
    look_at(page, "signed-and-amended")
    whole = text_of_newest_sheet(page)
    assert "As signed: 128 mmHg. Correct: 118 mmHg." in whole
    assert "At 10:20: The left cuff was wrapped anew." in whole
    assert Amendment.objects.count() == 2

    doctor = login("petra")
    doctor.goto("/reviews/")
    doctor.get_by_role("link", name="Read and countersign").click()
    expect(doctor.get_by_role("row", name="SAMPLE, Joan")).to_be_visible()
    look_at(doctor, "countersign")
    doctor.get_by_label("Your password").fill(factories.PASSWORD)
    doctor.get_by_role("button", name="Countersign").click()
    expect(doctor.get_by_text("1 session is countersigned")).to_be_visible()
    expect(doctor.get_by_text("Nothing waits")).to_be_visible()
    assert Countersignature.objects.get().signature.name == "Petra Physician-Example"
    make_due_sheets()
    doctor.goto(ended.get_absolute_url())
    expect(doctor.get_by_text("Reviewed and countersigned")).to_be_visible()
    assert "Reviewed and countersigned" in text_of_newest_sheet(doctor)
    assert SessionSheet.objects.ready().filter(session=ended).count() == 3
    assert complaints == []
