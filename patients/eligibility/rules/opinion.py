"""Rules about the specialist's opinion: who gave it, why, and when."""

from dataclasses import dataclass
from datetime import date

from patients.eligibility.codes import OpinionReason, Specialty
from patients.eligibility.facts import Facts
from patients.eligibility.rules.course import add_months
from patients.eligibility.rules.outcome import Outcome, met, not_met, unknown
from patients.eligibility.wording import day_text, listed


@dataclass(frozen=True, slots=True)
class OpinionBySpecialist:
    """A named physician of an allowed specialty gave a dated opinion."""

    specialties: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.specialties or not set(self.specialties) <= set(Specialty):
            raise ValueError("specialties must list " + listed(Specialty, "or"))

    def judge(self, facts: Facts) -> Outcome:
        if facts.opinion_specialty is not None and facts.opinion_specialty not in self.specialties:
            return not_met(f"The opinion on file comes from {_words(facts.opinion_specialty)}.")
        if facts.opinion_specialty is None or facts.opinion_by is None or facts.opinion_on is None:
            return unknown(facts, "opinion_specialty", "opinion_by", "opinion_on")
        return met(
            f"Opinion of {facts.opinion_by} ({_words(facts.opinion_specialty)}) of {day_text(facts.opinion_on)}."
        )


@dataclass(frozen=True, slots=True)
class OpinionReasonQualifies:
    """At least one of the reasons in the opinion is among those that the policy accepts."""

    qualifying: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.qualifying or not set(self.qualifying) <= set(OpinionReason):
            raise ValueError("qualifying must list " + listed(OpinionReason, "or"))

    def judge(self, facts: Facts) -> Outcome:
        if not facts.opinion_reasons:
            return unknown(facts, "opinion_reasons")
        good = sorted(reason for reason in facts.opinion_reasons if reason in self.qualifying)
        if good:
            return met(f"Reason in the opinion: {listed(map(_words, good))}.")
        given = listed(map(_words, sorted(facts.opinion_reasons)))
        return not_met(f"The only reason given is {given}, which does not qualify alone.")


@dataclass(frozen=True, slots=True)
class DatesInOrder:
    """No known date contradicts: CCS class and opinion by the date of service, opinion by the order.

    An order that is not signed yet contradicts nothing, so that a patient can be assessed before ordering.
    """

    def judge(self, facts: Facts) -> Outcome:
        late = [
            f"{first} of {day_text(earlier)} is later than {second} of {day_text(later)}"
            for first, earlier, second, later in _pairs(facts)
            if earlier is not None and later is not None and earlier > later
        ]
        if late:
            return not_met(_sentence(listed(late)))
        if facts.opinion_on is None or facts.as_of is None:
            return unknown(facts, "opinion_on", "as_of")
        return met(_sentence(f"the opinion of {day_text(facts.opinion_on)} comes before what rests on it"))


@dataclass(frozen=True, slots=True)
class OpinionRecent:
    """The opinion is not older than a number of calendar months on the date of service."""

    months: int

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError("months must be 1 or more")

    def judge(self, facts: Facts) -> Outcome:
        if facts.opinion_on is None or facts.as_of is None:
            return unknown(facts, "opinion_on", "as_of")
        sentence = f"The opinion is of {day_text(facts.opinion_on)}."
        recent = facts.as_of <= add_months(facts.opinion_on, self.months)
        return met(sentence) if recent else not_met(sentence)


def _pairs(facts: Facts) -> tuple[tuple[str, date | None, str, date | None], ...]:
    return (
        ("the opinion", facts.opinion_on, "the order", facts.order_signed_on),
        ("the opinion", facts.opinion_on, "the session", facts.as_of),
        ("the CCS class", facts.ccs_assessed_on, "the session", facts.as_of),
    )


def _words(code: str) -> str:
    return code.replace("_", " ")


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."
