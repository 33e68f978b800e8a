"""What a rule answers, and the shape every rule has."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from patients.eligibility.facts import FACTS, Facts
from patients.eligibility.wording import listed


class State(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NEEDS_HUMAN = "needs_human"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule applied to one set of facts.

    Attributes
    ----------
    state : State
    fact : str
        What was found, as a sentence.
    missing : tuple of str
        Names of the facts without which the rule cannot be judged; empty unless ``state`` is UNKNOWN, and empty
        where it is the payer's text and not a fact that is not known.
    """

    state: State
    fact: str
    missing: tuple[str, ...] = ()


class Rule(Protocol):
    """One criterion's test: pure, total, and honest about what is not known.

    A rule that answers MET must not answer UNKNOWN when more becomes known.
    """

    def judge(self, facts: Facts) -> Outcome: ...


def met(fact: str) -> Outcome:
    return Outcome(State.MET, fact)


def not_met(fact: str) -> Outcome:
    return Outcome(State.NOT_MET, fact)


def needs_human(fact: str) -> Outcome:
    return Outcome(State.NEEDS_HUMAN, fact)


def unknown(facts: Facts, *names: str) -> Outcome:
    """Not judged, because those of the named facts that are not known would be needed."""
    missing = tuple(name for name in names if not facts.is_known(name))
    return Outcome(State.UNKNOWN, f"Not known: {listed(FACTS[name].label for name in missing)}.", missing)
