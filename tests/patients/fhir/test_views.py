"""The pages of a chart from elsewhere, as a nurse sees them."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from eecp_clinic.models import Clinic, User
from patients.fhir import services
from patients.models import ChartImport, Patient
from tests import factories
from tests.patients.fhir.bundles import a_condition, a_patient, bundle_bytes, concept, shared_files
from tests.patients.fhir.test_services import FILE

UPLOAD = "/patients/charts/"


def uploaded(client: Client, data: bytes = FILE) -> ChartImport:
    response = client.post(UPLOAD, {"file": SimpleUploadedFile("chart.json", data)})
    assert response.status_code == 302, response.content.decode()
    return ChartImport.objects.latest("id")


def as_shown(chart: ChartImport, **changes: str) -> dict[str, str]:
    """The form as it stands on the page, sent back with changes."""
    return {
        "target-patient": "new",
        "person-family_name": "Sample",
        "person-given_name": "Joan B",
        "person-birth_date": "1951-03-04",
        "person-sex": "F",
        "person-mrn": "R-100",
        "workup-lvef_percent": "52",
        "workup-therapy_tried": "ranolazine",
    } | changes


def test_page_shows_each_value_with_its_source_before_anything_is_saved(nurse_client: Client) -> None:
    chart = uploaded(nurse_client)
    page = nurse_client.get(chart.get_absolute_url()).content.decode()
    assert "From the file: LVEF 52 %, 01-Oct-2026 (Observation/o-2026-10-01)" in page
    assert 'value="R-100"' in page
    assert Patient.objects.count() == 0


def test_saved_chart_leads_to_the_patient_and_the_workup_shows_the_source(
    nurse_client: Client, clinic: Clinic
) -> None:
    chart = uploaded(nurse_client)
    response = nurse_client.post(chart.get_absolute_url(), as_shown(chart))
    patient = Patient.objects.get()
    assert response.url == patient.get_absolute_url()  # type: ignore[attr-defined]
    workup = patient.workups.get()
    page = nurse_client.get(reverse("patients:workup", args=[patient.code, workup.code])).content.decode()
    assert "From the file: LVEF 52 %" in page
    assert chart.get_absolute_url() in nurse_client.get(patient.get_absolute_url()).content.decode()
    saved = nurse_client.get(chart.get_absolute_url()).content.decode()
    assert "What came from the file" in saved and "As it was" in saved
    assert "Female" in saved and "04-Mar-1951" in saved and "52\u00a0%" in saved and "Ranolazine" in saved


def test_coverage_is_taken_over_only_when_it_is_ticked(nurse_client: Client, clinic: Clinic) -> None:
    payer = factories.make_payer(clinic)
    ticked = {
        "coverage-0-take": "on",
        "coverage-0-payer": payer.code,
        "coverage-0-priority": "1",
        "coverage-0-member_id": "1EG4-TE5-MK73",
        "coverage-0-starts_on": "2016-03-01",
        "coverage-0-relationship": "18",
    }
    chart = uploaded(nurse_client)
    nurse_client.post(chart.get_absolute_url(), as_shown(chart, **ticked))
    assert Patient.objects.get().coverages.get().payer == payer


def test_ticked_coverage_without_payer_is_refused_and_what_was_typed_stays(nurse_client: Client) -> None:
    chart = uploaded(nurse_client)
    response = nurse_client.post(
        chart.get_absolute_url(), as_shown(chart, **{"coverage-0-take": "on", "person-mrn": "T-77"})
    )
    assert response.status_code == 422
    assert 'value="T-77"' in response.content.decode()
    assert Patient.objects.count() == 0


def test_look_alike_is_offered_with_what_differs(nurse_client: Client, clinic: Clinic) -> None:
    twin = factories.make_patient(clinic, birth_date=date(1951, 3, 4), city="Elsewhere")
    chart = uploaded(nurse_client)
    page = nurse_client.get(chart.get_absolute_url()).content.decode()
    assert f'value="{twin.code}"' in page and "Elsewhere" in page
    undecided = as_shown(chart, **{"target-patient": ""})
    assert nurse_client.post(chart.get_absolute_url(), undecided).status_code == 422
    nurse_client.post(chart.get_absolute_url(), as_shown(chart, **{"target-patient": twin.code}))
    assert Patient.objects.get() == twin
    assert twin.workups.count() == 1


def test_look_alike_made_by_typing_is_refused(nurse_client: Client, clinic: Clinic) -> None:
    factories.make_patient(clinic, family_name="Other", birth_date=date(1951, 3, 4))
    chart = uploaded(nurse_client)
    response = nurse_client.post(chart.get_absolute_url(), as_shown(chart, **{"person-family_name": "Other"}))
    assert response.status_code == 422
    assert Patient.objects.count() == 1


def test_somebody_else_than_those_shown_is_not_confirmed_by_choosing_somebody_else(
    nurse_client: Client, clinic: Clinic
) -> None:
    factories.make_patient(clinic, birth_date=date(1951, 3, 4))
    factories.make_patient(clinic, family_name="Other", birth_date=date(1951, 3, 4))
    chart = uploaded(nurse_client)
    sent = as_shown(chart, **{"person-family_name": "Other"})
    assert nurse_client.post(chart.get_absolute_url(), sent).status_code == 422
    assert nurse_client.post(chart.get_absolute_url(), as_shown(chart)).status_code == 302


def test_patient_of_another_clinic_cannot_be_chosen(nurse_client: Client) -> None:
    stranger = factories.make_patient(factories.make_clinic(), birth_date=date(1951, 3, 4))
    chart = uploaded(nurse_client)
    sent = as_shown(chart, **{"target-patient": stranger.code})
    assert nurse_client.post(chart.get_absolute_url(), sent).status_code == 422


def test_broken_resource_and_death_stand_on_the_page(nurse_client: Client) -> None:
    data = bundle_bytes(
        a_patient(deceasedDateTime="2020-01-02"), a_condition(concept("x", "y")) | {"subject": 7}
    )
    page = nurse_client.get(uploaded(nurse_client, data).get_absolute_url()).content.decode()
    assert "died on 02-Jan-2020" in page
    assert "Entry 2" in page


def test_file_that_is_no_bundle_is_refused(nurse_client: Client) -> None:
    response = nurse_client.post(UPLOAD, {"file": SimpleUploadedFile("x.txt", b"hello")})
    assert response.status_code == 422
    assert b"not a JSON file" in response.content


def test_waiting_file_is_listed_and_can_be_discarded(nurse_client: Client) -> None:
    chart = uploaded(nurse_client)
    assert chart.get_absolute_url() in nurse_client.get(UPLOAD).content.decode()
    nurse_client.post(reverse("patients:chart-discard", args=[chart.code]))
    assert nurse_client.get(chart.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", range(9))
def test_synthea_chart_can_be_looked_at(
    number: int,
    nurse_client: Client,
    clinic: Clinic,
    nurse: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    files: list[Path] = shared_files("synthea/fhir-r4", "*.json")
    chart = services.take_chart(
        clinic=clinic,
        file_name=files[number].name,
        data=files[number].read_bytes(),
        actor=nurse,
        now=timezone.now(),
    )
    with django_assert_max_num_queries(15):
        assert nurse_client.get(chart.get_absolute_url()).status_code == 200
