"""The coverage decision learns when the order of the course that goes on was signed."""

from datetime import date, datetime
from typing import Any

from courses.models import Course
from courses.ordering.order_day import signed_on
from eecp_clinic.models import Clinic, User
from patients import services
from patients.models import EligibilityAssessment, Patient
from tests import factories

DAY = date(2026, 11, 23)


def assess(patient: Patient, actor: User, now: datetime, **workup: Any) -> EligibilityAssessment:
    return services.assess(
        workup=factories.make_workup(patient, actor, **workup),
        coverage=patient.coverages.get(),
        as_of=DAY,
        actor=actor,
        now=now,
    )


def test_day_is_that_of_the_signature_in_the_clinics_zone(clinic: Clinic, physician: User) -> None:
    course = factories.make_course(factories.make_patient(clinic), physician)
    assert signed_on(course.patient) == DAY


def test_without_a_course_that_goes_on_there_is_no_day(clinic: Clinic, physician: User) -> None:
    patient = factories.make_patient(clinic)
    assert signed_on(patient) is None
    factories.make_order(patient, physician, signed=False)
    assert signed_on(patient) is None
    ended = factories.make_course(factories.make_patient(clinic), physician, state=Course.State.COMPLETED)
    assert signed_on(ended.patient) is None


def test_decision_of_a_course_knows_its_order(clinic: Clinic, physician: User, now: datetime) -> None:
    patient = factories.make_course(factories.make_patient(clinic), physician).patient
    found = assess(patient, physician, now)
    assert (found.facts["order_signed_on"], found.verdict) == ("2026-11-23", "met")
    states = {f["criterion_id"]: f["state"] for f in found.decision["findings"]}
    assert states["order-signed"] == "met"


def test_decision_before_an_order_does_not_know_one(clinic: Clinic, physician: User, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient)
    assert assess(patient, physician, now).facts["order_signed_on"] is None
