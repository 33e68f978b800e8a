"""What EECP is asked for, and what each payer says to it: worked out by the rules in use, so that it cannot grow stale."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.eligibility.assess import decide
from patients.eligibility.conclusion import Pathway
from patients.eligibility.facts import Facts
from patients.eligibility.notices import Notice
from patients.eligibility.policy import PolicyBook
from patients.verdicts import Shown, pathway_shown

#: A patient on whom everything else is in order.
_IN_ORDER: dict[str, Any] = {
    "angina_stability": "stable",
    "opinion_specialty": "cardiology",
    "opinion_by": "the cardiologist",
    "opinion_reasons": ["anatomy_not_amenable"],
    "cad_proven": True,
    "medical_therapy_maximal": True,
    "device_kind": "pneumatic",
    "prior_sessions_in_course": 0,
    "earlier_course": False,
}


@dataclass(frozen=True, slots=True)
class Indication:
    title: str | Promise
    plain: str | Promise
    known: dict[str, Any]


INDICATIONS = (
    Indication(
        _("Relief of angina"),
        _(
            "Class III or IV that neither drugs nor surgery can mend: what the treatment is cleared and covered for."
        ),
        {"ccs_class": 3, "angina_is_primary": True, "diagnoses": ["I25.118"]},
    ),
    Indication(
        _("Diastolic dysfunction, heart failure without angina"),
        _("Studied, and refused by Medicare in 2006 for want of evidence; outside the device's cleared use."),
        {"ccs_class": 0, "angina_is_primary": False, "diagnoses": ["I50.32"], "lvef_percent": 60},
    ),
    Indication(
        _("Prevention with a high calcium score, no symptoms"),
        _("A score is no angina, at any value: no payer covers it, and no source supports it."),
        {"ccs_class": 0, "angina_is_primary": False, "diagnoses": ["I25.84"], "cac_agatston": 1200},
    ),
)
#: Who pays, and what is known of them for the self-pay rule.
PAYERS: tuple[tuple[str | Promise, dict[str, Any]], ...] = (
    (_("Original Medicare"), {"payer_kind": "original_medicare"}),
    (_("Medicare Advantage"), {"payer_kind": "medicare_advantage"}),
    (_("Patient pays, entitled to Medicare"), {"payer_kind": "self_pay", "medicare_beneficiary": True}),
    (_("Patient pays, not entitled to Medicare"), {"payer_kind": "self_pay", "medicare_beneficiary": False}),
)


@dataclass(frozen=True, slots=True)
class Answer:
    payer: str | Promise
    shown: Shown
    notice: Notice


@dataclass(frozen=True, slots=True)
class IndicationShown:
    title: str | Promise
    plain: str | Promise
    answers: list[Answer]
    commercial: list[tuple[str, Shown]]


def indications(book: PolicyBook, on: date) -> list[IndicationShown]:
    """Each indication with the answer of each payer on a date of service, all else being in order."""
    return [
        IndicationShown(
            indication.title,
            indication.plain,
            [_answer(payer, indication, known, book, on) for payer, known in PAYERS],
            _commercial(indication, book, on),
        )
        for indication in INDICATIONS
    ]


def _facts(indication: Indication, known: dict[str, Any], on: date) -> Facts:
    days = {"as_of": on, "opinion_on": on, "ccs_assessed_on": on}
    return Facts(**{**_IN_ORDER, **days, **indication.known, **known})


def _answer(
    payer: str | Promise, indication: Indication, known: dict[str, Any], book: PolicyBook, on: date
) -> Answer:
    decision = decide(_facts(indication, known, on), book)
    return Answer(payer, pathway_shown(decision.pathway), decision.notice)


def _commercial(indication: Indication, book: PolicyBook, on: date) -> list[tuple[str, Shown]]:
    """Every other policy in force on that day, by title."""
    found = {}
    for policy in book.policies:
        kinds = policy.payer_kinds & {"commercial", "medicaid"}
        if kinds and policy.holds_on(on):
            known = {"payer_kind": min(kinds), "policy_id": policy.id}
            decision = decide(_facts(indication, known, on), book)
            found[policy.title] = pathway_shown(Pathway(decision.pathway))
    return sorted(found.items())
