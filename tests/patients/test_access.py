"""What is of another clinic is not there."""

import pytest

from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic, User
from patients import access
from tests import factories


def test_patient_of_the_clinic_is_found(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    assert access.get_patient(clinic, patient.code) == patient


def test_patient_of_another_clinic_is_not_there(clinic: Clinic) -> None:
    other = factories.make_clinic(name="Elsewhere Example Clinic")
    with pytest.raises(NotFound):
        access.get_patient(clinic, factories.make_patient(other).code)


def test_records_of_another_patient_are_not_there(clinic: Clinic, physician: User) -> None:
    patient, other = factories.make_patient(clinic), factories.make_patient(clinic)
    assessment = factories.make_assessment(other, physician)
    assert assessment.coverage
    with pytest.raises(NotFound):
        access.get_coverage(patient, assessment.coverage.code)
    with pytest.raises(NotFound):
        access.get_workup(patient, assessment.workup.code)
    with pytest.raises(NotFound):
        access.get_assessment(patient, assessment.code)


def test_payer_of_another_clinic_is_not_there(clinic: Clinic) -> None:
    other = factories.make_clinic(name="Elsewhere Example Clinic")
    with pytest.raises(NotFound):
        access.get_payer(clinic, factories.make_payer(other).code)
