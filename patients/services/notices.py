"""Notices: an ABN made and answered, a plan asked and its answer recorded."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from patients.clinic_rules import notice_rules
from patients.models import Coverage, EligibilityAssessment, Notice, Patient, Payer, PlanDetermination
from patients.notice_rules import AbnDraft, NoticeError, check_abn
from patients.services import records

#: The blanks of an ABN that are written by the clinic.
BLANKS = ("service", "reason", "sessions", "estimate_usd", "first_day", "last_day")


@transaction.atomic
def make_notice(
    *,
    patient: Patient,
    coverage: Coverage,
    assessment: EligibilityAssessment | None,
    values: dict[str, Any],
    actor: User,
    now: datetime,
) -> Notice:
    """An ABN with its blanks filled in, not answered yet. Raises InvalidInput where it would not be valid."""
    _require_own(patient, coverage, assessment)
    blanks = {name: values[name] for name in BLANKS}
    draft = AbnDraft(
        payer_kind=coverage.payer.kind,
        internal_id=patient.mrn,
        given_on=patient.clinic.day_of(now),
        **{name: blanks[name] for name in BLANKS if name != "sessions"},
    )
    try:
        check_abn(draft, notice_rules())
    except NoticeError as error:
        raise records.refusal({error.field or NON_FIELD_ERRORS: [str(error)]}) from error
    notice = Notice(
        patient=patient, coverage=coverage, assessment=assessment, given_by=actor, given_at=now, **blanks
    )
    records.insert(notice)
    _record("notice.made", notice, actor, now, first_day=str(notice.first_day), last_day=str(notice.last_day))
    return notice


@transaction.atomic
def answer_notice(*, notice: Notice, values: dict[str, Any], actor: User, now: datetime) -> Notice:
    """Record option and signature, or who witnessed that the patient would not sign. Raises Conflict, InvalidInput."""
    locked = (
        Notice.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=notice.pk)
    )
    if locked.is_answered:
        raise Conflict(gettext("This notice is answered already; nothing was changed."), code="answered")
    _refuse_answer(locked, values, locked.patient.clinic.day_of(now))
    names = ("option", "signed_on", "signed_by", "witness")
    for name in names:
        setattr(locked, name, values.get(name) or (None if name == "signed_on" else ""))
    locked.answered_by, locked.answered_at = actor, now
    records.check(locked)
    locked.save(update_fields=[*names, "answered_by", "answered_at"])
    _record("notice.answered", locked, actor, now, option=locked.option, refused=bool(locked.witness))
    return locked


def _refuse_answer(notice: Notice, values: dict[str, Any], today: date) -> None:
    problems: records.Problems = {}
    day: date | None = values.get("signed_on")
    if day is None:
        problems["signed_on"] = [gettext("Give the day on which the patient signed, or would not sign.")]
    else:
        problems |= records.future_days(Notice, values, ["signed_on"], today)
        if day > notice.first_day:
            problems["signed_on"] = [
                gettext("Signed after the first session it names: it does not count. Make a new notice.")
            ]
        elif day < notice.patient.clinic.day_of(notice.given_at):
            problems["signed_on"] = [gettext("Signed before this notice was made. Correct the date.")]
    if values.get("option") and not values.get("signed_by"):
        problems["signed_by"] = [gettext("Record who signed: the patient, or who acts for them.")]
    elif not values.get("option") and not values.get("witness"):
        problems["witness"] = [
            gettext("Record the option, or who witnessed that the patient would not sign.")
        ]
    if problems:
        raise records.refusal(problems)


@transaction.atomic
def ask_plan(
    *,
    patient: Patient,
    coverage: Coverage,
    assessment: EligibilityAssessment | None,
    kind: str,
    requested_at: datetime,
    actor: User,
    now: datetime,
) -> PlanDetermination:
    """Note that the plan was asked; its clock runs from then. Raises InvalidInput, Conflict."""
    _require_own(patient, coverage, assessment)
    problems: records.Problems = {}
    if coverage.payer.kind != Payer.Kind.MEDICARE_ADVANTAGE:
        problems["coverage"] = [
            gettext("Only a Medicare Advantage plan makes a determination. Choose that coverage.")
        ]
    if requested_at > now:
        problems["requested_at"] = [
            gettext("The plan cannot have been asked in the future. Correct the time.")
        ]
    if problems:
        raise records.refusal(problems)
    try:
        due_at = notice_rules().due(
            requested_at=requested_at,
            requested_on=patient.clinic.day_of(requested_at),
            expedited=kind == PlanDetermination.Kind.EXPEDITED,
        )
    except NoticeError as error:
        raise records.refusal({error.field: [str(error)]}) from error
    determination = PlanDetermination(
        patient=patient,
        coverage=coverage,
        assessment=assessment,
        kind=kind,
        requested_at=requested_at,
        due_at=due_at,
        requested_by=actor,
    )
    records.insert(determination)
    _record("determination.asked", determination, actor, now, kind=kind, due=due_at.isoformat())
    return determination


@transaction.atomic
def record_answer(
    *, determination: PlanDetermination, values: dict[str, Any], actor: User, now: datetime
) -> PlanDetermination:
    """What the plan answered. Raises Conflict where it is recorded already, InvalidInput."""
    locked = (
        PlanDetermination.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .get(pk=determination.pk)
    )
    clinic = locked.patient.clinic
    if locked.is_answered:
        raise Conflict(
            gettext("The plan's answer is recorded already; nothing was changed."), code="answered"
        )
    problems = records.future_days(PlanDetermination, values, ["answered_on"], clinic.day_of(now))
    day = values.get("answered_on")
    if day is not None and day < clinic.day_of(locked.requested_at):
        problems["answered_on"] = [
            gettext("The plan cannot have answered before it was asked. Correct the date.")
        ]
    if values.get("outcome") == PlanDetermination.Outcome.DENIED and not values.get("reason"):
        problems["reason"] = [gettext("A denial comes with a reason. Copy it from the plan's notice.")]
    if problems:
        raise records.refusal(problems)
    changed = records.change(locked, {**values, "answered_by": actor})
    _record("determination.answered", locked, actor, now, outcome=locked.outcome, changed=changed)
    return locked


def _require_own(patient: Patient, coverage: Coverage, assessment: EligibilityAssessment | None) -> None:
    if coverage.patient_id != patient.pk or (assessment and assessment.patient_id != patient.pk):
        raise InvalidInput(
            gettext("This is of another patient. Open the patient's page and begin again."), fields={}
        )


def _record(action: str, thing: Notice | PlanDetermination, actor: User, now: datetime, **data: Any) -> None:
    patient = thing.patient
    kind = action.partition(".")[0]
    audit.record(
        action,
        subject=f"{kind}:{thing.code}",
        actor=actor,
        clinic=patient.clinic,
        at=now,
        patient=patient.code,
        **data,
    )
