"""A rule of the scrubber: what it judges by, and every code that it can say. PURE."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from courses.billing.findings import LineFinding
from courses.billing.line import LineFacts, ScrubRules

Judge = Callable[[LineFacts, ScrubRules], Iterator[LineFinding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Raises ValueError where ``judge`` says what is not among its ``codes``: no finding is one that nobody tests."""

    judge: Judge
    codes: frozenset[str]

    def __call__(self, facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
        for finding in self.judge(facts, rules):
            if finding.code not in self.codes:
                raise ValueError(f"The rule does not name the code {finding.code}. Add it to its codes.")
            yield finding


def says(*codes: str) -> Callable[[Judge], Rule]:
    """The function beneath as a rule that can say these codes."""
    return lambda judge: Rule(judge, frozenset(codes))
