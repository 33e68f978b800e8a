"""Facts come from the record as they stand: nothing is added, and empty stays not known."""

from dataclasses import fields
from datetime import date

import pytest

from eecp_clinic.models import Clinic, User
from patients.eligibility.codes import PayerKind, Therapy
from patients.eligibility.facts import FACTS, Facts
from patients.models import Coverage, Patient, Workup
from patients.models import workup as choices
from patients.record_facts import COVERAGE_DAYS, COVERAGE_FACTS, WORKUP_FACTS, facts_of
from tests import factories

DAY = date(2026, 11, 23)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def test_workup_with_nothing_known_gives_only_age_and_day(patient: Patient, nurse: User) -> None:
    empty = Workup(patient=patient, recorded_by=nurse)
    assert facts_of(workup=empty, coverage=None, as_of=DAY) == Facts(as_of=DAY, age_years=75)


def test_full_record_reads_as_its_facts(patient: Patient, nurse: User) -> None:
    workup = factories.make_workup(patient, nurse, therapy_tried=["cabg", "ivabradine", "statin"])
    facts = facts_of(workup=workup, coverage=factories.make_coverage(patient), as_of=DAY)
    assert facts.payer_kind is PayerKind.ORIGINAL_MEDICARE
    assert facts.medicare_beneficiary is True
    assert facts.therapy_tried == {Therapy.BYPASS_SURGERY, Therapy.OTHER, Therapy.STATIN}
    assert (facts.prior_sessions_in_course, facts.earlier_course) == (0, False)


def test_entitlement_to_medicare_is_not_guessed_for_who_pays_alone(patient: Patient, nurse: User) -> None:
    payer = factories.make_payer(patient.clinic, "self_pay", "Self-pay")
    coverage = factories.make_coverage(patient, payer)
    workup = factories.make_workup(patient, nurse)
    assert facts_of(workup=workup, coverage=coverage, as_of=DAY).medicare_beneficiary is None
    coverage.medicare_beneficiary = False
    assert facts_of(workup=workup, coverage=coverage, as_of=DAY).medicare_beneficiary is False


def test_every_choice_of_the_record_is_one_that_the_policies_know(patient: Patient, nurse: User) -> None:
    workup = factories.make_workup(
        patient,
        nurse,
        therapy_tried=list(choices.Therapy),
        opinion_reasons=list(choices.OpinionReason),
    )
    for specialty in Workup.Specialty:
        for kind in Workup.DeviceKind:
            workup.opinion_specialty, workup.device_kind = specialty, kind
            assert facts_of(workup=workup, coverage=None, as_of=DAY).device_kind == kind.value


def test_names_of_facts_are_names_of_fields() -> None:
    of_workup = {field.name for field in Workup._meta.get_fields()}
    of_coverage = {field.name for field in Coverage._meta.get_fields()}
    assert set(WORKUP_FACTS) <= of_workup & set(FACTS)
    assert set(COVERAGE_FACTS) <= of_coverage & set(FACTS)
    # The order's date belongs to courses, the ABN's to a notice, and the rest is read from patient, payer and the
    # question itself.
    others = {"as_of", "age_years", "payer_kind", "policy_id", "order_signed_on", "abn_signed_on"}
    others |= {"medicare_advantage_member", *COVERAGE_DAYS}
    assert {field.name for field in fields(Facts)} == {*WORKUP_FACTS, *COVERAGE_FACTS, *others}
