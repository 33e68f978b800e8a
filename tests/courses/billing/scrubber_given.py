"""A line on which nothing is wrong, and the nearest facts for which each rule speaks, and is silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from courses.billing.findings import LineFinding
from courses.billing.line import Coverage, LineFacts, PayerKind, ScrubRules
from courses.billing.payer_facts import (
    AbnGiven,
    AbnOption,
    DiagnosisFacts,
    PayerFacts,
    PlanAnswer,
)
from courses.billing.scrubber import scrub
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
