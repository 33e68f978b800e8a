"""For every code of the scrubber: what makes its rule speak, how strongly, and the nearest facts for which it is silent."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from courses.billing.findings import Mover, Severity
from courses.billing.line import AmendedFact, Coverage, PartialDecision, PayerKind, ScrubRules
from courses.billing.payer_facts import (
    AbnOption,
    Approval,
    Asked,
    CardFacts,
    DiagnosisFacts,
    PayerFacts,
    PlanAnswer,
)
from courses.treatment.short_session import Outcome, ShortFinding
from tests.courses.billing.scrubber_given import (
    ABN,
    ADVANTAGE,
    APPROVED,
    BEGAN,
    CLEAN,
    DOCTOR,
    GIVEN,
    LATE,
    MINUTE,
    OPTION_2,
    RULES,
)

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


def abn(**changes: Any) -> dict[str, Any]:
    return {"payer": PayerFacts(abns=(replace(GIVEN, **changes),))}


def approvals(*of: Approval, needed: bool | None = True) -> dict[str, Any]:
    return {**OTHER, "payer": PayerFacts(needs_authorization=needed, approvals=of)}


def coded(*codes: str, **changes: Any) -> dict[str, Any]:
    return {"diagnoses": DiagnosisFacts(**{"codes": codes, "book": "FY2026", **changes})}


NOT_COVERED = {"coverage": Coverage.NOT_COVERED}
WITH_GA, WITH_GZ = {"modifiers": ("GA",)}, {"modifiers": ("GZ",)}
ENDED = AmendedFact("correction", "The hour: Ended", "ended_at", date(2026, 9, 17))
PULSE = AmendedFact(
    "correction", "Vital signs, Before: Heart rate", "vital_signs/before/heart_rate_bpm", date(2026, 9, 17)
)
ADDED = AmendedFact("addendum", "Addendum", "", date(2026, 9, 18))
COUNTERSIGNED = {"countersignature_needed": True, "countersigned_with": 1, "amendments": (ADDED,)}
EARLY = {"ended_early": True}
FROM_45 = replace(RULES, minimum_minutes=45)
GAP_OF_30 = replace(RULES, minimum_gap_minutes=30)


def short(outcome: Outcome) -> dict[str, Any]:
    """An hour that ended early, and what the clinic's written rule says of it."""
    return {
        **EARLY,
        "short": ShortFinding(outcome, "40 min were given.", "Bill from 40 min.", "", "Example MD"),
    }


@dataclass(frozen=True, slots=True)
class Case:
    """``silent_rules`` None: silent under the same rules as those under which it speaks."""

    facts: dict[str, Any]
    code: str
    severity: Severity
    silent: dict[str, Any]
    mover: Mover | None = None
    rules: ScrubRules = RULES
    silent_rules: ScrubRules | None = None


