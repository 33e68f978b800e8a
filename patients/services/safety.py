"""Safety: contraindications and precautions looked through, and what a physician decided of them."""

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from eecp_clinic.signing import sign
from patients.clinic_rules import safety_rules
from patients.models import Patient, SafetyOverride, SafetyScreening
from patients.safety import SafetyFacts, SafetyFinding, SafetyState, Tier, screen
from patients.services import records

MEANINGS = {
    Tier.CONTRAINDICATED: "Treats although contraindicated, for the reason given",
    Tier.PRECAUTION: "Signs off the precaution, for the reason given",
}


@transaction.atomic
def screen_patient(
    *, patient: Patient, values: dict[str, Any], as_of: date, actor: User, now: datetime
) -> SafetyScreening:
    """Judge what is known by the rules in use; the new screening takes the place of the one before.

    Overrides belong to the screening they were given on: a new one begins without. Raises InvalidInput.
    """
    problems = _future(values, patient.clinic.day_of(now))
    if as_of > patient.clinic.day_of(now):
        problems["as_of"] = [gettext("A screening is of today or a day before. Correct the date.")]
    if problems:
        raise records.refusal(problems)
    names = {spec.name for spec in fields(SafetyFacts)}
    known = {name: value for name, value in values.items() if name in names and value is not None}
    try:
        facts = SafetyFacts(as_of=as_of, **known)
    except ValueError as error:
        raise records.refusal(records.whole(str(error))) from error
    rules = safety_rules()
    screening = SafetyScreening(
        patient=patient,
        as_of=as_of,
        facts=_plain(asdict(facts)),
        findings=[_finding(found) for found in screen(facts, rules.rules)],
        rules_version=rules.version,
        made_by=actor,
        made_at=now,
    )
    records.insert(screening)
    raised = [found["code"] for found in screening.findings if found["state"] == SafetyState.RAISED]
    _record("safety.screened", screening, actor, now, raised=raised, rules=rules.version)
    return screening


@transaction.atomic
def override_rule(
    *, screening: SafetyScreening, rule: str, reason: str, password: str, actor: User, now: datetime
) -> SafetyOverride:
    """A physician signs that the patient is treated although ``rule`` was raised. Raises Conflict, InvalidInput."""
    patient = (
        Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=screening.patient_id)
    )
    newest = SafetyScreening.objects.filter(patient=patient).first()
    if newest != screening:
        raise Conflict(
            gettext("A newer screening has replaced this one. Decide on the newer one."), code="replaced"
        )
    finding = next((f for f in screening.findings if f["code"] == rule), None)
    if finding is None or finding["state"] != SafetyState.RAISED:
        raise NotFound(gettext("This rule was not raised in this screening. Open the patient's safety page."))
    if SafetyOverride.objects.filter(screening=screening, rule=rule).exists():
        raise Conflict(gettext("This rule is decided already; nothing was changed."), code="decided")
    if not reason.strip():
        raise records.refusal(
            {"reason": [gettext("Give the reason: it stands in the record beside your name.")]}
        )
    tier = Tier(finding["tier"])
    signature = sign(
        signer=actor,
        password=password,
        clinic=patient.clinic,
        roles=(Role.PHYSICIAN,),
        meaning=MEANINGS[tier],
        subject=f"safety:{screening.code}",
        content={
            "screening": screening.code,
            "patient": {"code": patient.code, "mrn": patient.mrn},
            "as_of": screening.as_of,
            "finding": finding,
            "rules_version": screening.rules_version,
            "reason": reason.strip(),
        },
        now=now,
    )
    override = SafetyOverride(
        screening=screening, rule=rule, tier=tier, reason=reason.strip(), signature=signature
    )
    records.insert(override)
    _record("safety.overridden", screening, actor, now, rule=rule, tier=str(tier))
    return override


def undecided(screening: SafetyScreening) -> list[dict[str, Any]]:
    """What was raised and no physician has decided."""
    decided = {override.rule for override in screening.overrides.all()}
    return [
        finding
        for finding in screening.findings
        if finding["state"] == SafetyState.RAISED and finding["code"] not in decided
    ]


def _future(values: dict[str, Any], today: date) -> records.Problems:
    return {
        name: [gettext("This day lies in the future. Correct the date.")]
        for name, value in values.items()
        if isinstance(value, date) and value > today
    }


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _finding(found: SafetyFinding) -> dict[str, Any]:
    rule = found.rule
    return {
        "code": found.code,
        "tier": str(found.tier),
        "state": str(found.state),
        "fact": found.fact,
        "fact_name": rule.fact,
        "sentence": rule.sentence,
        "way_out": rule.way_out,
        "other_view": rule.other_view,
        "threshold": rule.threshold,
        "unit": rule.unit,
        "sources": list(rule.sources),
        "standing": rule.standing,
    }


def _record(action: str, screening: SafetyScreening, actor: User, now: datetime, **data: Any) -> None:
    audit.record(
        action,
        subject=f"safety:{screening.code}",
        actor=actor,
        clinic=screening.patient.clinic,
        at=now,
        patient=screening.patient.code,
        **data,
    )
