"""What changed between two decisions, in the words of the screens."""

from datetime import date, datetime
from typing import Any

import pytest

from eecp_clinic.models import Clinic, User
from patients import services
from patients.comparison import Change, changes_since, fact_shown
from patients.models import EligibilityAssessment, Patient
from tests import factories


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient)
    return patient


def assess(patient: Patient, actor: User, now: datetime, **workup: Any) -> EligibilityAssessment:
    return services.assess(
        workup=factories.make_workup(patient, actor, **workup),
        coverage=patient.coverages.get(),
        as_of=date(2026, 11, 23),
        actor=actor,
        now=now,
    )


def test_same_record_changes_nothing(patient: Patient, nurse: User, now: datetime) -> None:
    before = assess(patient, nurse, now)
    assert changes_since(before, assess(patient, nurse, now)) == ()


def test_better_class_shows_outcome_then_criterion_then_fact(
    patient: Patient, nurse: User, now: datetime
) -> None:
    before = assess(patient, nurse, now, ccs_class=2)
    changes = changes_since(before, assess(patient, nurse, now))
    assert changes[0] == Change("What follows", "Not covered", "Covered")
    assert (changes[1].before, changes[1].after) == ("Not met", "Met")
    assert changes[-1] == Change("CCS angina class", "II", "III")


def test_fact_that_became_known_was_not_known_before(patient: Patient, nurse: User, now: datetime) -> None:
    before = assess(patient, nurse, now, opinion_on=None)
    changes = changes_since(before, assess(patient, nurse, now))
    assert changes[-1] == Change("Date of the opinion", "", "02-Nov-2026")


def test_decision_of_an_empty_record_can_be_compared(
    patient: Patient, physician: User, now: datetime
) -> None:
    empty = factories.make_assessment(patient, physician)
    assert changes_since(empty, assess(patient, physician, now))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cad_proven", False, "no"),
        ("cad_proven", None, ""),
        ("diagnoses", [], ""),
        ("diagnoses", ["I10", "I25.112"], "I10, I25.112"),
        ("opinion_reasons", ["anatomy_not_amenable"], "anatomy not amenable"),
        ("stable_since", "2026-09-01", "01-Sep-2026"),
        ("opinion_by", "A_B Example, MD", "A_B Example, MD"),
        ("nyha_class", 4, "IV"),
        ("prior_sessions_in_course", 0, "0"),
        ("fact_of_another_version", "x_y", "x_y"),
    ],
)
def test_facts_read_as_people_write_them(name: str, value: Any, text: str) -> None:
    assert fact_shown(name, value) == text
