"""The pages of notices and safety, as people use them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from eecp_clinic.models import Clinic, User
from patients.models import Notice, Patient, SafetyOverride
from tests import factories

Page = Callable[..., str]


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient)
    return patient


def test_abn_begins_with_the_reasons_of_the_decision(
    client: Client, patient: Patient, front_desk: User
) -> None:
    finding = {
        "state": "not_met",
        "weight": "required",
        "sentence": "Class III or IV.",
        "fact": "CCS class II.",
    }
    factories.make_assessment(patient, front_desk, decision={"findings": [finding]}, signed=False)
    client.force_login(front_desk)
    page = client.get(reverse("patients:notice-add", args=[patient.code])).content.decode()
    assert "Class III or IV. On record: CCS class II." in page
    assert "12-May-2026" in page


def test_answer_is_recorded_and_shown(client: Client, patient: Patient, nurse: User) -> None:
    day = (factories.MONDAY_NINE + timedelta(days=3650)).date()
    notice = factories.make_notice(patient, nurse, first_day=day, last_day=day)
    client.force_login(nurse)
    url = reverse("patients:notice-answer", args=[patient.code, notice.code])
    data = {"patient": patient.code, "option": "2", "signed_by": "SAMPLE Joan", "signed_on": "2026-11-23"}
    for wrong in ({"option": ""}, {"option": "refused"}, {"signed_by": ""}):
        assert client.post(url, data | wrong).status_code == 422
        assert not Notice.objects.get().is_answered


def test_sheet_carries_the_blanks_a_to_j(client: Client, patient: Patient, nurse: User) -> None:
    notice = factories.make_notice(patient, nurse)
    client.force_login(nurse)
    url = reverse("patients:notice-sheet", args=[patient.code, notice.code])
    content = client.get(url).content
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for blank in (
        "A. Notifier",
        "B. Patient",
        "C. Ident",
        "D. In all",
        "E. Reason",
        "F. Est",
        "G. Op",
        "H. Add",
        "I. S",
        "J. D",
    ):
        assert blank in text, blank
    assert "CMS-R-131" in text
    assert "$4,500.00" in text
    assert content == client.get(url).content


def test_advantage_page_offers_the_plan_and_no_abn(client: Client, patient: Patient, biller: User) -> None:
    factories.make_determination(patient, biller)
    client.force_login(biller)
    page = client.get(reverse("patients:notices", args=[patient.code])).content.decode()
    assert "never given an ABN" in page
    assert "Make an ABN" not in page
    listed = client.get(reverse("patients:determinations")).content.decode()
    assert "Example Advantage Plan" in listed


def test_physician_decides_on_the_safety_page(client: Client, patient: Patient, physician: User) -> None:
    screening = factories.make_screening(patient, physician, bleeding_diathesis=True)
    client.force_login(physician)
    url = reverse("patients:safety-override", args=[patient.code, screening.code, "bleeding"])
    data = {"patient": patient.code, "reason": "Mild; INR 1.1.", "password": "guess"}
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"password": factories.PASSWORD}).status_code == 302
    page = client.get(reverse("patients:safety", args=[patient.code])).content.decode()
    assert SafetyOverride.objects.get().reason in page


def test_screening_is_recorded_from_its_form(client: Client, patient: Patient, nurse: User) -> None:
    client.force_login(nurse)
    url = reverse("patients:safety-add", args=[patient.code])
    data = {"patient": patient.code, "as_of": "2020-01-06", "bleeding_diathesis": "true", "inr": "2.5"}
    assert client.post(url, data).status_code == 302
    page = client.get(reverse("patients:safety", args=[patient.code])).content.decode()
    assert "A tendency to bleed." in page
    assert "Treat all the same" not in page
    assert 'value="2.5"' in client.get(url).content.decode()


def test_page_of_indications_answers_for_each_payer(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    page = client.get(reverse("patients:indications")).content.decode()
    assert page.count("<section") >= 4
    for words in ("Covered", "Not covered", "Ask the plan first", "Patient pays", "$4,500"):
        assert words in page


def test_codes_are_searched_by_words(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    page = client.get(reverse("patients:codes"), {"q": "refractory angina"}).content.decode()
    assert "I25.112" in page
    assert "Supports the claim" in page
    assert "Nothing found" in client.get(reverse("patients:codes"), {"q": "xyzzy"}).content.decode()
