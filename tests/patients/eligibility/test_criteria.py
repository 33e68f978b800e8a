"""Every criterion of every policy both ways: what meets it, and what does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from patients.eligibility.packaged import load_packaged
from patients.eligibility.policy import Criterion, Policy
from patients.eligibility.rules.registry import RULES
from tests.patients.eligibility.cases import facts

DAY = date(2026, 9, 9)
#: Changes of the base facts that fail each rule. What meets it is the base, but for RULES_MET.
FAILS: dict[str, tuple[dict[str, Any], str]] = {
    "angina_class": ({"ccs_class": 2}, "not_met"),
    "angina_is_primary": ({"angina_is_primary": False}, "not_met"),
    "angina_stability": ({"angina_stability": "unstable"}, "not_met"),
    "calcium_is_not_angina": ({"ccs_class": 0, "cac_agatston": 900}, "not_met"),
    "class_dated": ({"ccs_assessed_on": None}, "unknown"),
    "coverage_in_force": ({"coverage_ends_on": DAY - timedelta(days=1)}, "not_met"),
    "coverage_lasts": ({"coverage_ends_on": DAY + timedelta(days=48)}, "needs_human"),
    "dates_in_order": ({"opinion_on": date(2026, 8, 21)}, "not_met"),
    "device_of_kind": ({"device_kind": "hydraulic"}, "not_met"),
    "diagnosis_supports": ({"diagnoses": ["I20.0"]}, "not_met"),
    "disease_proven": ({"cad_proven": False}, "not_met"),
    "earlier_course_helped": (
        {
            "earlier_course": True,
            "prior_course_benefit_class_gain": 0,
            "prior_course_benefit_episode_drop_percent": 25,
        },
        "not_met",
    ),
    "first_course_only": ({"earlier_course": True}, "not_met"),
    "no_abn_for_advantage": ({"payer_kind": "medicare_advantage", "abn_option": "2"}, "not_met"),
    "opinion_by_specialist": ({"opinion_specialty": "family_medicine"}, "not_met"),
    "opinion_reason_qualifies": ({"opinion_reasons": ["patient_preference"]}, "not_met"),
    "opinion_recent": ({"opinion_on": date(2025, 9, 8)}, "not_met"),
    "order_signed": ({"order_signed_on": DAY + timedelta(days=1)}, "not_met"),
    "repeat_interval": ({"earlier_course": True, "last_course_ended_on": date(2026, 6, 10)}, "not_met"),
    "repeat_looked_at": ({"earlier_course": True}, "needs_human"),
    "self_pay_allowed": ({"medicare_beneficiary": True}, "not_met"),
    "session_within_limit": ({"prior_sessions_in_course": 35}, "not_met"),
    "stable_for": ({"stable_since": DAY - timedelta(days=13)}, "not_met"),
    "therapy_maximal": ({"medical_therapy_maximal": False}, "not_met"),
}
#: Where the base facts do not meet a rule, or where it can never be met.
MEETS: dict[str, dict[str, Any]] = {"self_pay_allowed": {"medicare_beneficiary": False}}
NEVER_MET = {"looked_at": "needs_human", "text_not_read": "unknown"}
NAMES = {kind: name for name, kind in RULES.items()}
CRITERIA = [(policy, criterion) for policy in load_packaged().policies for criterion in policy.criteria]


def label(value: Any) -> str:
    return f"{value.id}-{value.version}" if isinstance(value, Policy) else str(value.id)


@pytest.mark.parametrize(("policy", "criterion"), CRITERIA, ids=label)
def test_criterion_answers_both_ways(policy: Policy, criterion: Criterion) -> None:
    name = NAMES[type(criterion.rule)]
    if name in NEVER_MET:
        assert criterion.rule.judge(facts()).state == NEVER_MET[name]
        return
    changes, state = FAILS[name]
    if name == "angina_stability" and "unstable" in criterion.rule.allowed:  # type: ignore[attr-defined]
        changes, state = {"angina_stability": None}, "unknown"
    assert criterion.rule.judge(facts(**MEETS.get(name, {}))).state == "met"
    assert criterion.rule.judge(facts(**changes)).state == state


def test_every_rule_has_a_row() -> None:
    assert set(FAILS) | set(NEVER_MET) == set(RULES)
