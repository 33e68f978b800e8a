"""A patient is registered, a letter filed, a payer called, sessions approved, two records merged: in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.models import Session
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from patients.models import Document, Patient
from tests import factories
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at
from tests.patients import paper_samples as samples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic() -> Clinic:
    clinic = factories.make_clinic()
    factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    factories.make_payer(clinic, "medicare_advantage", "Invented Advantage")
    return clinic


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def test_nurse_registers_somebody_who_looks_like_another(
    login: Login, clinic: Clinic, complaints: list[str]
) -> None:
    factories.make_patient(clinic, phone="312-555-0199")
    page = login("nora")
    page.goto("/patients/register/")
    look_at(page, "register")
    fill(page, family_name="Sampel", given_name="Joan", birth_date="1951-03-04", mrn="T-900")
    page.locator("[name=sex]").select_option("F")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Somebody who may be the same person is here already")).to_be_visible()
    expect(page.get_by_text("a name that is spelled alike")).to_be_visible()
    expect(page.locator("[name=family_name]")).to_have_value("Sampel")
    look_at(page, "register-look-alike")
    page.get_by_label("This is another person").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("is registered")).to_be_visible()
    page.goto("/patients/")
    page.get_by_label("Name, MRN, phone or date of birth").fill("Sampell")
    expect(page.get_by_text("These come close")).to_be_visible()
    expect(page.get_by_role("link", name="SAMPEL Joan")).to_be_visible()
    look_at(page, "list-search")
    assert complaints == []


def test_letter_call_and_approved_sessions(
    login: Login, clinic: Clinic, tmp_path: Path, complaints: list[str]
) -> None:
    patient = factories.make_patient(clinic, language="es", needs_interpreter=True, allergies="Latex")
    page = login("nora")
    page.goto(patient.get_absolute_url())
    page.get_by_role("link", name="File a document").click()
    bad = tmp_path / "letter.pdf"
    bad.write_bytes(b"MZ a program")
    page.locator("[name=kind]").select_option("referral")
    page.locator("[name=file]").set_input_files(bad)
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_text("By its content this is not a PDF")).to_be_visible()
    good = tmp_path / "good.pdf"
    good.write_bytes(samples.pdf_of(samples.runs_a_script))
    page.locator("[name=file]").set_input_files(good)
    fill(page, title="Dr. Example")
    look_at(page, "document-add")
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_text("Taken out of the PDF")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Referral letter").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    _cover(page, patient, tmp_path)
    assert Document.objects.in_use().count() == 2
    assert [line for line in complaints if "Error Code 422" not in line] == []


def _cover(page: Page, patient: Patient, tmp_path: Path) -> None:
    """A coverage with its card, a call, and an approval of which sessions are used."""
    page.goto(f"{patient.get_absolute_url()}coverages/add/")
    page.locator("[name=payer]").select_option(label="Invented Advantage")
    fill(page, member_id="INV 1234", starts_on="2026-01-01")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a picture").click()
    card = tmp_path / "card.jpg"
    card.write_bytes(samples.picture_of(size=(860, 540)))
    page.locator("[name=file]").set_input_files(card)
    page.get_by_role("button", name="File it").click()
    page.get_by_role("link", name="Verify the coverage").click()
    page.locator("[name=way]").select_option("phone")
    page.locator("[name=outcome]").select_option("active")
    fill(
        page,
        spoken_with="Operator 12",
        reference="REF-77",
        said="In force. 35 sessions need an authorization.",
    )
    look_at(page, "verify")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Operator 12")).to_be_visible()
    today = timezone.localdate()
    page.get_by_role("link", name="Add a prior authorization").click()
    fill(
        page,
        number="PA-2026-1",
        starts_on=str(today - timedelta(days=30)),
        ends_on=str(today + timedelta(days=60)),
        sessions_approved="3",
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Only 3 sessions left.")).to_be_visible()
    _treat(patient)
    page.reload()
    expect(page.get_by_text("1 booked hour beyond what is approved")).to_be_visible()
    look_at(page, "coverage")
    page.goto(patient.get_absolute_url())
    look_at(page, "patient")


def _treat(patient: Patient) -> None:
    """Two sessions given, two hours to come."""
    nurse = User.objects.get(username="nora")
    physician = factories.make_user(
        patient.clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD"
    )
    course = factories.make_course(patient, physician)
    device = factories.make_device(patient.clinic)
    for days in (-3, -2, 2, 3):
        hour = factories.make_appointment(course, device, timezone.now() + timedelta(days=days))
        if days < 0:
            factories.make_session(hour, nurse, Session.State.ENDED)


def test_two_records_are_merged_and_parted(login: Login, clinic: Clinic, complaints: list[str]) -> None:
    kept = factories.make_patient(clinic, alerts="Warfarin")
    other = factories.make_patient(clinic, "Sampel", mrn="T-OLD", alerts="Pacemaker")
    factories.make_coverage(other)
    page = login("nora")
    page.goto(kept.get_absolute_url())
    page.get_by_role("link", name="Merge").click()
    look_at(page, "merge-choose")
    page.get_by_role("link", name="SAMPEL Joan").click()
    page.get_by_label("How do you know").fill("Same photo identification, seen today")
    look_at(page, "merge")
    page.get_by_role("button", name="Merge the two records").click()
    expect(page.get_by_text("Warfarin; Pacemaker").first).to_be_visible()
    expect(page.get_by_role("link", name="Original Medicare")).to_be_visible()
    look_at(page, "merged")
    page.goto("/patients/?q=T-OLD")
    expect(page.get_by_role("link", name="SAMPLE Joan")).to_be_visible()
    page.get_by_role("link", name="SAMPLE Joan").click()
    page.get_by_role("link", name="Undo the merge").click()
    page.get_by_role("button", name="Make two records again").click()
    expect(page.get_by_text("These are two records again")).to_be_visible()
    assert kept.coverages.count() == 0
    assert complaints == []


def test_list_is_seen_row_by_row_before_it_is_taken(
    login: Login, clinic: Clinic, tmp_path: Path, complaints: list[str]
) -> None:
    factories.make_patient(clinic)
    page = login("nora")
    page.goto("/patients/")
    page.get_by_role("link", name="Import a list").click()
    path = tmp_path / "list.csv"
    path.write_text(
        "Last name,First name,Date of birth,MRN\nSpecimen,Otto,1950-01-31,EX-1\nSample,Joan,1951-03-04,EX-2\n"
        "Bad,Row,never,EX-3\n"
    )
    page.locator("[name=file]").set_input_files(path)
    look_at(page, "imports")
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("Ready: 1. To look at: 1. Cannot be taken: 1.")).to_be_visible()
    look_at(page, "import-preview")
    page.get_by_role("button", name="Register what can be").click()
    expect(page.get_by_text("Registered: 1. Not registered: 2.")).to_be_visible()
    look_at(page, "import-report")
    assert complaints == []
