"""The list, registering, editing and the patient's own page."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from eecp_clinic.models import Clinic, User
from patients.models import Patient
from tests import factories
from tests.conftest import client_of

NEW = {"family_name": "Sample", "given_name": "Joan", "birth_date": "1951-03-04", "sex": "F", "mrn": "T-1"}


def text_of(client: Client, url: str, status: int = 200, **kwargs: str) -> str:
    response = client.get(url, kwargs)
    assert response.status_code == status
    return response.content.decode()


def test_list_shows_family_name_in_capitals_payer_and_decision(
    clinic: Clinic, physician: User, nurse_client: Client
) -> None:
    factories.make_assessment(factories.make_patient(clinic), physician, pathway="covered")
    page = text_of(nurse_client, "/patients/")
    assert "SAMPLE Joan" in page
    assert "Original Medicare" in page
    assert "Covered" in page


@pytest.mark.parametrize("words", ["otto", "specimen otto", "00-77", "05-Mar-1951", "SPECIMEN, 1951-03-05"])
def test_search_finds_by_name_mrn_and_date_of_birth(clinic: Clinic, nurse_client: Client, words: str) -> None:
    factories.make_patient(clinic)
    factories.make_patient(clinic, "Specimen", "Otto", mrn="00-77", birth_date=date(1951, 3, 5))
    page = text_of(nurse_client, "/patients/", q=words)
    assert "SPECIMEN Otto" in page
    assert "SAMPLE Joan" not in page


def test_search_by_htmx_answers_with_the_rows_alone(clinic: Clinic, nurse_client: Client) -> None:
    factories.make_patient(clinic)
    answer = nurse_client.get("/patients/", {"q": "sam"}, headers={"HX-Request": "true"}).content.decode()
    assert "SAMPLE Joan" in answer
    assert "<html" not in answer


def test_empty_list_says_how_to_begin(nurse_client: Client) -> None:
    assert "No patients yet" in text_of(nurse_client, "/patients/")
    assert "Nobody is found" in text_of(nurse_client, "/patients/", q="nobody")


def test_list_takes_as_many_queries_for_many_patients_as_for_one(
    clinic: Clinic,
    physician: User,
    nurse_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        factories.make_assessment(factories.make_patient(clinic), physician)
    with django_assert_max_num_queries(7):
        nurse_client.get("/patients/")


def test_front_desk_sees_no_decisions_nor_workups(clinic: Clinic, physician: User, front_desk: User) -> None:
    patient = factories.make_patient(clinic)
    factories.make_assessment(patient, physician)
    client = client_of(front_desk)
    assert "Coverage decision" not in text_of(client, "/patients/")
    page = text_of(client, f"/patients/{patient.code}/")
    assert "Workups" not in page
    assert "Original Medicare" in page


def test_patients_page_shows_what_is_there_and_what_is_not_known(
    clinic: Clinic, physician: User, nurse_client: Client
) -> None:
    patient = factories.make_patient(clinic)
    factories.make_assessment(patient, physician)
    page = text_of(nurse_client, f"/patients/{patient.code}/")
    assert "signed by Petra Physician-Example, MD" in page
    assert "I25.112" in page
    assert "Not known" in page


def test_registering_leads_to_the_patient(nurse_client: Client) -> None:
    response = nurse_client.post("/patients/register/", NEW)
    assert response.headers["Location"] == Patient.objects.get().get_absolute_url()


def test_look_alike_asks_once_and_keeps_what_was_typed(clinic: Clinic, nurse_client: Client) -> None:
    twin = factories.make_patient(clinic, mrn="T-9")
    response = nurse_client.post("/patients/register/", NEW)
    page = response.content.decode()
    assert response.status_code == 422
    assert twin.get_absolute_url() in page
    assert 'name="confirmed"' in page
    assert 'value="T-1"' in page
    assert nurse_client.post("/patients/register/", NEW | {"confirmed": "on"}).status_code == 302
    assert Patient.objects.count() == 2


def test_refused_field_says_why_beneath_it(nurse_client: Client) -> None:
    response = nurse_client.post("/patients/register/", NEW | {"birth_date": "2050-01-01"})
    assert response.status_code == 422
    assert "01-Jan-2050 is in the future" in response.content.decode()
    assert not Patient.objects.exists()


def test_mrn_in_use_is_said_before_anything_is_saved(clinic: Clinic, nurse_client: Client) -> None:
    factories.make_patient(clinic, "Other", mrn="T-1")
    response = nurse_client.post("/patients/register/", NEW)
    assert response.content.decode().count("has this MRN") == 1


def test_edit_saves_and_banner_shows_saved_values_only(clinic: Clinic, nurse_client: Client) -> None:
    patient = factories.make_patient(clinic)
    url = f"/patients/{patient.code}/edit/"
    form = NEW | {"patient": patient.code, "family_name": "Specimen", "birth_date": "2050-01-01"}
    refused = nurse_client.post(url, form).content.decode()
    assert "SAMPLE, Joan" in refused
    assert 'value="Specimen"' in refused
    assert nurse_client.post(url, form | {"birth_date": "1951-03-04"}).status_code == 302
    patient.refresh_from_db()
    assert patient.family_name == "Specimen"


@pytest.mark.parametrize("other", ["", "another"])
def test_form_of_another_patient_is_refused(clinic: Clinic, nurse_client: Client, other: str) -> None:
    patient = factories.make_patient(clinic)
    response = nurse_client.post(f"/patients/{patient.code}/edit/", NEW | {"patient": other})
    assert response.status_code == 409
    patient.refresh_from_db()
    assert patient.mrn != "T-1"
