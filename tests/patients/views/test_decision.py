"""Assessing, reading and signing a coverage decision on screen."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from eecp_clinic.models import Clinic, User
from patients.models import EligibilityAssessment, Patient
from tests import factories


@pytest.fixture
def patient(clinic: Clinic, nurse: User) -> Patient:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient)
    factories.make_workup(patient, nurse)
    return patient


def assess(client: Client, patient: Patient, **fields: str) -> EligibilityAssessment:
    workup, coverage = patient.workups.first(), patient.coverages.get()
    assert workup
    values = {
        "patient": patient.code,
        "workup": workup.code,
        "coverage": coverage.code,
        "as_of": "2026-11-23",
    }
    response = client.post(f"/patients/{patient.code}/assess/", values | fields)
    assert response.status_code == 302
    return EligibilityAssessment.objects.all().in_force().get(patient=patient)


def page_of(client: Client, assessment: EligibilityAssessment) -> str:
    url = f"/patients/{assessment.patient.code}/decisions/{assessment.code}/"
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def sign(client: Client, assessment: EligibilityAssessment, password: str) -> tuple[int, str]:
    url = f"/patients/{assessment.patient.code}/decisions/{assessment.code}/sign/"
    response = client.post(url, {"patient": assessment.patient.code, "password": password})
    return response.status_code, response.content.decode()


def test_decision_page_shows_rule_fact_source_and_what_it_hangs_on(
    patient: Patient, nurse_client: Client
) -> None:
    page = page_of(nurse_client, assess(nurse_client, patient))
    assert "The angina is disabling" in page
    assert "CCS class III of 02-Nov-2026." in page
    assert "ncdver=2" in page
    assert "Which one change would alter it" in page
    assert "Waits for a physician" in page


def test_patient_without_a_workup_is_told_to_record_one(clinic: Clinic, nurse_client: Client) -> None:
    bare = factories.make_patient(clinic)
    assert "Record a workup" in nurse_client.get(f"/patients/{bare.code}/assess/").content.decode()


def test_day_outside_the_coverage_is_refused_beneath_the_field(
    patient: Patient, nurse_client: Client
) -> None:
    workup, coverage = patient.workups.get(), patient.coverages.get()
    values = {
        "patient": patient.code,
        "workup": workup.code,
        "coverage": coverage.code,
        "as_of": "2016-01-01",
    }
    response = nurse_client.post(f"/patients/{patient.code}/assess/", values)
    assert response.status_code == 422
    assert "not in force on 01-Jan-2016" in response.content.decode()


def test_workup_of_another_patient_cannot_be_judged(
    patient: Patient, nurse: User, nurse_client: Client
) -> None:
    other = factories.make_workup(factories.make_patient(patient.clinic), nurse)
    values = {"patient": patient.code, "workup": other.code, "as_of": "2026-11-23"}
    assert nurse_client.post(f"/patients/{patient.code}/assess/", values).status_code == 422


def test_physician_signs_with_the_password(patient: Patient, physician_client: Client) -> None:
    assessment = assess(physician_client, patient)
    assert sign(physician_client, assessment, factories.PASSWORD)[0] == 302
    page = page_of(physician_client, assessment)
    assert "Petra Physician-Example, MD" in page
    assert 'id="id_password"' not in page


def test_wrong_password_signs_nothing_and_says_so(patient: Patient, physician_client: Client) -> None:
    assessment = assess(physician_client, patient)
    status, page = sign(physician_client, assessment, "guess")
    assert status == 422
    assert "The password is not right" in page
    assert "guess" not in page


def test_sixth_wrong_password_is_made_to_wait(patient: Patient, physician_client: Client) -> None:
    assessment = assess(physician_client, patient)
    for _ in range(5):
        sign(physician_client, assessment, "guess")
    status, page = sign(physician_client, assessment, factories.PASSWORD)
    assert status == 422
    assert "Too many wrong passwords" in page


def test_replaced_decision_leads_to_the_newer_and_cannot_be_signed(
    patient: Patient, nurse: User, physician_client: Client
) -> None:
    old = assess(physician_client, patient)
    factories.make_workup(patient, nurse, ccs_class=2)
    workup = patient.workups.exclude(pk=old.workup.pk).get()
    newer = assess(physician_client, patient, workup=workup.code)
    page = page_of(physician_client, old)
    assert f"/decisions/{newer.code}/" in page
    assert 'id="id_password"' not in page
    assert sign(physician_client, old, factories.PASSWORD)[0] == 409


def test_page_of_the_newer_says_what_changed(patient: Patient, nurse: User, nurse_client: Client) -> None:
    first = assess(nurse_client, patient)
    factories.make_workup(patient, nurse, ccs_class=2)
    workup = patient.workups.exclude(pk=first.workup.pk).get()
    page = page_of(nurse_client, assess(nurse_client, patient, workup=workup.code))
    assert "Changed since the last decision" in page
    assert "CCS angina class" in page


def test_biller_reads_and_is_offered_no_field(
    patient: Patient, nurse_client: Client, biller_client: Client
) -> None:
    page = page_of(biller_client, assess(nurse_client, patient))
    assert "Assess again" not in page
    assert "workups/add" not in page


def test_decision_page_takes_few_queries(
    patient: Patient, nurse_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assess(nurse_client, patient)
    assessment = assess(nurse_client, patient)
    with django_assert_max_num_queries(7):
        page_of(nurse_client, assessment)
