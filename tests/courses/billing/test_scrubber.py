"""Rules of the scrubber: each speaks where it must and is silent beside it, and none is one that nobody tests."""

import importlib
import pkgutil
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing import rules
from courses.billing.findings import Severity, note
from courses.billing.line import Coverage, PartialDecision, PayerKind
from courses.billing.rule import Rule, says
from courses.billing.scrubber import CODES, may_go, scrub
from courses.billing.scrubber import RULES as ASKED_RULES
from courses.billing.supervision import SupervisionMode
from tests.courses.billing.scrubber_cases import CASES, Case
from tests.courses.billing.scrubber_given import (
    ABN,
    ADVANTAGE,
    APPROVED,
    BEGAN,
    CLEAN,
    DOCTOR,
    MINUTE,
    RULES,
    findings,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_rule_speaks_where_it_must_and_is_silent_beside_it(case: Case) -> None:
    found = findings(case.rules, **case.facts)[case.code]
    assert found.severity is case.severity
    assert case.mover in {None, found.mover}
    assert found.sentence.endswith(".")
    assert found.source
    assert hasattr(CLEAN, found.field)
    assert case.code not in findings(case.silent_rules or case.rules, **case.silent)


def test_every_code_that_a_line_can_be_told_has_a_case_both_ways() -> None:
    assert {case.code for case in CASES} == CODES


def test_every_rule_there_is_is_asked() -> None:
    modules = [
        importlib.import_module(f"{rules.__name__}.{one.name}")
        for one in pkgutil.iter_modules(rules.__path__)
    ]
    there = {id(one) for module in modules for one in vars(module).values() if isinstance(one, Rule)}
    assert there == {id(rule) for rule in ASKED_RULES}


def test_rule_that_says_a_code_it_does_not_name_is_refused() -> None:
    rule = says("known")(lambda facts, rules: iter([note("unknown", "A note.", "A source", "as_of")]))
    with pytest.raises(ValueError, match="unknown"):
        list(rule(CLEAN, RULES))


def test_a_clean_line_may_go_and_tells_how_long_there_is_time() -> None:
    found = scrub(CLEAN, RULES)
    assert may_go(found)
    assert [finding.sentence for finding in found] == [
        "The line must be filed by Wed 15-Sep-2027: 360 days are left."
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"place_of_service": "49"},
        {**ABN, "modifiers": ("GA",)},
        {**ADVANTAGE},
        {**ADVANTAGE, "coverage": Coverage.DETERMINATION_NEEDED, "payer": APPROVED},
        {"payer_kind": PayerKind.OTHER},
        {"ended_early": True, "partial_decision": PartialDecision.BILL},
        {"order_signed_at": CLEAN.course_began_at},
        {"number_on_day": 2, "modifiers": ("76",)},
        {"number_in_course": 35},
        {"as_of": date(2027, 9, 15)},
        {"other_codes_that_day": ("93306",)},
        {"other_codes_that_day": ("99213",), "separate_codes_that_day": ("99213",)},
    ],
)
def test_the_line_goes_where_the_rule_is_met(changes: dict[str, Any]) -> None:
    assert may_go(scrub(replace(CLEAN, **changes), RULES))


def test_the_second_session_of_a_day_goes_with_modifier_76() -> None:
    finding = findings(number_on_day=2)["second_session_of_day"]
    assert finding.severity is Severity.NOTE
    assert "G0166-76" in finding.sentence
    assert "second_session_of_day" not in findings(number_on_day=2, modifiers=("76",))


def test_partly_supervised_names_the_minutes_in_the_clinics_time() -> None:
    until_half = replace(DOCTOR, end=BEGAN + 30 * MINUTE)
    finding = findings(supervision=(until_half,))["partly_supervised"]
    assert "from 10:30 to 11:00" in finding.sentence
    assert [gap.length for gap in finding.uncovered] == [30 * MINUTE]
    assert "not billed" in finding.sentence


def test_supervision_without_a_noted_end_covers_nothing_and_says_so() -> None:
    finding = findings(supervision=(replace(DOCTOR, end=None),))["not_supervised"]
    assert finding.sentence.endswith("A supervision period has no end: its practitioner must note it.")


def test_audio_video_covers_only_where_the_clinic_accepts_it() -> None:
    remote = (replace(DOCTOR, mode=SupervisionMode.AUDIO_VIDEO),)
    assert "not_supervised" in findings(supervision=remote)
    assert "not_supervised" not in findings(replace(RULES, audio_video_accepted=True), supervision=remote)


@pytest.mark.parametrize(
    ("minutes", "code"), [(44, "too_few_minutes"), (None, "minutes_not_known"), (45, None), (60, None)]
)
def test_a_clinics_minimum_of_minutes_decides_instead_of_a_person(
    minutes: int | None, code: str | None
) -> None:
    rules = replace(RULES, minimum_minutes=45)
    blocks = [
        finding.code
        for finding in scrub(replace(CLEAN, effective_minutes=minutes, ended_early=True), rules)
        if finding.severity is Severity.BLOCK
    ]
    assert blocks == ([] if code is None else [code])


def test_too_few_minutes_may_still_be_decided_by_a_person() -> None:
    rules = replace(RULES, minimum_minutes=45)
    found = findings(rules, effective_minutes=30, partial_decision=PartialDecision.BILL)
    assert found["decided_to_bill"].severity is Severity.NOTE


def test_the_last_day_is_said_as_such() -> None:
    assert "today is the last day" in findings(as_of=date(2027, 9, 15))["filing_limit_near"].sentence


def test_another_payers_limit_is_not_medicares() -> None:
    assert not any("filing" in code for code in findings(payer_kind=PayerKind.OTHER))


def test_blocks_come_first() -> None:
    found = scrub(replace(CLEAN, place_of_service="12", coverage=None), RULES)
    assert [finding.severity for finding in found] == [Severity.BLOCK, Severity.WARN, Severity.NOTE]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed_at": datetime(2026, 9, 15, 16)}, "signed_at has no zone"),  # noqa: DTZ001
        ({"number_on_day": 0}, "counts from 1"),
        ({"effective_minutes": -1}, "below 0"),
        ({"ended_at": BEGAN}, "ends before"),
    ],
)
def test_facts_that_cannot_be_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(CLEAN, **changes)


NEEDED = (
    "started_at",
    "ended_at",
    "signed_at",
    "number_in_course",
    "number_on_day",
    "order_signed_at",
    "payer_kind",
    "coverage",
    "recording_attached",
    "recording_verified",
    "ended_early",
    "place_of_service",
    "billing_npi",
    "diagnoses",
)


@given(st.sets(st.sampled_from(NEEDED), min_size=1))
def test_a_line_with_anything_unknown_never_goes(unknown: set[str]) -> None:
    changes: dict[str, Any] = dict.fromkeys(unknown)
    facts = replace(CLEAN, **changes)
    assert not may_go(scrub(facts, RULES))
    assert scrub(facts, RULES) == scrub(facts, RULES)
