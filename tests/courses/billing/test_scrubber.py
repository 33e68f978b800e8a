from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.findings import LineFinding, Mover, Severity
from courses.billing.line import Coverage, LineFacts, PartialDecision, PayerKind, ScrubRules
from courses.billing.payer_facts import AbnGiven, AbnOption, DiagnosisFacts, PayerFacts, PlanAnswer
from courses.billing.scrubber import may_go, scrub
from courses.billing.supervision import SupervisionMode, SupervisionPeriod
from patients.eligibility.packaged import load_diagnosis_sets

BEGAN = datetime(2026, 9, 15, 14, tzinfo=UTC)  # 10:00 in New York
MINUTE = timedelta(minutes=1)
NPI = "1234567893"
DOCTOR = SupervisionPeriod(
    "SAMPLE Alex, MD", NPI, True, SupervisionMode.ON_SITE, BEGAN - 60 * MINUTE, BEGAN + 120 * MINUTE
)
CLEAN = LineFacts(
    as_of=date(2026, 9, 20),
    service_date=date(2026, 9, 15),
    started_at=BEGAN,
    ended_at=BEGAN + 60 * MINUTE,
    signed_at=BEGAN + 70 * MINUTE,
    number_in_course=7,
    number_on_day=1,
    order_signed_at=BEGAN - timedelta(days=20),
    course_began_at=BEGAN - timedelta(days=8),
    payer_kind=PayerKind.ORIGINAL_MEDICARE,
    coverage=Coverage.COVERED,
    recording_attached=True,
    recording_verified=True,
    effective_minutes=58,
    ended_early=False,
    place_of_service="11",
    billing_npi=NPI,
    supervision=(DOCTOR,),
    diagnoses=DiagnosisFacts(codes=("I25.112",), book="FY2026, release of 01-Apr-2026"),
)
RULES = ScrubRules(
    time_zone="America/New_York",
    abn_edition=(date(2026, 5, 12), date(2029, 3, 31)),
    diagnosis_set=load_diagnosis_sets()["icd-10-cm"],
)


def findings(rules: ScrubRules = RULES, **changes: Any) -> dict[str, LineFinding]:
    return {finding.code: finding for finding in scrub(replace(CLEAN, **changes), rules)}


def test_a_clean_line_may_go_and_tells_how_long_there_is_time() -> None:
    found = scrub(CLEAN, RULES)
    assert may_go(found)
    assert [finding.sentence for finding in found] == [
        "The line must be filed by Wed 15-Sep-2027: 360 days are left."
    ]


GIVEN = AbnGiven(
    given_on=date(2026, 9, 1),
    signed_on=date(2026, 9, 2),
    option=AbnOption.TREAT_AND_CLAIM,
    sessions=35,
    session=7,
)
ABN = {"coverage": Coverage.NOT_COVERED, "payer": PayerFacts(abns=(GIVEN,))}
OPTION_2 = PayerFacts(abns=(replace(GIVEN, option=AbnOption.TREAT_WITHOUT_CLAIM),))
APPROVED = PayerFacts(answers=(PlanAnswer(answered_on=date(2026, 9, 1), approved=True),))
ADVANTAGE = {"payer_kind": PayerKind.MEDICARE_ADVANTAGE}
LATE = BEGAN - timedelta(days=7)


@pytest.mark.parametrize(
    ("changes", "code", "mover"),
    [
        ({"signed_at": None}, "unsigned", Mover.NURSE),
        ({"started_at": None}, "start_not_known", Mover.NURSE),
        ({"ended_at": None}, "stop_not_known", Mover.NURSE),
        ({"service_date": date(2026, 9, 14)}, "date_differs", Mover.BILLING),
        ({"as_of": date(2026, 9, 14)}, "date_in_future", Mover.BILLING),
        ({"supervision": ()}, "not_supervised", Mover.PHYSICIAN),
        ({"billing_npi": None}, "billing_npi_not_known", Mover.BILLING),
        ({"billing_npi": "1111111112"}, "billed_by_another", Mover.BILLING),
        ({"order_signed_at": None}, "order_not_signed", Mover.PHYSICIAN),
        ({"order_signed_at": LATE}, "order_signed_late", Mover.PHYSICIAN),
        ({"coverage": None}, "assessment_missing", Mover.PHYSICIAN),
        ({"coverage": Coverage.INCOMPLETE}, "assessment_incomplete", Mover.PHYSICIAN),
        ({"coverage": Coverage.DETERMINATION_NEEDED}, "assessment_of_another_payer", Mover.PHYSICIAN),
        ({"coverage": Coverage.NOT_COVERED}, "not_covered", Mover.BILLING),
        ({"coverage": Coverage.NOT_COVERED, "payer": OPTION_2}, "abn_option_2", Mover.BILLING),
        ({"coverage": Coverage.NOT_COVERED, "payer_kind": PayerKind.OTHER}, "not_covered", Mover.BILLING),
        ({**ABN, "modifiers": ()}, "ga_missing", Mover.BILLING),
        ({"payer_kind": None}, "payer_not_known", Mover.FRONT_DESK),
        ({**ADVANTAGE, "coverage": Coverage.DETERMINATION_NEEDED}, "determination_missing", Mover.BILLING),
        ({**ADVANTAGE, **ABN}, "determination_missing", Mover.BILLING),
        ({**ADVANTAGE, "modifiers": ("GA",)}, "ga_not_for_advantage", Mover.BILLING),
        ({"recording_attached": None}, "recording_missing", Mover.NURSE),
        ({"recording_attached": False}, "recording_missing", Mover.NURSE),
        ({"recording_verified": None}, "recording_not_verified", Mover.ADMINISTRATOR),
        ({"recording_verified": False}, "recording_not_verified", Mover.ADMINISTRATOR),
        ({"ended_early": True}, "partial_needs_decision", Mover.BILLING),
        ({"ended_early": None}, "partial_needs_decision", Mover.NURSE),
        ({"partial_decision": PartialDecision.DO_NOT_BILL}, "decided_not_to_bill", Mover.NOBODY),
        ({"place_of_service": None}, "place_not_known", Mover.BILLING),
        ({"place_of_service": "19"}, "place_denied", Mover.BILLING),
        ({"place_of_service": "22"}, "place_denied", Mover.BILLING),
        ({"number_on_day": None}, "number_on_day_not_known", Mover.BILLING),
        ({"number_on_day": 3}, "third_session_of_day", Mover.NURSE),
        ({"number_in_course": None}, "number_not_known", Mover.BILLING),
        ({"as_of": date(2027, 9, 16)}, "filed_too_late", Mover.BILLING),
    ],
)
def test_each_reason_blocks_the_line_and_says_whose_move_it_is(
    changes: dict[str, Any], code: str, mover: Mover
) -> None:
    found = findings(**changes)
    assert found[code].severity is Severity.BLOCK
    assert found[code].mover is mover
    assert found[code].sentence
    assert found[code].source
    assert hasattr(CLEAN, found[code].field)


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


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place_of_service": "12"}, "place_unusual"),
        ({"number_in_course": 36}, "beyond_course"),
        ({"other_codes_that_day": ("99213",)}, "same_day_codes"),
        ({"other_codes_that_day": ("94760",)}, "same_day_codes"),
        ({"as_of": date(2027, 9, 1)}, "filing_limit_near"),
    ],
)
def test_what_only_needs_a_look_warns_and_does_not_block(changes: dict[str, Any], code: str) -> None:
    found = findings(**changes)
    assert found[code].severity is Severity.WARN
    assert may_go(tuple(found.values()))


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
