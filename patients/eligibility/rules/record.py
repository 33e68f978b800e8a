"""Rules about the rest of the record: device, therapy, proof of disease, order, calcium score."""

from dataclasses import dataclass

from patients.eligibility.calcium import CalciumScale
from patients.eligibility.codes import DeviceKind
from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, State, met, needs_human, not_met, unknown
from patients.eligibility.wording import day_text, listed


@dataclass(frozen=True, slots=True)
class DeviceOfKind:
    """The device works by an allowed medium."""

    allowed: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.allowed or not set(self.allowed) <= set(DeviceKind):
            raise ValueError("allowed must list pneumatic, hydraulic or both")

    def judge(self, facts: Facts) -> Outcome:
        if facts.device_kind is None:
            return unknown(facts, "device_kind")
        sentence = f"The device is {facts.device_kind}."
        return met(sentence) if facts.device_kind in self.allowed else not_met(sentence)


@dataclass(frozen=True, slots=True)
class TherapyMaximal:
    """Medical therapy is at the most that the patient bears."""

    def judge(self, facts: Facts) -> Outcome:
        tried = listed(code.replace("_", " ") for code in sorted(facts.therapy_tried))
        found = f" Tried: {tried}." if tried else ""
        if facts.medical_therapy_maximal is None:
            return unknown(facts, "medical_therapy_maximal")
        if facts.medical_therapy_maximal:
            return met(f"Medical therapy is at its maximum.{found}")
        return not_met(f"Medical therapy is not yet at its maximum.{found}")


@dataclass(frozen=True, slots=True)
class DiseaseProven:
    """Coronary disease is proven, by catheterisation or another study."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.cad_proven is None:
            return unknown(facts, "cad_proven")
        return (
            met("Coronary disease is proven.")
            if facts.cad_proven
            else not_met("Coronary disease is not proven.")
        )


@dataclass(frozen=True, slots=True)
class OrderSigned:
    """The order for the course was signed by the date of service."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.order_signed_on is None or facts.as_of is None:
            return unknown(facts, "order_signed_on", "as_of")
        sentence = f"The order was signed on {day_text(facts.order_signed_on)}."
        return met(sentence) if facts.order_signed_on <= facts.as_of else not_met(sentence)


@dataclass(frozen=True, slots=True)
class CalciumIsNotAngina:
    """A calcium score neither proves nor replaces angina: it is read aloud and then set aside."""

    scale: CalciumScale

    def judge(self, facts: Facts) -> Outcome:
        if facts.cac_agatston is None:
            return met("No calcium score is known, and none is needed.")
        found = self.scale.describe(facts.cac_agatston, facts.age_years, facts.cac_on)
        if facts.ccs_class == 0 or facts.angina_is_primary is False:
            return not_met(f"{found} It does not stand in for the angina that is missing.")
        return met(f"{found} It plays no part in this decision.")


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The policy asks for something that no fact holds: a person looks it up."""

    question: str

    def judge(self, facts: Facts) -> Outcome:
        return needs_human(self.question)


@dataclass(frozen=True, slots=True)
class TextNotRead:
    """The payer has a policy whose criteria we could not read: nothing about it can be judged, whatever is known."""

    note: str

    def judge(self, facts: Facts) -> Outcome:
        return Outcome(State.UNKNOWN, self.note)
