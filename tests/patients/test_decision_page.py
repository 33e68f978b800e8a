"""The page of a decision shows what was stored, and leads to the field that mends it."""

from datetime import date, datetime
from typing import Any

import pytest

from eecp_clinic.models import Clinic, User
from patients import services
from patients.decision_page import decision_page, mend_url
from patients.models import EligibilityAssessment, Patient
from patients.verdicts import NEXT_STEPS, PATHWAYS, STATES
from tests import factories


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def assess(patient: Patient, actor: User, now: datetime, **workup: Any) -> EligibilityAssessment:
    return services.assess(
        workup=factories.make_workup(patient, actor, **workup),
        coverage=patient.coverages.first(),
        as_of=date(2026, 11, 23),
        actor=actor,
        now=now,
    )


def test_every_pathway_and_state_has_words() -> None:
    from patients.eligibility.conclusion import Pathway
    from patients.eligibility.rules.outcome import State

    assert set(PATHWAYS) == set(NEXT_STEPS) == set(Pathway)
    assert set(STATES) == set(State)


def test_covered_decision_counts_its_criteria(patient: Patient, nurse: User, now: datetime) -> None:
    factories.make_coverage(patient)
    page = decision_page(assess(patient, nurse, now), can_mend=True)
    assert page.pathway.light == "go"
    assert page.met_of_required == f"{len(page.required)} of {len(page.required)} met"
    assert all(finding["source_url"].startswith("http") for finding in page.required)
    assert page.what_if_other


def test_missing_fact_links_to_its_field_in_a_new_workup(
    patient: Patient, nurse: User, now: datetime
) -> None:
    factories.make_coverage(patient)
    decision = assess(patient, nurse, now, angina_is_primary=None, opinion_reasons=[])
    urls = {fact.url for fact in decision_page(decision, can_mend=True).missing}
    form = f"/patients/{patient.code}/workups/add/?from={decision.workup.code}"
    assert urls == {f"{form}#id_angina_is_primary", f"{form}#field_id_opinion_reasons"}


def test_reader_who_cannot_mend_sees_no_links(patient: Patient, nurse: User, now: datetime) -> None:
    factories.make_coverage(patient)
    page = decision_page(assess(patient, nurse, now, angina_is_primary=None), can_mend=False)
    assert [fact.url for fact in page.missing] == [""]
    assert not any(finding["way_out_url"] for finding in page.required)


def test_missing_payer_leads_to_a_new_coverage(patient: Patient, nurse: User, now: datetime) -> None:
    decision = assess(patient, nurse, now)
    assert mend_url("payer_kind", decision) == f"/patients/{patient.code}/coverages/add/"


def test_missing_policy_leads_to_the_payer(patient: Patient, nurse: User, now: datetime) -> None:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    factories.make_coverage(patient, payer)
    decision = assess(patient, nurse, now)
    assert mend_url("policy_id", decision) == f"/patients/payers/{payer.code}/#id_policy_id"
    assert mend_url("order_signed_on", decision) == ""


def test_failed_recommendation_is_no_stop(patient: Patient, nurse: User, now: datetime) -> None:
    factories.make_coverage(patient)
    page = decision_page(assess(patient, nurse, now, cad_proven=False), can_mend=True)
    proven = next(f for f in page.recommended if "disease is proven" in f["sentence"])
    assert (proven["state"], proven["light"]) == ("not_met", "look")
    assert page.pathway.light == "go"
