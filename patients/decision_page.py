"""What the page of a coverage decision shows, from the decision as it was stored: nothing is judged anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patients import icd10cm
from patients.clinic_rules import calcium_scale
from patients.comparison import Change, changes_since
from patients.eligibility.facts import FACTS
from patients.models import EligibilityAssessment
from patients.record_facts import COVERAGE_DAYS, COVERAGE_FACTS, WORKUP_FACTS
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
    what_if_better: list[str]
    what_if_other: list[str]
    changes: tuple[Change, ...]
    code_book: str
    chart_sentence: str


def decision_page(assessment: EligibilityAssessment, *, can_mend: bool) -> DecisionPage:
    """``can_mend``: the reader may record workups, so what is missing links to its field."""
    decision = assessment.decision
    findings = [(f, _finding(f, assessment, can_mend)) for f in decision.get("findings", [])]
    required = [shown for f, shown in findings if f["weight"] == "required"]
    met = sum(shown["state"] == "met" for shown in required)
    changes = decision.get("what_if", [])
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
        what_if_better=[change["sentence"] for change in changes if _is_go(change)],
        what_if_other=[change["sentence"] for change in changes if not _is_go(change)],
        changes=changes_since(assessment.supersedes, assessment) if assessment.supersedes else (),
        code_book=_code_book(assessment.facts),
        chart_sentence=_chart_sentence(assessment.facts),
    )


def _is_go(change: dict[str, Any]) -> bool:
    return pathway_shown(change["pathway"]).light == "go"


def _code_book(facts: dict[str, Any]) -> str:
    """Against which release of ICD-10-CM the codes can be checked on the date of service, said plainly."""
    if not facts.get("diagnoses") or not facts.get("as_of"):
        return ""
    day = date.fromisoformat(facts["as_of"])
    release = icd10cm.release_on(day)
    if release is not None:
        return gettext("Diagnosis codes by ICD-10-CM %(release)s.") % {"release": release.name}
    return gettext(
        "Diagnosis codes not checked against ICD-10-CM %(year)s, the code book of the date of service: the newest "
        "release held here is %(newest)s."
    ) % {"year": icd10cm.fiscal_year(day), "newest": icd10cm.releases()[0].name}


def _chart_sentence(facts: dict[str, Any]) -> str:
    """The calcium score as a sentence for the chart; empty where none is known."""
    score, day = facts.get("cac_agatston"), facts.get("cac_on")
    if score is None:
        return ""
    on = date.fromisoformat(day) if day else None
    return f"{calcium_scale().describe(score, facts.get('age_years'), on)} {gettext('It is no proof of angina.')}"


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
    if fact in COVERAGE_DAYS and coverage:
        return f"{reverse('patients:coverage-edit', args=[code, coverage.code])}#id_{COVERAGE_DAYS[fact]}"
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
