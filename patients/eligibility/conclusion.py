"""From facts and a policy to findings, and from findings to a verdict and a pathway."""

from dataclasses import dataclass
from enum import StrEnum

from patients.eligibility import notices
from patients.eligibility.codes import PayerKind
from patients.eligibility.facts import Facts
from patients.eligibility.notices import Notice
from patients.eligibility.policy import Citation, Criterion, NotMetMeans, Policy, Weight
from patients.eligibility.rules.outcome import State


class Pathway(StrEnum):
    """What happens next."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    INCOMPLETE = "incomplete"
    REVIEW = "review"
    MA_DETERMINATION = "ma_determination"
    PAYER_MET = "payer_met"
    PAYER_NOT_MET = "payer_not_met"
    PAYER_UNKNOWN = "payer_unknown"
    PAYER_REVIEW = "payer_review"
    SELF_PAY = "self_pay"


_PAYER_PATHWAYS = {
    State.MET: Pathway.PAYER_MET,
    State.NOT_MET: Pathway.PAYER_NOT_MET,
    State.UNKNOWN: Pathway.PAYER_UNKNOWN,
    State.NEEDS_HUMAN: Pathway.PAYER_REVIEW,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion against the facts: the rule, the fact as found, and the way out where there is one to go."""

    criterion_id: str
    state: State
    weight: Weight
    not_met_means: NotMetMeans
    sentence: str
    fact: str
    way_out: str
    citation: Citation
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    verdict: State
    pathway: Pathway
    notice: Notice
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]


def conclude(facts: Facts, policy: Policy) -> Conclusion:
    """Judge every criterion, then weigh the required ones. The recommended ones are only shown."""
    findings = tuple(_finding(criterion, facts) for criterion in policy.criteria)
    required = [finding for finding in findings if finding.weight is Weight.REQUIRED]
    missing = tuple(dict.fromkeys(name for finding in required for name in finding.missing))
    verdict = _verdict(required)
    if facts.payer_kind is None:
        missing = ("payer_kind", *missing)
        verdict = State.UNKNOWN if verdict is State.MET else verdict
    pathway, notice = _next_step(facts.payer_kind, verdict, required)
    return Conclusion(verdict, pathway, notice, findings, missing)


def _finding(criterion: Criterion, facts: Facts) -> Finding:
    outcome = criterion.rule.judge(facts)
    return Finding(
        criterion_id=criterion.id,
        state=outcome.state,
        weight=criterion.weight,
        not_met_means=criterion.not_met_means,
        sentence=criterion.sentence,
        fact=outcome.fact,
        way_out="" if outcome.state is State.MET else criterion.way_out,
        citation=criterion.citation,
        missing=outcome.missing,
    )


def _fails(findings: list[Finding], *meanings: NotMetMeans) -> bool:
    return any(f.state is State.NOT_MET and f.not_met_means in meanings for f in findings)


def _verdict(required: list[Finding]) -> State:
    """One failure is enough to refuse; otherwise what is not known comes before what a person must judge."""
    if _fails(required, NotMetMeans.NOT_COVERED, NotMetMeans.INCOMPLETE):
        return State.NOT_MET
    if any(finding.state is State.UNKNOWN for finding in required):
        return State.UNKNOWN
    if all(finding.state is State.MET for finding in required):
        return State.MET
    return State.NEEDS_HUMAN


def _next_step(payer: PayerKind | None, verdict: State, required: list[Finding]) -> tuple[Pathway, Notice]:
    match payer:
        case None:
            return Pathway.INCOMPLETE, notices.NONE_INCOMPLETE
        case PayerKind.ORIGINAL_MEDICARE:
            return _original_medicare(verdict, required)
        case PayerKind.MEDICARE_ADVANTAGE:
            return Pathway.MA_DETERMINATION, notices.PLAN_DETERMINATION
        case PayerKind.SELF_PAY:
            if verdict is State.MET:
                return Pathway.SELF_PAY, notices.SELF_PAY
            return Pathway.INCOMPLETE, notices.SELF_PAY_BLOCKED
        case _:
            return _PAYER_PATHWAYS[verdict], notices.PAYER


def _original_medicare(verdict: State, required: list[Finding]) -> tuple[Pathway, Notice]:
    if _fails(required, NotMetMeans.NOT_COVERED):
        return Pathway.NOT_COVERED, notices.ABN
    if verdict in (State.NOT_MET, State.UNKNOWN):
        return Pathway.INCOMPLETE, notices.NONE_INCOMPLETE
    if verdict is State.MET:
        return Pathway.COVERED, notices.NONE_COVERED
    if _fails(required, NotMetMeans.REVIEW):
        return Pathway.REVIEW, notices.ABN_EXTRA_SESSIONS
    return Pathway.REVIEW, notices.NONE_REVIEW
