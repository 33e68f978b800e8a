"""The facts that an eligibility decision may rest on, and nothing else.

Every fact may be not known: ``None``, or an empty collection. Not known is never read as "no".
``Facts.from_dict`` and ``Facts.to_dict`` are the JSON form, described for people in docs/eligibility.md.
"""

import difflib
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from patients.eligibility.codes import (
    AbnOption,
    DeviceKind,
    OpinionReason,
    PayerKind,
    Specialty,
    Stability,
    Therapy,
)
from patients.eligibility.fact_kinds import (
    Day,
    Diagnoses,
    FactKind,
    Number,
    OneOf,
    SomeOf,
    Text,
    Whole,
    YesNo,
)


class FactsError(ValueError):
    """Facts that cannot be taken as they are; ``problems`` holds (field, sentence) for each."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class FactSpec:
    """What a fact is called on screen and in sentences, and what may be given for it."""

    label: str
    kind: FactKind


#: Every fact by name, in the order of the screens.
FACTS: dict[str, FactSpec] = {
    "as_of": FactSpec("date of service", Day()),
    "payer_kind": FactSpec("kind of payer", OneOf(PayerKind)),
    "policy_id": FactSpec("policy chosen for this payer", Text()),
    "medicare_beneficiary": FactSpec("entitled to Medicare", YesNo()),
    "abn_option": FactSpec("option chosen on a signed ABN", OneOf(AbnOption)),
    "abn_signed_on": FactSpec("date on which the ABN was signed", Day()),
    "ma_denial_on": FactSpec("date of a Medicare Advantage plan's denial notice", Day()),
    "medicare_advantage_member": FactSpec("member of a Medicare Advantage plan", YesNo()),
    "coverage_starts_on": FactSpec("first day of the coverage", Day()),
    "coverage_ends_on": FactSpec("last day of the coverage", Day()),
    "age_years": FactSpec("age (years)", Whole(0, 130)),
    "ccs_class": FactSpec("CCS angina class", Whole(0, 4)),
    "ccs_assessed_on": FactSpec("date of the CCS class", Day()),
    "angina_stability": FactSpec("stability of the angina", OneOf(Stability)),
    "stable_since": FactSpec("date since when the patient is stable", Day()),
    "angina_is_primary": FactSpec("whether angina is the condition treated", YesNo()),
    "opinion_specialty": FactSpec("specialty of the opinion", OneOf(Specialty)),
    "opinion_by": FactSpec("name of the specialist", Text()),
    "opinion_on": FactSpec("date of the opinion", Day()),
    "opinion_reasons": FactSpec("reasons in the opinion", SomeOf(OpinionReason)),
    "cad_proven": FactSpec("whether coronary disease is proven", YesNo()),
    "medical_therapy_maximal": FactSpec("whether medical therapy is at its maximum", YesNo()),
    "therapy_tried": FactSpec("therapy tried", SomeOf(Therapy)),
    "cac_agatston": FactSpec("coronary calcium score (Agatston units)", Whole(0)),
    "cac_on": FactSpec("date of the calcium score", Day()),
    "lvef_percent": FactSpec("left ventricular ejection fraction (%)", Number(0, 100)),
    "nyha_class": FactSpec("NYHA class", Whole(1, 4)),
    "diagnoses": FactSpec("diagnosis codes (ICD-10-CM)", Diagnoses()),
    "device_kind": FactSpec("kind of device", OneOf(DeviceKind)),
    "prior_sessions_in_course": FactSpec("sessions already given in this course", Whole(0, 500)),
    "earlier_course": FactSpec("whether an earlier course was given", YesNo()),
    "last_course_ended_on": FactSpec("last session of the earlier course", Day()),
    "prior_course_benefit_class_gain": FactSpec("CCS classes gained by the earlier course", Whole(-4, 4)),
    "prior_course_benefit_episode_drop_percent": FactSpec(
        "fewer angina episodes after the earlier course (%)", Number(-1000, 100)
    ),
    "order_signed_on": FactSpec("date the order was signed", Day()),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known on the day of the decision. Units are in the names; days are the clinic's days.

    What each field means and may hold stands in ``FACTS``. Raises FactsError, naming every field at fault,
    when a value is not of its kind or two contradict.
    """

    as_of: date | None = None
    payer_kind: PayerKind | None = None
    policy_id: str | None = None
    medicare_beneficiary: bool | None = None
    abn_option: AbnOption | None = None
    abn_signed_on: date | None = None
    ma_denial_on: date | None = None
    medicare_advantage_member: bool | None = None
    coverage_starts_on: date | None = None
    coverage_ends_on: date | None = None
    age_years: int | None = None
    ccs_class: int | None = None
    ccs_assessed_on: date | None = None
    angina_stability: Stability | None = None
    stable_since: date | None = None
    angina_is_primary: bool | None = None
    opinion_specialty: Specialty | None = None
    opinion_by: str | None = None
    opinion_on: date | None = None
    opinion_reasons: frozenset[OpinionReason] = frozenset()
    cad_proven: bool | None = None
    medical_therapy_maximal: bool | None = None
    therapy_tried: frozenset[Therapy] = frozenset()
    cac_agatston: int | None = None
    cac_on: date | None = None
    lvef_percent: float | None = None
    nyha_class: int | None = None
    diagnoses: tuple[str, ...] = ()
    device_kind: DeviceKind | None = None
    prior_sessions_in_course: int | None = None
    earlier_course: bool | None = None
    last_course_ended_on: date | None = None
    prior_course_benefit_class_gain: int | None = None
    prior_course_benefit_episode_drop_percent: float | None = None
    order_signed_on: date | None = None

    def __post_init__(self) -> None:
        problems: list[tuple[str, str]] = []
        for name, spec in FACTS.items():
            value = getattr(self, name)
            if value is None:
                continue
            try:
                object.__setattr__(self, name, spec.kind.read(value))
            except ValueError as error:
                problems.append((name, f"{name} ({spec.label}) {error}."))
        if not problems:
            problems = self._contradictions()
        if problems:
            raise FactsError(problems)

    def _contradictions(self) -> list[tuple[str, str]]:
        return [*self._earlier_course_denied(), *self._coverage_backwards()]

    def _coverage_backwards(self) -> list[tuple[str, str]]:
        starts, ends = self.coverage_starts_on, self.coverage_ends_on
        if starts is None or ends is None or starts <= ends:
            return []
        return [
            ("coverage_ends_on", "coverage_ends_on is before coverage_starts_on: correct one of the two.")
        ]

    def _earlier_course_denied(self) -> list[tuple[str, str]]:
        if self.earlier_course is not False:
            return []
        names = (
            "last_course_ended_on",
            "prior_course_benefit_class_gain",
            "prior_course_benefit_episode_drop_percent",
        )
        return [
            (
                name,
                f"{name} speaks of an earlier course, but earlier_course is false: correct one of the two.",
            )
            for name in names
            if getattr(self, name) is not None
        ]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Facts from their JSON form; a missing key or null is not known.

        Raises FactsError, naming every field at fault and what it may be.
        """
        if not isinstance(data, dict):
            raise FactsError([("", "The facts must be one JSON object, from names of facts to values.")])
        problems = [(str(name), _unknown_name(str(name))) for name in data if name not in FACTS]
        known = {name: value for name, value in data.items() if name in FACTS and value is not None}
        try:
            facts = cls(**known)
        except FactsError as error:
            problems += error.problems
        if problems:
            raise FactsError(problems)
        return facts

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: every fact by name, null or an empty list where not known."""
        return {name: _plain(getattr(self, name)) for name in FACTS}

    def is_known(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value not in ((), frozenset())

    def changed(self, name: str, value: Any) -> Self:
        """The same facts with one changed. Raises FactsError where the change contradicts another fact."""
        return replace(self, **{name: value})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | tuple):
        return sorted(str(item) for item in value)
    return str(value) if isinstance(value, StrEnum) else value


def _unknown_name(name: str) -> str:
    close = difflib.get_close_matches(name, FACTS, n=1)
    hint = f" Did you mean {close[0]}?" if close else " docs/eligibility.md lists the names."
    return f"{name!r} is not the name of a fact.{hint}"
