"""What a patient's page shows of orders and courses; hung there by ``courses.apps``."""

from datetime import datetime

from courses.models import Course, TreatmentOrder
from eecp_clinic.roles import CLINICAL
from patients.hub import Panel
from patients.in_force import decision_in_force
from patients.models import Patient


def orders_and_courses(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """The patient's orders and courses, newest first, and for clinical staff the way to the next order.

    The front desk sees no order: it is clinical, and the calendar says when the patient comes.
    """
    if roles == {"front_desk"}:
        return None
    courses = list(Course.objects.filter(patient=patient).select_related("order__signature"))
    drafts = list(TreatmentOrder.objects.filter(patient=patient, signature__isnull=True))
    clinical = bool(roles & set(CLINICAL))
    going_on = any(course.state in {"planned", "active", "on_hold"} for course in courses)
    decision = decision_in_force(patient)
    signed = decision is not None and decision.is_signed
    context = {
        "patient": patient,
        "courses": courses,
        "drafts": drafts,
        "clinical": clinical,
        "may_order": clinical and signed and not going_on and not drafts,
        "decision_signed": signed,
    }
    return Panel("courses/ordering/_panel.html", context)
