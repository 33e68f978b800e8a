"""Recording a workup: a new one each time, so that an earlier decision keeps what it stood on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.models import User
from patients.diagnoses import DiagnosisError, check_codes
from patients.eligibility.facts import FactsError
from patients.models import Patient, Workup
from patients.record_facts import facts_of
from patients.services import records

#: Days that have passed when they are written down.
PAST_DAYS = (
    "ccs_assessed_on",
    "stable_since",
    "opinion_on",
    "cac_on",
    "last_course_ended_on",
    "history_and_physical_on",
    "ecg_on",
)


@transaction.atomic
def record_workup(*, patient: Patient, values: dict[str, Any], actor: User, now: datetime) -> Workup:
    """What is known of the patient now; what is left out is not known. Raises InvalidInput."""
    if all(value in (None, "", []) for value in values.values()):
        raise records.refusal(
            records.whole(gettext("Nothing is filled in. Enter at least what is known today."))
        )
    today = patient.clinic.day_of(now)
    problems = records.future_days(Workup, values, PAST_DAYS, today)
    try:
        values = values | {"diagnoses": check_codes(values.get("diagnoses", []), on=today)}
    except DiagnosisError as error:
        problems["diagnoses"] = [str(error)]
    if problems:
        raise records.refusal(problems)
    workup = Workup(patient=patient, recorded_by=actor, recorded_at=now, **values)
    records.check(workup)
    _refuse_contradictions(workup, now)
    records.insert(workup)
    audit.record(
        "workup.recorded",
        subject=f"workup:{workup.code}",
        actor=actor,
        clinic=patient.clinic,
        at=now,
        patient=patient.code,
    )
    return workup


def _refuse_contradictions(workup: Workup, now: datetime) -> None:
    """Facts that cannot both be true are refused here, where somebody can still mend them."""
    try:
        facts_of(workup=workup, coverage=None, as_of=workup.patient.clinic.day_of(now))
    except FactsError as error:
        sentence = gettext(
            "This speaks of an earlier course, but above it says that there was none. Correct one."
        )
        if workup.earlier_course is False:
            raise records.refusal({name: [sentence] for name, _ in error.problems}) from error
        raise records.refusal({name: [text] for name, text in error.problems}) from error
