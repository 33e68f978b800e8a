"""Each rule both ways, and what it says when it does not know."""

from datetime import date
from typing import Any

import pytest

from patients.eligibility.codes import AbnOption, DeviceKind, OpinionReason, Specialty, Stability
from patients.eligibility.facts import Facts
from patients.eligibility.rules.angina import (
    AnginaClass,
    AnginaIsPrimary,
    AnginaStability,
    ClassDated,
    StableFor,
)
from patients.eligibility.rules.course import (
    EarlierCourseHelped,
    FirstCourseOnly,
    RepeatInterval,
    RepeatLookedAt,
    SessionWithinLimit,
    add_months,
)
from patients.eligibility.rules.opinion import DatesInOrder, OpinionBySpecialist, OpinionReasonQualifies
from patients.eligibility.rules.outcome import Rule
from patients.eligibility.rules.payment import SelfPayAllowed
from patients.eligibility.rules.record import (
    DeviceOfKind,
    DiseaseProven,
    LookedAt,
    OrderSigned,
    TherapyMaximal,
)

TODAY = date(2026, 9, 9)
EITHER = EarlierCourseHelped(class_gain=1, episode_drop_over_percent=25, both=False)
BOTH = EarlierCourseHelped(class_gain=1, episode_drop_over_percent=25, both=True)
SPECIALIST = OpinionBySpecialist(specialties=("cardiology", "cardiothoracic_surgery"))
DATED: dict[str, Any] = {"opinion_by": "SAMPLE Carl, MD", "opinion_on": date(2026, 8, 1)}


def repeat(gain: int | None = None, drop: float | None = None) -> dict[str, Any]:
    return {
        "earlier_course": True,
        "prior_course_benefit_class_gain": gain,
        "prior_course_benefit_episode_drop_percent": drop,
    }


