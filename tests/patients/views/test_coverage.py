"""Pages of coverages and payers."""

import pytest
from django.test import Client

from eecp_clinic.models import Clinic, User
from patients.models import Patient, Payer
from tests import factories
from tests.conftest import client_of


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def desk(front_desk: User) -> Client:
    return client_of(front_desk)


def form(patient: Patient, **fields: str) -> dict[str, str]:
    payer = factories.make_payer(patient.clinic)
    return {
        "patient": patient.code,
        "payer": payer.code,
        "priority": "1",
        "member_id": "1EG4-TE5-MK73",
        "starts_on": "2016-03-01",
        "medicare_beneficiary": "unknown",
    } | fields


def test_front_desk_adds_a_coverage(patient: Patient, desk: Client) -> None:
    assert desk.post(f"/patients/{patient.code}/coverages/add/", form(patient)).status_code == 302
    coverage = patient.coverages.get()
    assert (coverage.member_id, coverage.medicare_beneficiary) == ("1EG4TE5MK73", None)


def test_wrong_medicare_number_is_said_once_and_kept(patient: Patient, desk: Client) -> None:
    response = desk.post(f"/patients/{patient.code}/coverages/add/", form(patient, member_id="1EG4"))
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("11 letters and digits") == 1
    assert 'value="1EG4"' in page


def test_payer_of_another_clinic_cannot_be_chosen(patient: Patient, desk: Client) -> None:
    foreign = factories.make_payer(factories.make_clinic(name="Elsewhere Example Clinic"))
    response = desk.post(f"/patients/{patient.code}/coverages/add/", form(patient, payer=foreign.code))
    assert response.status_code == 422


def test_coverage_is_edited_with_its_values_filled_in(patient: Patient, desk: Client) -> None:
    coverage = factories.make_coverage(patient)
    url = f"/patients/{patient.code}/coverages/{coverage.code}/edit/"
    page = desk.get(url).content.decode()
    assert f'<option value="{coverage.payer.code}" selected>' in page
    assert 'value="2016-03-01"' in page
    assert desk.post(url, form(patient, ends_on="2026-12-31")).status_code == 302
    coverage.refresh_from_db()
    assert coverage.ends_on is not None


def test_clinic_without_payers_says_who_adds_them(patient: Patient, desk: Client) -> None:
    assert "no payers yet" in desk.get(f"/patients/{patient.code}/coverages/add/").content.decode()


def test_biller_adds_a_payer_with_its_policy(clinic: Clinic, biller_client: Client) -> None:
    values = {"name": "Invented Insurance", "kind": "commercial", "policy_id": "aetna-cpb-0262"}
    assert biller_client.post("/patients/payers/add/", values).status_code == 302
    assert "Aetna CPB 0262" in biller_client.get("/patients/payers/").content.decode()


def test_policy_of_another_kind_is_refused_on_the_page(clinic: Clinic, biller_client: Client) -> None:
    payer = factories.make_payer(clinic, "commercial", "Invented Insurance")
    values = {"name": "Invented Insurance", "kind": "commercial", "policy_id": "ncd-20.20"}
    response = biller_client.post(f"/patients/payers/{payer.code}/", values)
    assert response.status_code == 422
    assert "not one for this kind of payer" in response.content.decode()


def test_payers_of_another_clinic_are_not_shown(clinic: Clinic, biller_client: Client) -> None:
    foreign = factories.make_clinic(name="Elsewhere Example Clinic")
    Payer.objects.create(clinic=foreign, name="Foreign Insurance", kind="commercial")
    assert "Foreign Insurance" not in biller_client.get("/patients/payers/").content.decode()
