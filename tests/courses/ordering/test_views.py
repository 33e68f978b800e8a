"""The pages of an order."""

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Course, TreatmentOrder
from eecp_clinic.models import Clinic, User
from patients.models import Patient
from tests import factories
from tests.courses.ordering.test_services import VALUES
from tests.factories import PASSWORD


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def draft(patient: Patient, physician: User) -> TreatmentOrder:
    return factories.make_order(patient, physician, signed=False)


def form(patient: Patient, **changes: object) -> dict[str, object]:
    return {**VALUES, "diagnoses": "i25.112, I50.22", "patient": patient.code, **changes}


def new_url(patient: Patient) -> str:
    return reverse("courses:order-new", args=[patient.code])


def test_diagnoses_are_preset_from_the_workup(
    nurse_client: Client, patient: Patient, physician: User
) -> None:
    factories.make_assessment(patient, physician)
    assert 'value="I25.112"' in nurse_client.get(new_url(patient)).content.decode()


def test_nurse_writes_an_order(nurse_client: Client, patient: Patient, physician: User) -> None:
    factories.make_assessment(patient, physician)
    response = nurse_client.post(new_url(patient), form(patient))
    order = TreatmentOrder.objects.get()
    assert response.url == reverse("courses:order", args=[order.code])  # type: ignore[attr-defined]
    assert order.diagnoses == ["I25.112", "I50.22"]


def test_refused_form_keeps_what_was_typed(nurse_client: Client, patient: Patient, physician: User) -> None:
    factories.make_assessment(patient, physician)
    response = nurse_client.post(new_url(patient), form(patient, diagnoses="angina", goals="Typed by hand"))
    assert response.status_code == 422
    assert "Typed by hand" in response.content.decode()
    assert "not written as an ICD-10-CM code" in response.content.decode()


def test_form_of_another_patient_is_refused(
    clinic: Clinic, nurse_client: Client, patient: Patient, physician: User
) -> None:
    factories.make_assessment(patient, physician)
    other = factories.make_patient(clinic, given_name="Otto")
    response = nurse_client.post(new_url(patient), form(other))
    assert response.status_code == 409
    assert not TreatmentOrder.objects.exists()


def test_patient_without_a_decision_is_sent_to_the_workup(nurse_client: Client, patient: Patient) -> None:
    response = nurse_client.get(new_url(patient))
    assert response.status_code == 409
    assert "Record the workup" in response.content.decode()


def test_not_covered_is_shown_and_does_not_block(
    physician_client: Client, patient: Patient, physician: User
) -> None:
    factories.make_assessment(patient, physician, verdict="not_covered", pathway="not_covered")
    page = physician_client.get(new_url(patient)).content.decode()
    assert "Medicare does not cover this" in page
    assert "may still sign" in page


def test_physician_signs_and_goes_on_to_plan(
    physician_client: Client, draft: TreatmentOrder, patient: Patient
) -> None:
    response = physician_client.post(
        reverse("courses:order-sign", args=[draft.code]), {"password": PASSWORD, "patient": patient.code}
    )
    course = Course.objects.get()
    assert response.url == reverse("courses:plan", args=[course.code])  # type: ignore[attr-defined]
    page = physician_client.get(reverse("courses:order", args=[draft.code])).content.decode()
    assert "Orders this course of treatment" in page


def test_wrong_password_is_said_beside_the_field(
    physician_client: Client, draft: TreatmentOrder, patient: Patient
) -> None:
    response = physician_client.post(
        reverse("courses:order-sign", args=[draft.code]), {"password": "no", "patient": patient.code}
    )
    assert response.status_code == 422
    assert "The password is not right" in response.content.decode()


def test_nurse_sees_no_field_to_sign(nurse_client: Client, draft: TreatmentOrder) -> None:
    page = nurse_client.get(reverse("courses:order", args=[draft.code])).content.decode()
    assert "Your password" not in page
    assert "A physician signs this order" in page


def test_signed_order_offers_no_change(nurse_client: Client, physician: User, patient: Patient) -> None:
    order = factories.make_order(patient, physician)
    page = nurse_client.get(reverse("courses:order", args=[order.code])).content.decode()
    assert "Change the order" not in page
    assert nurse_client.get(reverse("courses:order-edit", args=[order.code])).status_code == 409


def test_physician_stops_a_course_with_a_reason(
    physician_client: Client, physician: User, patient: Patient
) -> None:
    course = factories.make_course(patient, physician)
    url = reverse("courses:stop", args=[course.code])
    assert physician_client.post(url, {"reason": "", "patient": patient.code}).status_code == 422
    assert physician_client.post(url, {"reason": "scheduling", "patient": patient.code}).status_code == 302
    course.refresh_from_db()
    assert course.state == Course.State.DISCONTINUED
