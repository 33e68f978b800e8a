"""May this line be claimed? Every reason against it, and everything worth knowing before it goes.

PURE. A line without a block may go. The rules stand in modules by what they are about, in the order in which they
are told.
"""

from collections.abc import Sequence

from courses.billing.findings import LineFinding, Severity
from courses.billing.line import LineFacts, ScrubRules
from courses.billing.rule import Rule
from courses.billing.rules import (
    after_signing_rules,
    asked_rules,
    claim_rules,
    coverage_rules,
    diagnosis_rules,
    notice_rules,
    record_rules,
    repeat_rules,
)

RULES: tuple[Rule, ...] = (
    record_rules.signature,
    record_rules.times,
    record_rules.supervision,
    record_rules.order,
    record_rules.recording,
    record_rules.minutes,
    after_signing_rules.amendments,
    after_signing_rules.countersignature,
    coverage_rules.decision,
    coverage_rules.in_force,
    coverage_rules.card,
    coverage_rules.lives,
    coverage_rules.authorization,
    notice_rules.abn,
    notice_rules.advantage,
    diagnosis_rules.diagnosis,
    claim_rules.place,
    claim_rules.practitioner,
    repeat_rules.second_of_day,
    repeat_rules.beyond_course,
    repeat_rules.early_repeat,
    claim_rules.same_day,
    asked_rules.refused_modifiers,
    asked_rules.asked,
    claim_rules.filing,
)


#: Every code that a line can be told.
CODES = frozenset(code for rule in RULES for code in rule.codes)


def scrub(facts: LineFacts, rules: ScrubRules) -> tuple[LineFinding, ...]:
    """All findings about one line, blocks first; the same facts always give the same findings."""
    findings = [finding for rule in RULES for finding in rule(facts, rules)]
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def may_go(findings: Sequence[LineFinding]) -> bool:
    """Whether nothing blocks."""
    return not any(finding.severity is Severity.BLOCK for finding in findings)
