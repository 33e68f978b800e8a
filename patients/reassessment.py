"""Stored facts judged anew: by the policy of another day, or by another version of the same policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eecp_clinic.models import Clinic
from patients.clinic_rules import policy_book
from patients.eligibility.assess import Decision, PolicyMismatch, assess, decide
from patients.eligibility.facts import FACTS, Facts, FactsError
from patients.eligibility.policy import PolicyBook
from patients.models import EligibilityAssessment


@dataclass(frozen=True, slots=True)
class Reassessed:
    """One decision in force and how it would come out now; ``after`` is a sentence where it cannot be judged."""

    assessment: EligibilityAssessment
    decision: Decision | None
    after: str

    @property
    def is_changed(self) -> bool:
        if self.decision is None:
            return True
        before = (self.assessment.verdict, self.assessment.pathway)
        return before != (self.decision.verdict, self.decision.pathway)


def reassess(clinic: Clinic, as_of: date, *, version: str = "") -> Iterator[Reassessed]:
    """Every decision in force of a clinic, judged for ``as_of``; ``version`` chooses a version by name."""
    book = policy_book()
    in_force = (
        EligibilityAssessment.objects.in_force().filter(patient__clinic=clinic).select_related("patient")
    )
    for assessment in in_force.order_by("made_at").iterator():
        yield _again(assessment, as_of, version, book)


def _again(assessment: EligibilityAssessment, as_of: date, version: str, book: PolicyBook) -> Reassessed:
    # A fact that has another name by now is left out: what it said is not known under the new name.
    stored = {name: value for name, value in assessment.facts.items() if name in FACTS}
    try:
        facts = Facts.from_dict({**stored, "as_of": as_of})
        decision = _by_version(facts, assessment.policy_id, version, book) if version else decide(facts, book)
    except (FactsError, PolicyMismatch) as error:
        return Reassessed(assessment, None, f"cannot be judged: {error}")
    after = f"{decision.verdict} ({decision.pathway}), version {decision.policy_version or 'none'}"
    return Reassessed(assessment, decision, after)


def _by_version(facts: Facts, policy_id: str, version: str, book: PolicyBook) -> Decision:
    """By a version that is named; decisions of other policies are judged by the day as ever."""
    for policy in book.policies:
        if (policy.id, policy.version) == (policy_id, version):
            return assess(facts, policy)
    return decide(facts, book)
