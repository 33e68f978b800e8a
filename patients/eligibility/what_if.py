"""Which single change of the record would change the decision.

It tells staff which document to look for next, and an auditor what the decision hung on. It is no invitation
to change a fact: only what the chart shows may be recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from patients.eligibility.codes import AbnOption, DeviceKind, OpinionReason, Specialty, Stability
from patients.eligibility.conclusion import Conclusion, Pathway, conclude
from patients.eligibility.facts import FACTS, Facts, FactsError
from patients.eligibility.policy import Policy
from patients.eligibility.rules.course import add_months
from patients.eligibility.rules.outcome import State
from patients.eligibility.wording import day_text, listed

#: One value on each side of a usual limit is enough to show that the number decides.
_CANDIDATES: dict[str, tuple[Any, ...]] = {
    "medicare_beneficiary": (True, False),
    "abn_option": (AbnOption.TREAT_WITHOUT_CLAIM,),
    "ccs_class": (0, 1, 2, 3, 4),
    "angina_stability": tuple(Stability),
    "angina_is_primary": (True, False),
    "opinion_specialty": (Specialty.CARDIOLOGY, Specialty.CARDIOTHORACIC_SURGERY, Specialty.FAMILY_MEDICINE),
    "opinion_reasons": tuple(frozenset({reason}) for reason in OpinionReason),
    "cad_proven": (True, False),
    "medical_therapy_maximal": (True, False),
    # One code of stable angina, alone: it shows that the list of codes decides.
    "diagnoses": (("I25.118",),),
    "device_kind": tuple(DeviceKind),
    "prior_sessions_in_course": (0, 34, 35),
    "earlier_course": (True, False),
    "prior_course_benefit_class_gain": (0, 1),
    "prior_course_benefit_episode_drop_percent": (0.0, 50.0),
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """If ``fact`` had one of ``values`` and all else stayed, the decision would be ``verdict`` and ``pathway``."""

    fact: str
    values: tuple[str, ...]
    verdict: State
    pathway: Pathway
    sentence: str


def what_if(facts: Facts, policy: Policy, now: Conclusion) -> tuple[WhatIf, ...]:
    """Single changes that alter verdict or pathway, in the order of the facts, values of one effect together."""
    effects: dict[tuple[str, State, Pathway], list[str]] = {}
    for name, value in _changes(facts):
        try:
            then = conclude(facts.changed(name, value), policy)
        except FactsError:
            continue  # contradicts another fact, so it is not a single change
        if (then.verdict, then.pathway) != (now.verdict, now.pathway):
            effects.setdefault((name, then.verdict, then.pathway), []).append(_shown(value))
    return tuple(
        WhatIf(name, tuple(values), verdict, pathway, _sentence(name, values, verdict, pathway))
        for (name, verdict, pathway), values in effects.items()
    )


def _changes(facts: Facts) -> Iterator[tuple[str, Any]]:
    for name, values in {**_CANDIDATES, **_days(facts)}.items():
        for value in values:
            if value != getattr(facts, name):
                yield name, value


def _days(facts: Facts) -> dict[str, tuple[Any, ...]]:
    """Days that would be in order, seen from the date of service."""
    if facts.as_of is None:
        return {}
    opinion = min(day for day in (facts.as_of, facts.order_signed_on) if day is not None)
    return {
        "opinion_on": (opinion,),
        "ccs_assessed_on": (facts.as_of,),
        "last_course_ended_on": (add_months(facts.as_of, -3), add_months(facts.as_of, -12)),
        "ma_denial_on": (facts.as_of,),
        "coverage_ends_on": (facts.as_of,),
    }


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, frozenset):
        return "+".join(sorted(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, StrEnum | int) else f"{value:g}"


def _sentence(name: str, values: list[str], verdict: State, pathway: Pathway) -> str:
    shown = listed((value.replace("_", " ") for value in values), "or")
    return (
        f"If the record showed {FACTS[name].label}: {shown}, the verdict would be {verdict.replace('_', ' ')} "
        f"({pathway.replace('_', ' ')})."
    )
