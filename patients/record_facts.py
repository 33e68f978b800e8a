"""From the record to the facts that an eligibility decision rests on: nothing is added, nothing guessed."""

from datetime import date
from typing import Any

from patients.eligibility.codes import Therapy as TherapyFact
from patients.eligibility.facts import Facts
from patients.models import Coverage, Patient, Payer, Workup
from patients.models.workup import Therapy

_MEDICARE = (Payer.Kind.ORIGINAL_MEDICARE, Payer.Kind.MEDICARE_ADVANTAGE)
#: Therapies that the policies call by another name, or know only as "other".
_THERAPY_FACTS = {Therapy.CABG: TherapyFact.BYPASS_SURGERY, Therapy.IVABRADINE: TherapyFact.OTHER}

#: Facts that a workup holds under the same name.
WORKUP_FACTS = (
    "ccs_class",
    "ccs_assessed_on",
    "angina_stability",
    "stable_since",
    "angina_is_primary",
    "opinion_specialty",
    "opinion_by",
    "opinion_on",
    "opinion_reasons",
    "cad_proven",
    "medical_therapy_maximal",
    "therapy_tried",
    "cac_agatston",
    "cac_on",
    "lvef_percent",
    "nyha_class",
    "diagnoses",
    "device_kind",
    "prior_sessions_in_course",
    "earlier_course",
    "last_course_ended_on",
    "prior_course_benefit_class_gain",
    "prior_course_benefit_episode_drop_percent",
)
#: Facts that a coverage holds under the same name.
COVERAGE_FACTS = ("medicare_beneficiary", "abn_option", "ma_denial_on")
#: Facts that a coverage holds under another name.
COVERAGE_DAYS = {"coverage_starts_on": "starts_on", "coverage_ends_on": "ends_on"}


def facts_of(
    *, workup: Workup, coverage: Coverage | None, as_of: date, order_signed_on: date | None = None
) -> Facts:
    """The facts on a date of service. Raises FactsError, naming each field, where two contradict.

    An ABN and a plan's denial that were recorded as such go before what the coverage says of them.
    """
    # An empty text is "not known"; 0 and False are known.
    given = {name: value for name in WORKUP_FACTS if (value := getattr(workup, name)) != ""}
    given["therapy_tried"] = frozenset(
        _THERAPY_FACTS.get(Therapy(code), code) for code in workup.therapy_tried
    )
    given["opinion_reasons"] = frozenset(workup.opinion_reasons)
    given["as_of"] = as_of
    given["age_years"] = workup.patient.age_on(as_of)
    given["order_signed_on"] = order_signed_on
    if coverage is not None:
        given |= {name: value for name in COVERAGE_FACTS if (value := getattr(coverage, name)) != ""}
        given["payer_kind"] = coverage.payer.kind
        given["policy_id"] = coverage.payer.policy_id or None
        given |= {name: getattr(coverage, field) for name, field in COVERAGE_DAYS.items()}
        if coverage.payer.kind in _MEDICARE:
            given["medicare_beneficiary"] = True
        given["medicare_advantage_member"] = _advantage_member(workup.patient, as_of)
        given |= _notices(workup.patient, as_of)
    return Facts(**given)


def _advantage_member(patient: Patient, day: date) -> bool | None:
    """By the coverages in force on that day; not known where none of them is Medicare's."""
    kinds = {
        coverage.payer.kind
        for coverage in patient.coverages.select_related("payer")
        if coverage.starts_on <= day and (coverage.ends_on is None or coverage.ends_on >= day)
    }
    if Payer.Kind.MEDICARE_ADVANTAGE in kinds:
        return True
    return False if Payer.Kind.ORIGINAL_MEDICARE in kinds else None


def _notices(patient: Patient, day: date) -> dict[str, Any]:
    given: dict[str, Any] = {}
    notice = patient.notices.in_force_on(day).first()
    if notice is not None:
        given |= {"abn_option": notice.option or None, "abn_signed_on": notice.signed_on}
    denial = patient.determinations.denied_by(day).first()
    if denial is not None:
        given["ma_denial_on"] = denial.answered_on
    return given
