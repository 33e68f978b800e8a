"""Coverage decisions: made from the record, superseded and never edited, signed by a physician."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from eecp_clinic.signing import is_intact
from patients import services
from patients.models import EligibilityAssessment, Patient
from tests import factories

DAY = date(2026, 11, 23)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient)
    return patient


def assess(patient: Patient, actor: User, now: datetime, **workup: Any) -> EligibilityAssessment:
    return services.assess(
        workup=factories.make_workup(patient, actor, **workup),
        coverage=patient.coverages.first(),
        as_of=DAY,
        actor=actor,
        now=now,
    )


def sign(
    assessment: EligibilityAssessment, actor: User, now: datetime, password: str = factories.PASSWORD
) -> None:
    services.sign_assessment(assessment=assessment, password=password, actor=actor, now=now)


def test_record_that_meets_the_policy_is_covered(patient: Patient, nurse: User, now: datetime) -> None:
    decision = assess(patient, nurse, now)
    assert (decision.verdict, decision.pathway) == ("met", "covered")
    assert (decision.policy_id, decision.policy_version) == ("ncd-20.20", "2")
    assert decision.facts["ccs_class"] == 3
    event = AuditEvent.objects.get(action="assessment.made")
    assert event.data == {"patient": patient.code, "verdict": "met", "policy": "ncd-20.20"}


@pytest.mark.parametrize(
    ("workup", "pathway"),
    [
        ({"ccs_class": 2}, "not_covered"),
        ({"opinion_reasons": ["patient_preference"]}, "not_covered"),
        ({"opinion_specialty": "family_medicine"}, "incomplete"),
        ({"angina_is_primary": None}, "incomplete"),
    ],
)
def test_record_that_falls_short_says_how(
    patient: Patient, nurse: User, now: datetime, workup: dict[str, Any], pathway: str
) -> None:
    assert assess(patient, nurse, now, **workup).pathway == pathway


def test_without_coverage_the_decision_is_not_known(clinic: Clinic, nurse: User, now: datetime) -> None:
    decision = assess(factories.make_patient(clinic), nurse, now)
    assert (decision.verdict, decision.policy_id) == ("unknown", "")
    assert decision.decision["missing"] == ["payer_kind"]


def test_commercial_payer_without_a_policy_is_not_guessed(clinic: Clinic, nurse: User, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient, factories.make_payer(clinic, "commercial", "Invented Insurance"))
    decision = assess(patient, nurse, now)
    assert (decision.pathway, decision.decision["missing"]) == ("payer_unknown", ["policy_id"])


def test_new_decision_supersedes_the_one_in_force(patient: Patient, nurse: User, now: datetime) -> None:
    first = assess(patient, nurse, now, ccs_class=2)
    second = assess(patient, nurse, now)
    assert second.supersedes == first
    assert list(patient.assessments.all().in_force()) == [second]


def test_coverage_of_another_patient_is_refused(
    patient: Patient, clinic: Clinic, nurse: User, now: datetime
) -> None:
    other = factories.make_coverage(factories.make_patient(clinic))
    workup = factories.make_workup(patient, nurse)
    with pytest.raises(InvalidInput, match="not this patient's"):
        services.assess(workup=workup, coverage=other, as_of=DAY, actor=nurse, now=now)


@pytest.mark.parametrize("day", [date(2016, 2, 29), date(2027, 1, 1)])
def test_coverage_not_in_force_on_the_day_is_refused(
    clinic: Clinic, nurse: User, now: datetime, day: date
) -> None:
    patient = factories.make_patient(clinic)
    coverage = factories.make_coverage(patient, ends_on=date(2026, 12, 31))
    workup = factories.make_workup(patient, nurse)
    with pytest.raises(InvalidInput, match="not in force"):
        services.assess(workup=workup, coverage=coverage, as_of=day, actor=nurse, now=now)


def test_database_refuses_to_change_a_decision(patient: Patient, nurse: User, now: datetime) -> None:
    decision = assess(patient, nurse, now, ccs_class=2)
    decision.verdict = "met"
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        decision.save(update_fields=["verdict"])


def test_signature_holds_all_that_was_decided(patient: Patient, physician: User, now: datetime) -> None:
    decision = assess(patient, physician, now)
    sign(decision, physician, now)
    decision.refresh_from_db()
    assert decision.signature
    assert is_intact(decision.signature)
    content = json.loads(decision.signature.content)
    assert content["patient"]["mrn"] == patient.mrn
    assert content["facts"] == decision.facts
    assert content["decision"] == decision.decision
    assert AuditEvent.objects.filter(action="assessment.signed").count() == 1


def test_nurse_cannot_sign(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="Physician"):
        sign(assess(patient, nurse, now), nurse, now)


def test_wrong_password_signs_nothing(patient: Patient, physician: User, now: datetime) -> None:
    decision = assess(patient, physician, now)
    with pytest.raises(InvalidInput, match="password is not right"):
        sign(decision, physician, now, "guess")
    decision.refresh_from_db()
    assert not decision.is_signed


def test_signed_decision_is_not_signed_again(patient: Patient, physician: User, now: datetime) -> None:
    decision = assess(patient, physician, now)
    sign(decision, physician, now)
    with pytest.raises(Conflict, match="signed already"):
        sign(decision, physician, now)


def test_replaced_decision_is_not_signed(patient: Patient, physician: User, now: datetime) -> None:
    old = assess(patient, physician, now)
    assess(patient, physician, now)
    with pytest.raises(Conflict, match="newer decision"):
        sign(old, physician, now)
