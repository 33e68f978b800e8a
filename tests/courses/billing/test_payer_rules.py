"""Notices, coverage, authorizations, diagnoses and repeats: each rule met and not met."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from courses.billing.findings import LineFinding, Severity
from courses.billing.line import Coverage, PayerKind
from courses.billing.payer_facts import (
    AbnOption,
    Approval,
    Asked,
    CardFacts,
    DiagnosisFacts,
    PayerFacts,
    PlanAnswer,
)
from courses.billing.scrubber import scrub
from tests.courses.billing.test_scrubber import ABN, ADVANTAGE, APPROVED, CLEAN, GIVEN, OPTION_2, RULES

BLOCK, WARN, NOTE = Severity.BLOCK, Severity.WARN, Severity.NOTE
BEYOND = {"number_in_course": 36}
REPEAT = {"earlier_course_ended_on": date(2025, 12, 1)}
OTHER = {"payer_kind": PayerKind.OTHER}
PLAN_DENIED = PayerFacts(answers=(PlanAnswer(answered_on=date(2026, 9, 1), approved=False),))
PLAN_SIX = PayerFacts(answers=(PlanAnswer(answered_on=date(2026, 9, 1), approved=True, sessions=6),))
APPROVAL = Approval(
    number="PA-1", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 31), sessions=35, session=7
)
ASKED = Asked(units=1, charge=Decimal("150.00"), fee=Decimal("150.00"), practitioner_npi=CLEAN.billing_npi)


def findings(**changes: Any) -> dict[str, LineFinding]:
    return {finding.code: finding for finding in scrub(replace(CLEAN, **changes), RULES)}


def abn(**changes: Any) -> dict[str, Any]:
    return {"payer": PayerFacts(abns=(replace(GIVEN, **changes),))}


def approvals(*of: Approval, needed: bool | None = True) -> dict[str, Any]:
    return {**OTHER, "payer": PayerFacts(needs_authorization=needed, approvals=of)}


def coded(*codes: str, **changes: Any) -> dict[str, Any]:
    return {"diagnoses": DiagnosisFacts(**{"codes": codes, "book": "FY2026", **changes})}


NOT_COVERED = {"coverage": Coverage.NOT_COVERED}
WITH_GA, WITH_GZ = {"modifiers": ("GA",)}, {"modifiers": ("GZ",)}

#: What makes the rule speak, what it says how strongly, and the nearest facts for which it is silent.
TABLE: list[tuple[dict[str, Any], str, Severity, dict[str, Any]]] = [
    (NOT_COVERED, "not_covered", BLOCK, ABN),
    (ABN, "goes_with_ga", NOTE, {**ABN, **WITH_GA}),
    ({**ABN, "modifiers": ()}, "ga_missing", BLOCK, {**ABN, **WITH_GA}),
    ({**NOT_COVERED, **abn(signed_on=None, option=None)}, "abn_unsigned", WARN, ABN),
    ({**NOT_COVERED, **abn(signed_on=date(2026, 9, 16))}, "abn_signed_late", WARN, ABN),
    ({**NOT_COVERED, **abn(given_on=date(2026, 5, 11))}, "abn_wrong_edition", WARN, ABN),
    ({**NOT_COVERED, **abn(sessions=6)}, "abn_used_up", WARN, ABN),
    ({**NOT_COVERED, "payer": OPTION_2}, "abn_option_2", BLOCK, ABN),
    ({**NOT_COVERED, **abn(option=AbnOption.NO_TREATMENT)}, "abn_option_3", BLOCK, ABN),
    (BEYOND, "abn_missing", WARN, {**BEYOND, **abn()}),
    ({**BEYOND, **abn(sessions=6)}, "abn_missing", WARN, {**BEYOND, **abn(option=AbnOption.WITNESSED)}),
    ({**BEYOND, **abn(), "modifiers": ()}, "ga_missing", BLOCK, {**BEYOND, **abn(), **WITH_GA}),
    (REPEAT, "abn_missing", WARN, {**REPEAT, **abn()}),
    (REPEAT, "repeat_too_early", WARN, {"earlier_course_ended_on": date(2025, 9, 7)}),
    ({**NOT_COVERED, **WITH_GZ}, "gz_denied", WARN, NOT_COVERED),
    ({**ABN, **WITH_GZ}, "gz_with_abn", BLOCK, {**NOT_COVERED, **WITH_GZ}),
    ({**NOT_COVERED, **WITH_GA}, "ga_without_abn", BLOCK, {**ABN, **WITH_GA}),
    (WITH_GA, "denial_not_expected", WARN, {**ABN, **WITH_GA}),
    ({"modifiers": ("GY",)}, "wrong_modifier_family", WARN, {"modifiers": ()}),
    ({**ADVANTAGE, **abn()}, "abn_for_advantage", WARN, ADVANTAGE),
    ({**ADVANTAGE, **WITH_GZ}, "ga_not_for_advantage", BLOCK, {**ADVANTAGE, "modifiers": ()}),
    ({**ADVANTAGE, **NOT_COVERED}, "determination_missing", BLOCK, {**ADVANTAGE, "payer": APPROVED}),
    ({**ADVANTAGE, "payer": PLAN_DENIED}, "determination_denied", BLOCK, {**ADVANTAGE, "payer": APPROVED}),
    (
        {**ADVANTAGE, "payer": PLAN_SIX},
        "determination_used_up",
        BLOCK,
        {**ADVANTAGE, "payer": PLAN_SIX, "number_in_course": 6},
    ),
    (
        {"payer_kind": None, "payer": PayerFacts(coverage_ended_on=date(2026, 8, 31))},
        "coverage_not_in_force",
        BLOCK,
        {},
    ),
    ({"payer": PayerFacts(inactive_said_on=date(2026, 9, 10))}, "coverage_said_inactive", BLOCK, {}),
    ({"card": CardFacts(has_member_id=False)}, "member_id_missing", BLOCK, {}),
    ({"card": CardFacts(is_named=False)}, "subscriber_not_named", BLOCK, {}),
    (
        {"card": CardFacts(unknown=("sex",), on_paper=True)},
        "subscriber_incomplete",
        BLOCK,
        {"card": CardFacts(on_paper=True)},
    ),
    ({"card": CardFacts(unknown=("sex", "address"))}, "subscriber_incomplete", WARN, {}),
    (approvals(), "authorization_missing", BLOCK, approvals(APPROVAL)),
    (
        approvals(replace(APPROVAL, ends_on=date(2026, 9, 14))),
        "authorization_not_in_force",
        BLOCK,
        approvals(replace(APPROVAL, ends_on=date(2026, 9, 15))),
    ),
    (
        approvals(replace(APPROVAL, session=36)),
        "authorization_used_up",
        BLOCK,
        approvals(replace(APPROVAL, session=35)),
    ),
    (
        approvals(replace(APPROVAL, session=36), needed=None),
        "authorization_used_up",
        WARN,
        approvals(needed=None),
    ),
    (coded(), "diagnosis_missing", BLOCK, {}),
    (coded("I20.99", unknown=("I20.99",)), "diagnosis_not_valid", BLOCK, coded("I20.9")),
    (coded("I25.11", not_billable=("I25.11",)), "diagnosis_not_billable", BLOCK, coded("I25.112")),
    (coded("I20.9", "I25.112"), "diagnosis_excludes1", BLOCK, coded("I25.112", "I50.22")),
    (coded("I50.22"), "diagnosis_not_supporting", BLOCK, coded("I50.22", "I25.119")),
    (coded("I20.1"), "diagnosis_needs_review", WARN, coded("I20.1", "I20.9")),
    (coded("I25.112", book=""), "code_book_missing", NOTE, {}),
    (
        {"number_on_day": 2, "modifiers": ()},
        "repeat_modifier_missing",
        BLOCK,
        {"number_on_day": 2, "modifiers": ("76",)},
    ),
    ({"modifiers": ("76",)}, "repeat_modifier_on_first", BLOCK, {"number_on_day": 2, "modifiers": ("76",)}),
    (
        {"number_on_day": 2, "sessions_per_day": 1},
        "more_than_ordered",
        WARN,
        {"number_on_day": 2, "sessions_per_day": 2},
    ),
    ({"minutes_since_previous": -1}, "sessions_overlap", BLOCK, {"minutes_since_previous": 0}),
    ({"billing_npi": "1234567890"}, "billing_npi_wrong", BLOCK, {}),
    (
        {"modifiers": ("KX",), "payer": PayerFacts(refused_modifiers=("KX",))},
        "modifier_refused",
        BLOCK,
        {"modifiers": ("KX",)},
    ),
    ({"asked": replace(ASKED, alike=("abc",))}, "duplicate_line", BLOCK, {"asked": ASKED}),
    (
        {"asked": replace(ASKED, practitioner_npi="1111111112")},
        "claim_names_another",
        BLOCK,
        {"asked": ASKED},
    ),
    ({"asked": replace(ASKED, units=2)}, "units_not_one", BLOCK, {"asked": ASKED}),
    ({"asked": replace(ASKED, charge=Decimal(0))}, "charge_not_above_zero", BLOCK, {"asked": ASKED}),
    ({"asked": replace(ASKED, fee=Decimal(160))}, "charge_differs", WARN, {"asked": ASKED}),
    (
        {"other_codes_that_day": ("93798",), "payer": PayerFacts(same_day_conflicts=("93797-93798",))},
        "same_day_codes",
        WARN,
        {"other_codes_that_day": ("93798",)},
    ),
    (
        {**OTHER, "payer": PayerFacts(filing_months=3), "as_of": date(2026, 12, 16)},
        "filed_too_late",
        BLOCK,
        {**OTHER, "payer": PayerFacts(filing_months=3), "as_of": date(2026, 12, 15)},
    ),
]


@pytest.mark.parametrize(("changes", "code", "severity", "silent"), TABLE)
def test_rule_speaks_where_it_must_and_is_silent_beside_it(
    changes: dict[str, Any], code: str, severity: Severity, silent: dict[str, Any]
) -> None:
    found = findings(**changes)[code]
    assert found.severity is severity
    assert found.sentence.endswith(".")
    assert found.source
    assert hasattr(CLEAN, found.field)
    assert code not in findings(**silent)


def test_clinics_gap_between_two_sessions_is_asked_for_only_where_it_is_settled() -> None:
    facts = replace(CLEAN, number_on_day=2, minutes_since_previous=20)
    settled = {finding.code for finding in scrub(facts, replace(RULES, minimum_gap_minutes=30))}
    assert "gap_too_short" in settled
    assert "gap_too_short" not in {finding.code for finding in scrub(facts, RULES)}


@pytest.mark.parametrize("changes", [ABN, OTHER])
def test_code_that_supports_nothing_only_warns_where_denial_is_expected_or_the_list_is_anothers(
    changes: dict[str, Any],
) -> None:
    assert findings(**changes, **coded("I50.22"))["diagnosis_not_supporting"].severity is WARN


def test_code_lists_that_do_not_reach_the_day_are_not_applied() -> None:
    later = replace(RULES, diagnosis_set=None)
    codes = {finding.code for finding in scrub(replace(CLEAN, **coded("I50.22")), later)}
    assert "diagnosis_not_judged" in codes
    assert "diagnosis_not_supporting" not in codes


def test_covered_line_of_medicare_needs_no_notice_and_none_is_spoken_of() -> None:
    assert not any("abn" in code or "ga" in code for code in findings(payer=PayerFacts(abns=(GIVEN,))))