RECORD: list[Case] = [
    Case({"signed_at": None}, "unsigned", BLOCK, {}, Mover.NURSE),
    Case({"started_at": None}, "start_not_known", BLOCK, {}, Mover.NURSE),
    Case({"ended_at": None}, "stop_not_known", BLOCK, {}, Mover.NURSE),
    Case({"service_date": date(2026, 9, 14)}, "date_differs", BLOCK, {}, Mover.BILLING),
    Case({"as_of": date(2026, 9, 14)}, "date_in_future", BLOCK, {}, Mover.BILLING),
    Case({"supervision": ()}, "not_supervised", BLOCK, {}, Mover.PHYSICIAN),
    Case({"billing_npi": None}, "billing_npi_not_known", BLOCK, {}, Mover.BILLING),
    Case({"billing_npi": "1111111112"}, "billed_by_another", BLOCK, {}, Mover.BILLING),
    Case({"order_signed_at": None}, "order_not_signed", BLOCK, {}, Mover.PHYSICIAN),
    Case({"order_signed_at": LATE}, "order_signed_late", BLOCK, {}, Mover.PHYSICIAN),
    Case({"coverage": None}, "assessment_missing", BLOCK, {}, Mover.PHYSICIAN),
    Case({"coverage": Coverage.INCOMPLETE}, "assessment_incomplete", BLOCK, {}, Mover.PHYSICIAN),
    Case(
        {"coverage": Coverage.DETERMINATION_NEEDED}, "assessment_of_another_payer", BLOCK, {}, Mover.PHYSICIAN
    ),
    Case({"coverage": Coverage.NOT_COVERED}, "not_covered", BLOCK, {}, Mover.BILLING),
    Case({"coverage": Coverage.NOT_COVERED, "payer": OPTION_2}, "abn_option_2", BLOCK, {}, Mover.BILLING),
    Case(
        {"coverage": Coverage.NOT_COVERED, "payer_kind": PayerKind.OTHER},
        "not_covered",
        BLOCK,
        {},
        Mover.BILLING,
    ),
    Case({**ABN, "modifiers": ()}, "ga_missing", BLOCK, {}, Mover.BILLING),
    Case({"payer_kind": None}, "payer_not_known", BLOCK, {}, Mover.FRONT_DESK),
    Case(
        {**ADVANTAGE, "coverage": Coverage.DETERMINATION_NEEDED},
        "determination_missing",
        BLOCK,
        {},
        Mover.BILLING,
    ),
    Case({**ADVANTAGE, **ABN}, "determination_missing", BLOCK, {}, Mover.BILLING),
    Case({**ADVANTAGE, "modifiers": ("GA",)}, "ga_not_for_advantage", BLOCK, {}, Mover.BILLING),
    Case({"recording_attached": None}, "recording_missing", BLOCK, {}, Mover.NURSE),
    Case({"recording_attached": False}, "recording_missing", BLOCK, {}, Mover.NURSE),
    Case({"recording_verified": None}, "recording_not_verified", BLOCK, {}, Mover.ADMINISTRATOR),
    Case({"recording_verified": False}, "recording_not_verified", BLOCK, {}, Mover.ADMINISTRATOR),
    Case({"ended_early": True}, "partial_needs_decision", BLOCK, {}, Mover.BILLING),
    Case({"ended_early": None}, "partial_needs_decision", BLOCK, {}, Mover.NURSE),
    Case({"partial_decision": PartialDecision.DO_NOT_BILL}, "decided_not_to_bill", BLOCK, {}, Mover.NOBODY),
    Case({"place_of_service": None}, "place_not_known", BLOCK, {}, Mover.BILLING),
    Case({"place_of_service": "19"}, "place_denied", BLOCK, {}, Mover.BILLING),
    Case({"place_of_service": "22"}, "place_denied", BLOCK, {}, Mover.BILLING),
    Case({"number_on_day": None}, "number_on_day_not_known", BLOCK, {}, Mover.BILLING),
    Case({"number_on_day": 3}, "third_session_of_day", BLOCK, {}, Mover.NURSE),
    Case({"number_in_course": None}, "number_not_known", BLOCK, {}, Mover.BILLING),
    Case({"as_of": date(2027, 9, 16)}, "filed_too_late", BLOCK, {}, Mover.BILLING),
    Case({"supervision": (replace(DOCTOR, end=BEGAN + 30 * MINUTE),)}, "partly_supervised", BLOCK, {}),
    Case({"given_again": True}, "given_again", BLOCK, {}, Mover.NOBODY),
    Case({**EARLY, "partial_decision": PartialDecision.BILL}, "decided_to_bill", NOTE, EARLY),
    Case(short(Outcome.BILLABLE), "short_billable", NOTE, short(Outcome.PHYSICIAN_DECIDES)),
    Case(short(Outcome.NOT_BILLABLE), "short_not_billable", BLOCK, short(Outcome.PHYSICIAN_DECIDES)),
    Case({"effective_minutes": 44}, "too_few_minutes", BLOCK, {"effective_minutes": 45}, None, FROM_45),
    Case({"effective_minutes": None}, "minutes_not_known", BLOCK, {}, None, FROM_45),
    Case({"amendments": (ENDED,)}, "amended_value", WARN, {"amendments": (PULSE,)}),
    Case({"amendments": (PULSE,)}, "amended", NOTE, {"amendments": (ENDED,)}),
    Case({"countersignature_needed": True}, "not_countersigned", BLOCK, COUNTERSIGNED, Mover.PHYSICIAN),
    Case({**COUNTERSIGNED, "countersigned_with": 0}, "amended_after_countersigning", WARN, COUNTERSIGNED),
    Case({"place_of_service": "12"}, "place_unusual", WARN, {"place_of_service": "49"}),
    Case(BEYOND, "beyond_course", WARN, {"number_in_course": 35}),
    Case({"other_codes_that_day": ("99213",)}, "same_day_codes", WARN, {"other_codes_that_day": ("93306",)}),
    Case({"other_codes_that_day": ("94760",)}, "same_day_codes", WARN, {}),
    Case(
        {"other_codes_that_day": ("99213",), "separate_codes_that_day": ("99213",)},
        "same_day_separate",
        NOTE,
        {"other_codes_that_day": ("99213",)},
    ),
    Case({"as_of": date(2027, 9, 1)}, "filing_limit_near", WARN, {"as_of": date(2027, 8, 1)}),
    Case({}, "filing_limit", NOTE, OTHER),
    Case({"number_on_day": 2}, "second_session_of_day", NOTE, {"number_on_day": 2, "modifiers": ("76",)}),
    Case(
        {"number_on_day": 2, "minutes_since_previous": 29},
        "gap_too_short",
        WARN,
        {"number_on_day": 2, "minutes_since_previous": 30},
        Mover.PHYSICIAN,
        GAP_OF_30,
    ),
    Case(
        {"number_on_day": 2, "minutes_since_previous": 29},
        "gap_too_short",
        WARN,
        {"number_on_day": 2, "minutes_since_previous": 29},
        None,
        GAP_OF_30,
        RULES,
    ),
]
PAYER: list[Case] = [
    Case(NOT_COVERED, "not_covered", BLOCK, ABN),
    Case(ABN, "goes_with_ga", NOTE, {**ABN, **WITH_GA}),
    Case({**ABN, "modifiers": ()}, "ga_missing", BLOCK, {**ABN, **WITH_GA}),
    Case({**NOT_COVERED, **abn(signed_on=None, option=None)}, "abn_unsigned", WARN, ABN),
    Case({**NOT_COVERED, **abn(signed_on=date(2026, 9, 16))}, "abn_signed_late", WARN, ABN),
    Case({**NOT_COVERED, **abn(given_on=date(2026, 5, 11))}, "abn_wrong_edition", WARN, ABN),
    Case({**NOT_COVERED, **abn(sessions=6)}, "abn_used_up", WARN, ABN),
    Case({**NOT_COVERED, "payer": OPTION_2}, "abn_option_2", BLOCK, ABN),
    Case({**NOT_COVERED, **abn(option=AbnOption.NO_TREATMENT)}, "abn_option_3", BLOCK, ABN),
    Case(BEYOND, "abn_missing", WARN, {**BEYOND, **abn()}),
    Case({**BEYOND, **abn(sessions=6)}, "abn_missing", WARN, {**BEYOND, **abn(option=AbnOption.WITNESSED)}),
    Case({**BEYOND, **abn(), "modifiers": ()}, "ga_missing", BLOCK, {**BEYOND, **abn(), **WITH_GA}),
    Case(REPEAT, "abn_missing", WARN, {**REPEAT, **abn()}),
    Case(REPEAT, "repeat_too_early", WARN, {"earlier_course_ended_on": date(2025, 9, 7)}),
    Case({**NOT_COVERED, **WITH_GZ}, "gz_denied", WARN, NOT_COVERED),
    Case({**ABN, **WITH_GZ}, "gz_with_abn", BLOCK, {**NOT_COVERED, **WITH_GZ}),
    Case({**NOT_COVERED, **WITH_GA}, "ga_without_abn", BLOCK, {**ABN, **WITH_GA}),
    Case(WITH_GA, "denial_not_expected", WARN, {**ABN, **WITH_GA}),
    Case({"modifiers": ("GY",)}, "wrong_modifier_family", WARN, {"modifiers": ()}),
    Case({**ADVANTAGE, **abn()}, "abn_for_advantage", WARN, ADVANTAGE),
    Case({**ADVANTAGE, **WITH_GZ}, "ga_not_for_advantage", BLOCK, {**ADVANTAGE, "modifiers": ()}),
    Case({**ADVANTAGE, **NOT_COVERED}, "determination_missing", BLOCK, {**ADVANTAGE, "payer": APPROVED}),
    Case(
        {**ADVANTAGE, "payer": PLAN_DENIED}, "determination_denied", BLOCK, {**ADVANTAGE, "payer": APPROVED}
    ),
    Case(
        {**ADVANTAGE, "payer": PLAN_SIX},
        "determination_used_up",
        BLOCK,
        {**ADVANTAGE, "payer": PLAN_SIX, "number_in_course": 6},
    ),
    Case(
        {"payer_kind": None, "payer": PayerFacts(coverage_ended_on=date(2026, 8, 31))},
        "coverage_not_in_force",
        BLOCK,
        {},
    ),
    Case({"payer": PayerFacts(inactive_said_on=date(2026, 9, 10))}, "coverage_said_inactive", BLOCK, {}),
    Case({"card": CardFacts(has_member_id=False)}, "member_id_missing", BLOCK, {}),
    Case({"card": CardFacts(is_named=False)}, "subscriber_not_named", BLOCK, {}),
    Case(
        {"card": CardFacts(unknown=("sex",), on_paper=True)},
        "subscriber_incomplete",
        BLOCK,
        {"card": CardFacts(on_paper=True)},
    ),
    Case({"card": CardFacts(unknown=("sex", "address"))}, "subscriber_incomplete", WARN, {}),
    Case(
        {"unknown_address": ("street", "ZIP code")}, "patient_address_missing", BLOCK, {"unknown_address": ()}
    ),
    Case(approvals(), "authorization_missing", BLOCK, approvals(APPROVAL)),
    Case(
        approvals(replace(APPROVAL, ends_on=date(2026, 9, 14))),
        "authorization_not_in_force",
        BLOCK,
        approvals(replace(APPROVAL, ends_on=date(2026, 9, 15))),
    ),
    Case(
        approvals(replace(APPROVAL, session=36)),
        "authorization_used_up",
        BLOCK,
        approvals(replace(APPROVAL, session=35)),
    ),
    Case(
        approvals(replace(APPROVAL, session=36), needed=None),
        "authorization_used_up",
        WARN,
        approvals(needed=None),
    ),
    Case(coded(), "diagnosis_missing", BLOCK, {}),
    Case(coded("I20.99", unknown=("I20.99",)), "diagnosis_not_valid", BLOCK, coded("I20.9")),
    Case(coded("I25.11", not_billable=("I25.11",)), "diagnosis_not_billable", BLOCK, coded("I25.112")),
    Case(coded("I20.9", "I25.112"), "diagnosis_excludes1", BLOCK, coded("I25.112", "I50.22")),
    Case(coded("I50.22"), "diagnosis_not_supporting", BLOCK, coded("I50.22", "I25.119")),
    Case(coded("I20.1"), "diagnosis_needs_review", WARN, coded("I20.1", "I20.9")),
    Case(coded("I25.112", book=""), "code_book_missing", NOTE, {}),
    Case(
        {"number_on_day": 2, "modifiers": ()},
        "repeat_modifier_missing",
        BLOCK,
        {"number_on_day": 2, "modifiers": ("76",)},
    ),
    Case(
        {"modifiers": ("76",)}, "repeat_modifier_on_first", BLOCK, {"number_on_day": 2, "modifiers": ("76",)}
    ),
    Case(
        {"number_on_day": 2, "sessions_per_day": 1},
        "more_than_ordered",
        WARN,
        {"number_on_day": 2, "sessions_per_day": 2},
    ),
    Case({"minutes_since_previous": -1}, "sessions_overlap", BLOCK, {"minutes_since_previous": 0}),
    Case({"billing_npi": "1234567890"}, "billing_npi_wrong", BLOCK, {}),
    Case(
        {"modifiers": ("KX",), "payer": PayerFacts(refused_modifiers=("KX",))},
        "modifier_refused",
        BLOCK,
        {"modifiers": ("KX",)},
    ),
    Case({"asked": replace(ASKED, alike=("abc",))}, "duplicate_line", BLOCK, {"asked": ASKED}),
    Case(
        {"asked": replace(ASKED, practitioner_npi="1111111112")},
        "claim_names_another",
        BLOCK,
        {"asked": ASKED},
    ),
    Case({"asked": replace(ASKED, units=2)}, "units_not_one", BLOCK, {"asked": ASKED}),
    Case({"asked": replace(ASKED, charge=Decimal(0))}, "charge_not_above_zero", BLOCK, {"asked": ASKED}),
    Case({"asked": replace(ASKED, fee=Decimal(160))}, "charge_differs", WARN, {"asked": ASKED}),
    Case(
        {"other_codes_that_day": ("93798",), "payer": PayerFacts(same_day_conflicts=("93797-93798",))},
        "same_day_codes",
        WARN,
        {"other_codes_that_day": ("93798",)},
    ),
    Case(
        {**OTHER, "payer": PayerFacts(filing_months=3), "as_of": date(2026, 12, 16)},
        "filed_too_late",
        BLOCK,
        {**OTHER, "payer": PayerFacts(filing_months=3), "as_of": date(2026, 12, 15)},
    ),
    Case(coded("I50.22"), "diagnosis_not_judged", WARN, {}, None, replace(RULES, diagnosis_set=None), RULES),
    Case(
        {**REPEAT, "assessed_on": date(2025, 12, 1)},
        "assessment_expired",
        WARN,
        {**REPEAT, "assessed_on": date(2025, 12, 2)},
        Mover.PHYSICIAN,
    ),
]
CASES = [*RECORD, *PAYER]
