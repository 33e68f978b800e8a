"""From the record to the facts that an eligibility decision rests on: nothing is added, nothing guessed."""

from datetime import date

from patients.eligibility.codes import Therapy as TherapyFact
from patients.eligibility.facts import Facts
from patients.models import Coverage, Payer, Workup
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


def facts_of(*, workup: Workup, coverage: Coverage | None, as_of: date) -> Facts:
    """The facts on a date of service. Raises FactsError, naming each field, where two contradict."""
    # An empty text is "not known"; 0 and False are known.
    given = {name: value for name in WORKUP_FACTS if (value := getattr(workup, name)) != ""}
    given["therapy_tried"] = frozenset(
        _THERAPY_FACTS.get(Therapy(code), code) for code in workup.therapy_tried
    )
    given["opinion_reasons"] = frozenset(workup.opinion_reasons)
    given["as_of"] = as_of
    given["age_years"] = workup.patient.age_on(as_of)
    if coverage is not None:
        given |= {name: value for name in COVERAGE_FACTS if (value := getattr(coverage, name)) != ""}
        given["payer_kind"] = coverage.payer.kind
        given["policy_id"] = coverage.payer.policy_id or None
        if coverage.payer.kind in _MEDICARE:
            given["medicare_beneficiary"] = True
    return Facts(**given)
