"""Coverage decisions: made from the record as it stands, superseded and never edited, signed by a physician."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from eecp_clinic.signing import sign
from patients.clinic_rules import policy_book
from patients.eligibility.assess import PolicyMismatch, decide
from patients.eligibility.facts import FactsError
from patients.eligibility.wording import day_text
from patients.in_force import decision_in_force
from patients.models import Coverage, EligibilityAssessment, Patient, Workup
from patients.order_day import order_signed_on
from patients.record_facts import facts_of
from patients.services import records

MEANING = "Coverage decision reviewed and approved"


@transaction.atomic
def assess(
    *, workup: Workup, coverage: Coverage | None, as_of: date, actor: User, now: datetime
) -> EligibilityAssessment:
    """Judge the workup by the policy of the coverage on a date of service; the new decision supersedes the old.

    Without a coverage, or a policy for it, the decision is "not known" and says what is missing. Raises
    InvalidInput where the coverage cannot be the one for that day or two facts contradict.
    """
    patient = (
        Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=workup.patient_id)
    )
    _refuse_coverage(patient, coverage, as_of)
    try:
        facts = facts_of(
            workup=workup, coverage=coverage, as_of=as_of, order_signed_on=order_signed_on(patient)
        )
        decision = decide(facts, policy_book())
    except (FactsError, PolicyMismatch) as error:
        raise InvalidInput(str(error), code="facts", fields=records.whole(str(error))) from error
    assessment = EligibilityAssessment(
        patient=patient,
        workup=workup,
        coverage=coverage,
        policy_id=decision.policy_id or "",
        policy_version=decision.policy_version or "",
        facts=facts.to_dict(),
        decision=decision.to_dict(),
        verdict=decision.verdict,
        pathway=decision.pathway,
        made_by=actor,
        made_at=now,
        supersedes=decision_in_force(patient),
    )
    assessment.full_clean(exclude=["coverage", "signature", "supersedes"])
    assessment.save(force_insert=True)
    audit.record(
        "assessment.made",
        subject=f"assessment:{assessment.code}",
        actor=actor,
        clinic=patient.clinic,
        at=now,
        patient=patient.code,
        verdict=assessment.verdict,
        policy=assessment.policy_id,
    )
    return assessment


def _refuse_coverage(patient: Patient, coverage: Coverage | None, as_of: date) -> None:
    if coverage is None:
        return
    sentence = ""
    if coverage.patient_id != patient.pk:
        sentence = gettext("This coverage is not this patient's. Choose one of the patient's own.")
    elif as_of < coverage.starts_on or (coverage.ends_on is not None and as_of > coverage.ends_on):
        sentence = gettext(
            "This coverage is not in force on %(day)s. Choose another coverage or date, or correct its dates."
        ) % {"day": day_text(as_of)}
    if sentence:
        raise InvalidInput(sentence, code="coverage", fields={"coverage": [sentence]})


@transaction.atomic
def sign_assessment(
    *, assessment: EligibilityAssessment, password: str, actor: User, now: datetime
) -> EligibilityAssessment:
    """A physician signs the decision in force. Raises Conflict where it is signed or superseded already."""
    locked = (
        EligibilityAssessment.objects.select_for_update(of=("self",))
        .select_related("patient__clinic", "workup", "coverage")
        .get(pk=assessment.pk)
    )
    if locked.is_signed:
        raise Conflict(gettext("This decision is signed already; nothing was changed."), code="signed")
    if EligibilityAssessment.objects.filter(supersedes=locked).exists():
        raise Conflict(
            gettext("A newer decision has replaced this one. Open the newer one and sign that."),
            code="superseded",
        )
    locked.signature = sign(
        signer=actor,
        password=password,
        clinic=locked.patient.clinic,
        roles=(Role.PHYSICIAN,),
        meaning=MEANING,
        subject=f"assessment:{locked.code}",
        content=signed_content(locked),
        now=now,
    )
    locked.save(update_fields=["signature"])
    audit.record(
        "assessment.signed",
        subject=f"assessment:{locked.code}",
        actor=actor,
        clinic=locked.patient.clinic,
        at=now,
        patient=locked.patient.code,
        verdict=locked.verdict,
    )
    return locked


def signed_content(assessment: EligibilityAssessment) -> dict[str, Any]:
    """All that the signature stands for: whose decision, on which facts, by which policy, with which findings."""
    patient = assessment.patient
    return {
        "assessment": assessment.code,
        "patient": {
            "code": patient.code,
            "mrn": patient.mrn,
            "family_name": patient.family_name,
            "given_name": patient.given_name,
            "birth_date": patient.birth_date,
        },
        "workup": assessment.workup.code,
        "coverage": assessment.coverage.code if assessment.coverage else None,
        "policy_id": assessment.policy_id,
        "policy_version": assessment.policy_version,
        "facts": assessment.facts,
        "decision": assessment.decision,
        "verdict": assessment.verdict,
        "pathway": assessment.pathway,
        "made_at": assessment.made_at,
    }