TABLE: list[tuple[Rule, dict[str, Any], str]] = [
    (AnginaClass(ccs=(3, 4)), {"ccs_class": 4}, "met"),
    (AnginaClass(ccs=(3, 4)), {"ccs_class": 2}, "not_met"),
    (AnginaClass(ccs=(3, 4)), {"ccs_class": 0}, "not_met"),
    (AnginaClass(ccs=(3, 4)), {"nyha_class": 3}, "unknown"),
    (AnginaClass(ccs=(3, 4), nyha=(3, 4)), {"nyha_class": 3}, "needs_human"),
    (AnginaClass(ccs=(3, 4), nyha=(3, 4)), {"nyha_class": 3, "ccs_class": 1}, "needs_human"),
    (AnginaClass(ccs=(3, 4), nyha=(3, 4)), {"nyha_class": 2, "ccs_class": 2}, "not_met"),
    (ClassDated(), {"ccs_class": 3, "ccs_assessed_on": TODAY}, "met"),
    (ClassDated(), {"ccs_class": 3}, "unknown"),
    (AnginaStability(allowed=("stable",)), {"angina_stability": Stability.STABLE}, "met"),
    (AnginaStability(allowed=("stable",)), {"angina_stability": Stability.UNSTABLE}, "not_met"),
    (AnginaStability(allowed=("stable",)), {}, "unknown"),
    (StableFor(days=14), {"as_of": TODAY, "stable_since": date(2026, 8, 26)}, "met"),
    (StableFor(days=14), {"as_of": TODAY, "stable_since": date(2026, 8, 27)}, "not_met"),
    (StableFor(days=14), {"as_of": TODAY, "stable_since": date(2026, 9, 10)}, "not_met"),
    (StableFor(days=14), {"angina_stability": Stability.UNSTABLE}, "not_met"),
    (StableFor(days=14), {"as_of": TODAY}, "unknown"),
    (AnginaIsPrimary(), {"angina_is_primary": True}, "met"),
    (AnginaIsPrimary(), {"angina_is_primary": False}, "not_met"),
    (AnginaIsPrimary(), {"ccs_class": 0}, "not_met"),
    (AnginaIsPrimary(), {}, "unknown"),
    (SPECIALIST, {"opinion_specialty": Specialty.CARDIOTHORACIC_SURGERY, **DATED}, "met"),
    (SPECIALIST, {"opinion_specialty": Specialty.INTERNAL_MEDICINE, **DATED}, "not_met"),
    (SPECIALIST, {"opinion_specialty": Specialty.FAMILY_MEDICINE}, "not_met"),
    (SPECIALIST, {"opinion_specialty": Specialty.CARDIOLOGY, "opinion_by": "SAMPLE Carl, MD"}, "unknown"),
    (
        OpinionReasonQualifies(qualifying=("anatomy_not_amenable",)),
        {
            "opinion_reasons": frozenset(
                {OpinionReason.ANATOMY_NOT_AMENABLE, OpinionReason.PATIENT_PREFERENCE}
            )
        },
        "met",
    ),
    (
        OpinionReasonQualifies(qualifying=("anatomy_not_amenable",)),
        {"opinion_reasons": frozenset({OpinionReason.PATIENT_PREFERENCE})},
        "not_met",
    ),
    (OpinionReasonQualifies(qualifying=("anatomy_not_amenable",)), {}, "unknown"),
    (DatesInOrder(), {"as_of": TODAY, "opinion_on": TODAY, "order_signed_on": TODAY}, "met"),
    (DatesInOrder(), {"as_of": TODAY, "opinion_on": TODAY}, "met"),
    (DatesInOrder(), {"opinion_on": TODAY, "order_signed_on": date(2026, 9, 8)}, "not_met"),
    (DatesInOrder(), {"as_of": TODAY, "opinion_on": date(2026, 9, 10)}, "not_met"),
    (DatesInOrder(), {"as_of": TODAY, "ccs_assessed_on": date(2026, 9, 10)}, "not_met"),
    (DatesInOrder(), {"as_of": TODAY}, "unknown"),
    (SessionWithinLimit(limit=35), {"prior_sessions_in_course": 34}, "met"),
    (SessionWithinLimit(limit=35), {"prior_sessions_in_course": 35}, "not_met"),
    (SessionWithinLimit(limit=35), {}, "unknown"),
    (FirstCourseOnly(), {"earlier_course": False}, "met"),
    (FirstCourseOnly(), {"earlier_course": True}, "not_met"),
    (FirstCourseOnly(), {"last_course_ended_on": TODAY}, "not_met"),
    (FirstCourseOnly(), {}, "unknown"),
    (RepeatInterval(months=12), {"earlier_course": False}, "met"),
    (RepeatInterval(months=12), {"as_of": TODAY, "last_course_ended_on": date(2025, 9, 9)}, "met"),
    (RepeatInterval(months=12), {"as_of": TODAY, "last_course_ended_on": date(2025, 9, 10)}, "not_met"),
    (RepeatInterval(months=12), {"as_of": TODAY, "earlier_course": True}, "unknown"),
    (EITHER, {"earlier_course": False}, "met"),
    (EITHER, repeat(gain=1), "met"),
    (EITHER, repeat(drop=25.1), "met"),
    (EITHER, repeat(gain=0, drop=25.0), "not_met"),
    (EITHER, repeat(gain=0), "unknown"),
    (BOTH, repeat(gain=1, drop=30), "met"),
    (BOTH, repeat(gain=0), "not_met"),
    (BOTH, repeat(gain=1), "unknown"),
    (RepeatLookedAt(question="Look."), {"earlier_course": False}, "met"),
    (RepeatLookedAt(question="Look."), {"earlier_course": True}, "needs_human"),
    (RepeatLookedAt(question="Look."), {}, "unknown"),
    (LookedAt(question="Look."), {}, "needs_human"),
    (DeviceOfKind(allowed=("pneumatic",)), {"device_kind": DeviceKind.PNEUMATIC}, "met"),
    (DeviceOfKind(allowed=("pneumatic",)), {"device_kind": DeviceKind.HYDRAULIC}, "not_met"),
    (DeviceOfKind(allowed=("pneumatic",)), {}, "unknown"),
    (TherapyMaximal(), {"medical_therapy_maximal": True}, "met"),
    (TherapyMaximal(), {"medical_therapy_maximal": False}, "not_met"),
    (TherapyMaximal(), {}, "unknown"),
    (DiseaseProven(), {"cad_proven": True}, "met"),
    (DiseaseProven(), {"cad_proven": False}, "not_met"),
    (DiseaseProven(), {}, "unknown"),
    (OrderSigned(), {"as_of": TODAY, "order_signed_on": TODAY}, "met"),
    (OrderSigned(), {"as_of": TODAY, "order_signed_on": date(2026, 9, 10)}, "not_met"),
    (OrderSigned(), {"as_of": TODAY}, "unknown"),
    (SelfPayAllowed(), {"medicare_beneficiary": False}, "met"),
    (SelfPayAllowed(), {"medicare_beneficiary": True}, "not_met"),
    (SelfPayAllowed(), {"medicare_beneficiary": True, "abn_option": AbnOption.TREAT_WITHOUT_CLAIM}, "met"),
    (SelfPayAllowed(), {"medicare_beneficiary": True, "abn_option": AbnOption.TREAT_AND_CLAIM}, "not_met"),
    (SelfPayAllowed(), {"medicare_beneficiary": True, "ma_denial_on": TODAY, "as_of": TODAY}, "met"),
    (
        SelfPayAllowed(),
        {"medicare_beneficiary": True, "ma_denial_on": date(2026, 9, 10), "as_of": TODAY},
        "not_met",
    ),
    (SelfPayAllowed(), {"medicare_beneficiary": True, "ma_denial_on": TODAY}, "unknown"),
    (SelfPayAllowed(), {}, "unknown"),
]


@pytest.mark.parametrize(("rule", "given", "state"), TABLE)
def test_rule_answers_as_the_table_says(rule: Rule, given: dict[str, Any], state: str) -> None:
    assert rule.judge(Facts(**given)).state == state


@pytest.mark.parametrize(("rule", "given"), [(rule, given) for rule, given, _ in TABLE])
def test_only_an_unknown_answer_names_missing_facts(rule: Rule, given: dict[str, Any]) -> None:
    facts = Facts(**given)
    outcome = rule.judge(facts)
    assert bool(outcome.missing) == (outcome.state == "unknown")
    assert not any(facts.is_known(name) for name in outcome.missing)
    assert outcome.fact.endswith(".")


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (AnginaClass, {"ccs": (5,)}),
        (AnginaClass, {"ccs": (3,), "nyha": (0,)}),
        (AnginaStability, {"allowed": ()}),
        (StableFor, {"days": 0}),
        (OpinionBySpecialist, {"specialties": ("wizardry",)}),
        (OpinionReasonQualifies, {"qualifying": ()}),
        (SessionWithinLimit, {"limit": 0}),
        (RepeatInterval, {"months": 0}),
        (DeviceOfKind, {"allowed": ("steam",)}),
    ],
)
def test_rule_with_impossible_parameters_is_refused(rule: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        rule(**values)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 15), 3, date(2026, 4, 15)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_months_end_on_a_day_that_exists(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end
