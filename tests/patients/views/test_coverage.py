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
        "relationship": "18",
        "medicare_beneficiary": "unknown",
    } | fields


def test_front_desk_adds_a_coverage(patient: Patient, desk: Client) -> None:
    assert desk.post(f"/patients/{patient.code}/coverages/add/", form(patient)).status_code == 302
    coverage = patient.coverages.get()
    assert (coverage.member_id, coverage.medicare_beneficiary) == ("1EG4TE5MK73", None)


def spouse(patient: Patient, **fields: str) -> dict[str, str]:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    who = {"relationship": "01", "subscriber_family_name": "Sample", "subscriber_given_name": "Jon"}
    return form(patient, payer=payer.code, member_id="AB123", **who) | fields


def test_spouses_plan_is_saved_and_shown(patient: Patient, desk: Client) -> None:
    values = spouse(patient, at_patients_address="on", subscriber_birth_date="1949-08-07")
    assert desk.post(f"/patients/{patient.code}/coverages/add/", values).status_code == 302
    coverage = patient.coverages.get()
    assert (coverage.subscriber_address, coverage.subscriber_postal_code) == ("2 Example Street", "60000")
    page = desk.get(coverage.get_absolute_url()).content.decode()
    assert "SAMPLE Jon" in page
    assert "07-Aug-1949, <span" in page  # the sex is not known
    assert "plan of Jon" in desk.get(patient.get_absolute_url()).content.decode()


def test_address_that_is_not_on_file_cannot_be_copied(patient: Patient, desk: Client) -> None:
    Patient.objects.filter(pk=patient.pk).update(address="")
    values = spouse(patient, at_patients_address="on")
    response = desk.post(f"/patients/{patient.code}/coverages/add/", values)
    assert response.status_code == 422
    assert "address is not on file" in response.content.decode()


def test_choosing_self_takes_the_subscriber_out(patient: Patient, desk: Client) -> None:
    desk.post(f"/patients/{patient.code}/coverages/add/", spouse(patient))
    coverage = patient.coverages.get()
    assert coverage.relationship == "01"
    response = desk.post(f"{coverage.get_absolute_url()}edit/", spouse(patient, relationship="18"))
    assert response.status_code == 302
    coverage.refresh_from_db()
    assert (coverage.is_own, coverage.subscriber_family_name) == (True, "")


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
