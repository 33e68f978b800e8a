"""What the page of a coverage decision shows, from the decision as it was stored: nothing is judged anew."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patients.comparison import Change, changes_since
from patients.eligibility.facts import FACTS
from patients.models import EligibilityAssessment
from patients.record_facts import COVERAGE_FACTS, WORKUP_FACTS
from patients.verdicts import Shown, next_step, pathway_shown, state_shown

#: How far a source may be leaned on; what was simply read needs no word.
_STANDING = {"derived": _("our conclusion"), "to_be_confirmed": _("to be confirmed by the clinic")}
_CHOICE_LISTS = ("opinion_reasons", "therapy_tried")


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that is not known, and where it can be given; no address where this reader cannot give it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    pathway: Shown
    verdict: Shown
    next_step: str
    summary: str
    notice: dict[str, Any]
    required: list[dict[str, Any]]
    recommended: list[dict[str, Any]]
    met_of_required: str
    missing: list[MissingFact]
    what_if: list[str]
    changes: tuple[Change, ...]


def decision_page(assessment: EligibilityAssessment, *, can_mend: bool) -> DecisionPage:
    """``can_mend``: the reader may record workups, so what is missing links to its field."""
    decision = assessment.decision
    findings = [(f, _finding(f, assessment, can_mend)) for f in decision.get("findings", [])]
    required = [shown for f, shown in findings if f["weight"] == "required"]
    met = sum(shown["state"] == "met" for shown in required)
    return DecisionPage(
        pathway=pathway_shown(assessment.pathway),
        verdict=state_shown(assessment.verdict),
        next_step=str(next_step(assessment.pathway)),
        summary=decision.get("summary", ""),
        notice=decision.get("notice", {}),
        required=required,
        recommended=[shown for f, shown in findings if f["weight"] != "required"],
        met_of_required=gettext("%(met)s of %(all)s met") % {"met": met, "all": len(required)},
        missing=[
            MissingFact(_label(name), mend_url(name, assessment) if can_mend else "")
            for name in decision.get("missing", [])
        ],
        what_if=[change["sentence"] for change in decision.get("what_if", [])],
        changes=changes_since(assessment.supersedes, assessment) if assessment.supersedes else (),
    )


def _finding(finding: dict[str, Any], assessment: EligibilityAssessment, can_mend: bool) -> dict[str, Any]:
    """One finding with the keys of ``partials/_findings.html``."""
    state, citation = state_shown(finding["state"]), finding["citation"]
    decides = finding["weight"] == "required" and finding["not_met_means"] != "review"
    urls = [mend_url(name, assessment) for name in finding["missing"]] if can_mend else []
    source = f"{citation['document']}, {citation['section']}"
    standing = str(_STANDING.get(citation["standing"], ""))
    return {
        "state": finding["state"],
        "light": "look" if state.light == "stop" and not decides else state.light,
        "label": state.label,
        "sentence": finding["sentence"],
        "fact": finding["fact"],
        "way_out": finding["way_out"],
        "way_out_url": next((url for url in urls if url), ""),
        "source": f"{source} ({standing})" if standing and standing not in source else source,
        "source_url": citation["url"],
        "version": citation["version"],
    }


def mend_url(fact: str, assessment: EligibilityAssessment) -> str:
    """The field where a missing fact can be given; empty where no field of this room holds it."""
    code, coverage = assessment.patient.code, assessment.coverage
    if fact in WORKUP_FACTS:
        field = f"field_id_{fact}" if fact in _CHOICE_LISTS else f"id_{fact}"
        return f"{reverse('patients:workup-add', args=[code])}?from={assessment.workup.code}#{field}"
    if fact in COVERAGE_FACTS and coverage:
        return f"{reverse('patients:coverage-edit', args=[code, coverage.code])}#id_{fact}"
    if fact == "payer_kind" and not coverage:
        return reverse("patients:coverage-add", args=[code])
    if fact == "policy_id" and coverage:
        return f"{reverse('patients:payer-edit', args=[coverage.payer.code])}#id_policy_id"
    return ""


def signature_shown(assessment: EligibilityAssessment) -> dict[str, Any] | None:
    """The signature with the keys of ``partials/_signature.html``."""
    signature = assessment.signature
    if signature is None:
        return None
    return {
        "name": signature.name,
        "credentials": signature.credentials,
        "meaning": signature.meaning,
        "signed_at": date_format(localtime(signature.signed_at), "DATETIME_FORMAT"),
        "method": signature.authentication,
        "hash": signature.content_sha256,
    }


def _label(fact: str) -> str:
    label = FACTS[fact].label if fact in FACTS else fact
    return f"{label[0].upper()}{label[1:]}"
