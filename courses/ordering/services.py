"""The order: written, edited while a draft, signed; the signature makes the course."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Course, TreatmentOrder
from eecp_clinic import audit, signing
from eecp_clinic.errors import Conflict, NotAllowed
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, Role, require_role
from patients.models import EligibilityAssessment, Patient
from patients.services.safety import undecided

#: What a person may set in an order.
FIELDS = (
    "sessions",
    "session_minutes",
    "sessions_per_day",
    "days_per_week",
    "pressure_target_mmhg",
    "diagnoses",
    "goals",
)


@transaction.atomic
def write_order(
    *,
    patient: Patient,
    assessment: EligibilityAssessment,
    values: Mapping[str, Any],
    actor: User,
    now: datetime,
) -> TreatmentOrder:
    """Write a draft on the signed decision in force. Raises NotAllowed, Conflict, ValidationError."""
    require_role(actor, patient.clinic, *CLINICAL)
    require_usable(assessment)
    if assessment.patient.kept() != patient:
        raise Conflict(gettext("The coverage decision is of another patient. Open the patient's page again."))
    order = TreatmentOrder(
        patient=patient,
        assessment=assessment,
        ordered_by=actor,
        ordered_at=now,
        **{name: values[name] for name in FIELDS if name in values},
    )
    order.full_clean(exclude=["signature"])
    order.save()
    _record("order.written", order, actor, now, assessment=assessment.code)
    return order


@transaction.atomic
def edit_order(
    *, order: TreatmentOrder, values: Mapping[str, Any], actor: User, now: datetime
) -> TreatmentOrder:
    """Change a draft. Raises NotAllowed, Conflict where it is signed, ValidationError."""
    require_role(actor, order.patient.clinic, *CLINICAL)
    locked = _lock(order)
    changed = [name for name in FIELDS if name in values and getattr(locked, name) != values[name]]
    for name in changed:
        setattr(locked, name, values[name])
    locked.full_clean(exclude=["signature"])
    if changed:
        locked.save(update_fields=changed)
        _record("order.edited", locked, actor, now, fields=changed)
    return locked


@transaction.atomic
def sign_order(*, order: TreatmentOrder, password: str, actor: User, now: datetime) -> Course:
    """Sign as the physician, and begin the course it orders.

    Raises NotAllowed (role, credentials), InvalidInput (password), Conflict (signed before, the decision is
    unsigned or superseded, or another course of the patient goes on).
    """
    patient = order.patient
    clinic = patient.clinic
    # Whoever orders twice for one patient at once waits here, so that the rule below is seen and not only felt.
    Patient.objects.select_for_update().get(pk=patient.pk)
    locked = _lock(order)
    require_usable(locked.assessment)
    if Course.objects.filter(patient=patient).going_on().exists():
        raise Conflict(
            gettext("This patient has a course that is not ended. End it before a new order is signed."),
            code="course_going_on",
        )
    require_safe(patient)
    locked.signature = signing.sign(
        signer=actor,
        password=password,
        clinic=clinic,
        roles=(Role.PHYSICIAN,),
        meaning=gettext("Orders this course of treatment"),
        subject=f"order:{locked.code}",
        content=content_of(locked),
        now=now,
    )
    locked.save(update_fields=["signature"])
    course = Course(clinic=clinic, patient=patient, order=locked)
    course.full_clean()
    course.save()
    _record("order.signed", locked, actor, now, course=course.code)
    return course


def require_usable(assessment: EligibilityAssessment) -> None:
    """An order stands on the signed decision in force; that it says "not covered" is shown, and no obstacle."""
    if not assessment.is_signed:
        raise NotAllowed(
            gettext(
                "The coverage decision is not signed. An order stands on a signed decision: ask a physician to sign "
                "it on the patient's page, then write the order."
            ),
            code="decision_unsigned",
        )
    if EligibilityAssessment.objects.filter(supersedes=assessment).exists():
        raise Conflict(
            gettext(
                "A newer coverage decision has taken the place of this one. Write the order from the decision "
                "in force, on the patient's page."
            ),
            code="decision_superseded",
        )


def require_safe(patient: Patient) -> None:
    """No contraindication or precaution of the newest screening waits for a physician's decision.

    A patient who was never screened is shown as such on the page, and is no obstacle here.
    """
    screening = patient.safety_screenings.prefetch_related("overrides").first()
    open_points = undecided(screening) if screening else []
    if open_points:
        raise Conflict(
            gettext(
                "Raised on the safety page, and not decided: %(points)s A physician decides each there, with a reason, "
                "before the order is signed."
            )
            % {"points": " ".join(finding["sentence"] for finding in open_points)},
            code="safety_undecided",
        )


def content_of(order: TreatmentOrder) -> dict[str, Any]:
    """What the physician signs."""
    assessment = order.assessment
    return {
        "order": order.code,
        "patient": {"code": order.patient.code, "mrn": order.patient.mrn},
        "decision": {
            "code": assessment.code,
            "policy": assessment.policy_id,
            "version": assessment.policy_version,
            "verdict": assessment.verdict,
            "pathway": assessment.pathway,
        },
        "ordered_at": order.ordered_at,
        **{name: getattr(order, name) for name in FIELDS},
    }


def _lock(order: TreatmentOrder) -> TreatmentOrder:
    locked = (
        TreatmentOrder.objects.select_for_update(of=("self",))
        .select_related("patient__clinic", "assessment")
        .get(pk=order.pk)
    )
    if locked.is_signed:
        raise Conflict(
            gettext("This order is signed and final. Write a new order for what should be different."),
            code="order_signed",
        )
    return locked


def _record(action: str, order: TreatmentOrder, actor: User, now: datetime, **data: Any) -> None:
    audit.record(
        action, subject=f"order:{order.code}", actor=actor, clinic=order.patient.clinic, at=now, **data
    )
