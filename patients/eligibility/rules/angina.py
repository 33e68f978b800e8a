"""Rules about the angina itself: class, stability, and whether it is what is treated."""

from dataclasses import dataclass

from patients.eligibility.codes import Stability
from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, met, needs_human, not_met, unknown
from patients.eligibility.wording import counted, day_text, roman


@dataclass(frozen=True, slots=True)
class AnginaClass:
    """The angina is in one of the covered CCS classes.

    ``nyha`` lists NYHA classes that the payer reads as an angina class. NYHA grades heart failure in the
    chart, so an NYHA class never decides alone: a person confirms what it was given for.
    """

    ccs: tuple[int, ...]
    nyha: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.ccs or not set(self.ccs) <= {0, 1, 2, 3, 4}:
            raise ValueError("ccs must list CCS classes from 0 to 4")
        if not set(self.nyha) <= {1, 2, 3, 4}:
            raise ValueError("nyha must list NYHA classes from 1 to 4")

    def judge(self, facts: Facts) -> Outcome:
        by_nyha = facts.nyha_class is not None and facts.nyha_class in self.nyha
        if facts.ccs_class is not None and facts.ccs_class in self.ccs:
            return met(f"CCS class {roman(facts.ccs_class)}{self._dated(facts)}.")
        if by_nyha and facts.nyha_class is not None:
            given = "not known" if facts.ccs_class is None else roman(facts.ccs_class)
            return needs_human(
                f"CCS class {given}, NYHA class {roman(facts.nyha_class)}: "
                "confirm that the NYHA class was given for the angina."
            )
        if facts.ccs_class is None:
            return unknown(facts, "ccs_class")
        if facts.ccs_class == 0:
            return not_met("CCS class 0: no angina.")
        return not_met(f"CCS class {roman(facts.ccs_class)}{self._dated(facts)}.")

    @staticmethod
    def _dated(facts: Facts) -> str:
        return f" of {day_text(facts.ccs_assessed_on)}" if facts.ccs_assessed_on else ""


@dataclass(frozen=True, slots=True)
class ClassDated:
    """The day on which the CCS class was given is known."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.ccs_class is None or facts.ccs_assessed_on is None:
            return unknown(facts, "ccs_class", "ccs_assessed_on")
        return met(f"The CCS class was given on {day_text(facts.ccs_assessed_on)}.")


@dataclass(frozen=True, slots=True)
class AnginaStability:
    """The angina is of an allowed stability."""

    allowed: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.allowed or not set(self.allowed) <= set(Stability):
            raise ValueError("allowed must list stable, unstable or both")

    def judge(self, facts: Facts) -> Outcome:
        if facts.angina_stability is None:
            return unknown(facts, "angina_stability")
        sentence = f"The angina is {facts.angina_stability}."
        return met(sentence) if facts.angina_stability in self.allowed else not_met(sentence)


@dataclass(frozen=True, slots=True)
class StableFor:
    """The patient has been stable for a number of days before the date of service."""

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("days must be 1 or more")

    def judge(self, facts: Facts) -> Outcome:
        if facts.angina_stability is Stability.UNSTABLE:
            return not_met("The angina is unstable.")
        if facts.stable_since is None or facts.as_of is None:
            return unknown(facts, "stable_since", "as_of")
        held = (facts.as_of - facts.stable_since).days
        if held < 0:
            return not_met(f"Stable only from {day_text(facts.stable_since)}, after the date of service.")
        sentence = f"Stable since {day_text(facts.stable_since)}: {counted(held, 'day')}."
        return met(sentence) if held >= self.days else not_met(sentence)


@dataclass(frozen=True, slots=True)
class AnginaIsPrimary:
    """Angina is there, and it is the condition treated: not heart failure or another disease."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.angina_is_primary is False:
            return not_met("Angina is not the condition treated.")
        if facts.ccs_class == 0:
            return not_met("No angina (CCS class 0).")
        if facts.angina_is_primary is None:
            return unknown(facts, "angina_is_primary")
        return met("Angina is the condition treated.")
