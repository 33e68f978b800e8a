"""The eligibility decision: may this patient be treated at this payer's cost on this date, and if not, what next."""

from dataclasses import asdict, dataclass
from typing import Any

from patients.eligibility import notices
from patients.eligibility.codes import PayerKind
from patients.eligibility.conclusion import Finding, Pathway, conclude
from patients.eligibility.facts import FACTS, Facts
from patients.eligibility.notices import Notice
from patients.eligibility.policy import NoSuchPolicy, Policy, PolicyBook
from patients.eligibility.rules.outcome import State
from patients.eligibility.what_if import WhatIf, what_if
from patients.eligibility.wording import listed

#: The policy that follows from the kind of payer, where it does; every other payer's policy must be named.
_POLICY_OF_PAYER = {
    PayerKind.ORIGINAL_MEDICARE: "ncd-20.20",
    PayerKind.MEDICARE_ADVANTAGE: "ncd-20.20",
    PayerKind.SELF_PAY: "self-pay",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with all that it rests on.

    ``missing`` names the facts without which a required criterion cannot be judged. ``policy_id`` and
    ``policy_version`` are None where no policy could be chosen; ``summary`` then says why.
    """

    verdict: State
    pathway: Pathway
    notice: Notice
    summary: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    what_if: tuple[WhatIf, ...]
    policy_id: str | None
    policy_version: str | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: plain texts, lists and objects, described in docs/eligibility.md."""
        plain = asdict(self)
        plain["findings"] = [
            {**asdict(finding), "missing": list(finding.missing), "citation": finding.citation.to_dict()}
            for finding in self.findings
        ]
        plain["missing"] = list(self.missing)
        plain["notice"] |= {"modifiers": list(self.notice.modifiers), "urls": list(self.notice.urls)}
        plain["what_if"] = [{**asdict(change), "values": list(change.values)} for change in self.what_if]
        return plain


class PolicyMismatch(ValueError):
    """A policy of another kind of payer."""


def assess(facts: Facts, policy: Policy) -> Decision:
    """Judge the facts by one policy. Raises PolicyMismatch where the policy is not one of this kind of payer."""
    if facts.payer_kind is not None and facts.payer_kind not in policy.payer_kinds:
        kinds = listed(sorted(policy.payer_kinds), "or")
        raise PolicyMismatch(
            f"Policy {policy.id} is for {kinds}, and the payer is {facts.payer_kind}: choose a policy of this payer."
        )
    conclusion = conclude(facts, policy)
    return Decision(
        verdict=conclusion.verdict,
        pathway=conclusion.pathway,
        notice=conclusion.notice,
        summary=_summary(policy, conclusion.verdict, conclusion.missing),
        findings=conclusion.findings,
        missing=conclusion.missing,
        what_if=what_if(facts, policy, conclusion),
        policy_id=policy.id,
        policy_version=policy.version,
    )


def decide(facts: Facts, book: PolicyBook) -> Decision:
    """Choose the policy by payer and date of service, then assess.

    Where no policy can be chosen the decision is unknown and says what is missing; nothing is guessed.
    Raises PolicyMismatch where the policy named in the facts is not one of this kind of payer.
    """
    policy_id = facts.policy_id or (_POLICY_OF_PAYER.get(facts.payer_kind) if facts.payer_kind else None)
    needed = {"payer_kind": facts.payer_kind, "policy_id": policy_id, "as_of": facts.as_of}
    missing = tuple(name for name, value in needed.items() if value is None)
    if facts.payer_kind is None:
        missing = tuple(name for name in missing if name != "policy_id")
    if missing or policy_id is None or facts.as_of is None:
        return _undecided(facts, missing, f"Not known: {listed(FACTS[name].label for name in missing)}.")
    try:
        policy = book.find(policy_id, facts.as_of)
    except NoSuchPolicy as error:
        return _undecided(facts, (), str(error))
    return assess(facts, policy)


def _undecided(facts: Facts, missing: tuple[str, ...], summary: str) -> Decision:
    match facts.payer_kind:
        case PayerKind.MEDICARE_ADVANTAGE:
            pathway, notice = Pathway.MA_DETERMINATION, notices.PLAN_DETERMINATION
        case PayerKind.COMMERCIAL | PayerKind.MEDICAID:
            pathway, notice = Pathway.PAYER_UNKNOWN, notices.PAYER
        case _:
            pathway, notice = Pathway.INCOMPLETE, notices.NONE_INCOMPLETE
    return Decision(State.UNKNOWN, pathway, notice, summary, (), missing, (), None, None)


_VERDICT_WORDS = {
    State.MET: "All required criteria are met.",
    State.NOT_MET: "At least one required criterion is not met.",
    State.UNKNOWN: "It cannot be decided yet.",
    State.NEEDS_HUMAN: "A person must decide at least one required criterion.",
}


def _summary(policy: Policy, verdict: State, missing: tuple[str, ...]) -> str:
    parts = [f"{policy.title}, version {policy.version}: {_VERDICT_WORDS[verdict]}"]
    if missing:
        parts.append(f"Not known: {listed(FACTS[name].label for name in missing)}.")
    if policy.snapshot:
        parts.append(policy.snapshot)
    return " ".join(parts)
