"""What changed between one coverage decision and the next, from their stored JSON."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.eligibility.fact_kinds import Day, OneOf, SomeOf
from patients.eligibility.facts import FACTS
from patients.eligibility.wording import day_text, roman
from patients.models import EligibilityAssessment
from patients.verdicts import pathway_shown, state_shown

_CLASSES = ("ccs_class", "nyha_class")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was another before; empty text is not known."""

    what: str
    before: str
    after: str


def changes_since(before: EligibilityAssessment, after: EligibilityAssessment) -> tuple[Change, ...]:
    """The outcome first, then criteria, then the facts in the order of the screens."""
    outcome = Change(
        "What follows", str(pathway_shown(before.pathway).label), str(pathway_shown(after.pathway).label)
    )
    policy = Change("Policy", _policy(before), _policy(after))
    found = [outcome, policy, *_criteria(before.decision, after.decision), *_facts(before.facts, after.facts)]
    return tuple(change for change in found if change.before != change.after)


def _policy(assessment: EligibilityAssessment) -> str:
    if not assessment.policy_id:
        return ""
    return f"{assessment.policy_id}, version {assessment.policy_version}"


def _facts(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return [
        Change(_capital(spec.label), fact_shown(name, before.get(name)), fact_shown(name, after.get(name)))
        for name, spec in FACTS.items()
    ]


def _criteria(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Criteria that both policies have and that came out otherwise."""
    states = {f["criterion_id"]: f["state"] for f in before.get("findings", [])}
    return [
        Change(
            f["sentence"],
            str(state_shown(states[f["criterion_id"]]).label),
            str(state_shown(f["state"]).label),
        )
        for f in after.get("findings", [])
        if f["criterion_id"] in states
    ]


def fact_shown(name: str, value: Any) -> str:
    """A fact of the stored JSON as people read it; empty where not known."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(fact_shown(name, item) for item in value)
    kind = FACTS[name].kind if name in FACTS else None
    if isinstance(kind, Day):
        return day_text(date.fromisoformat(value))
    if name in _CLASSES:
        return roman(value)
    return str(value).replace("_", " ") if isinstance(kind, OneOf | SomeOf) else str(value)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
