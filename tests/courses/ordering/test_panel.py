"""A patient's page leads to the order and the course, and to the next step that is open to the reader."""

from django.test import Client

from eecp_clinic.models import Clinic, User
from tests import factories
from tests.conftest import client_of


def test_signed_decision_leads_to_writing_the_order(clinic: Clinic, physician: User) -> None:
    patient = factories.make_patient(clinic)
    factories.make_assessment(patient, physician)
    page = client_of(physician).get(patient.get_absolute_url()).content.decode()
    assert "Write an order" in page


def test_unsigned_decision_says_what_an_order_waits_for(clinic: Clinic, physician: User) -> None:
    patient = factories.make_patient(clinic)
    factories.make_assessment(patient, physician, signed=False)
    page = client_of(physician).get(patient.get_absolute_url()).content.decode()
    assert "Write an order" not in page
    assert "An order rests on a signed coverage decision" in page


def test_course_that_goes_on_is_linked_and_no_second_order_is_offered(
    clinic: Clinic, physician: User, biller_client: Client
) -> None:
    patient = factories.make_patient(clinic)
    course = factories.make_course(patient, physician)
    page = client_of(physician).get(patient.get_absolute_url()).content.decode()
    assert course.get_absolute_url() in page
    assert "Write an order" not in page
    assert course.get_absolute_url() in biller_client.get(patient.get_absolute_url()).content.decode()


def test_front_desk_sees_no_order(clinic: Clinic, physician: User, front_desk: User) -> None:
    patient = factories.make_patient(clinic)
    course = factories.make_course(patient, physician)
    page = client_of(front_desk).get(patient.get_absolute_url()).content.decode()
    assert f'href="{course.get_absolute_url()}"' not in page
