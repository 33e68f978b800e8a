"""The workup form: nothing copied unseen, nothing typed lost."""

import pytest
from django.test import Client

from eecp_clinic.models import Clinic, User
from patients.models import Patient
from patients.workup_fields import NAMES
from tests import factories


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def test_form_asks_every_fact_once(patient: Patient, nurse_client: Client) -> None:
    page = nurse_client.get(f"/patients/{patient.code}/workups/add/").content.decode()
    assert all(f'name="{name}"' in page for name in NAMES)
    assert "Last time" not in page


def test_last_values_are_shown_and_not_filled_in(patient: Patient, nurse: User, nurse_client: Client) -> None:
    factories.make_workup(patient, nurse, lvef_percent=45)
    page = nurse_client.get(f"/patients/{patient.code}/workups/add/").content.decode()
    assert "Last time: 45\u00a0%" in page
    assert 'value="45"' not in page


def test_values_of_an_earlier_workup_are_filled_in_on_request_and_said(
    patient: Patient, nurse: User, nurse_client: Client
) -> None:
    workup = factories.make_workup(patient, nurse, lvef_percent=45, notes="Seen twice")
    page = nurse_client.get(f"/patients/{patient.code}/workups/add/?from={workup.code}").content.decode()
    assert 'value="45"' in page
    assert 'value="I25.112"' in page
    assert "Check each one" in page
    assert "Seen twice</textarea>" not in page


def test_workup_of_another_patient_is_not_copied(patient: Patient, nurse: User, nurse_client: Client) -> None:
    other = factories.make_workup(factories.make_patient(patient.clinic), nurse)
    response = nurse_client.get(f"/patients/{patient.code}/workups/add/?from={other.code}")
    assert response.status_code == 404


def test_recorded_workup_leads_to_the_assessment(patient: Patient, nurse_client: Client) -> None:
    values = {
        "patient": patient.code,
        "ccs_class": "0",
        "cad_proven": "false",
        "therapy_tried": ["statin", "pci"],
        "diagnoses": "i25.112 I10",
    }
    response = nurse_client.post(f"/patients/{patient.code}/workups/add/", values)
    assert response.headers["Location"] == f"/patients/{patient.code}/assess/"
    workup = patient.workups.get()
    assert (workup.ccs_class, workup.cad_proven, workup.angina_is_primary) == (0, False, None)
    assert (workup.therapy_tried, workup.diagnoses) == (["statin", "pci"], ["I25.112", "I10"])


def test_refused_workup_keeps_what_was_typed(patient: Patient, nurse_client: Client) -> None:
    values = {"patient": patient.code, "diagnoses": "I20.8, I10", "opinion_by": "C. Specialist-Example"}
    response = nurse_client.post(f"/patients/{patient.code}/workups/add/", values)
    page = response.content.decode()
    assert response.status_code == 422
    assert "I20.8 is not billable" in page
    assert 'value="I20.8, I10"' in page
    assert 'value="C. Specialist-Example"' in page


def test_workup_page_shows_units_and_not_known(patient: Patient, nurse: User, nurse_client: Client) -> None:
    workup = factories.make_workup(patient, nurse, cac_agatston=420)
    page = nurse_client.get(f"/patients/{patient.code}/workups/{workup.code}/").content.decode()
    assert "420\u00a0AU" in page
    assert "Beta-blocker, Long-acting nitrate, Ranolazine" in page
    assert "Not known" in page
