"""Safety and notices on the patient's page."""

from datetime import datetime

from patients.hub import Panel
from patients.models import Patient
from patients.roles import GIVES_NOTICES, READS_CLINICAL
from patients.safety_page import safety_page


def safety_and_notices(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """What was screened and what was told, each with the way to its page."""
    today = patient.clinic.day_of(now)
    clinical = bool(roles & set(READS_CLINICAL))
    screening = (
        patient.safety_screenings.select_related("made_by").prefetch_related("overrides").first()
        if clinical
        else None
    )
    open_question = patient.determinations.open().select_related("coverage__payer").first()
    context = {
        "patient": patient,
        "clinical": clinical,
        "screening": screening,
        "safety": safety_page(screening) if screening else None,
        "notice": patient.notices.in_force_on(today).first() or patient.notices.first(),
        "determination": open_question or patient.determinations.first(),
        "overdue": open_question is not None and open_question.is_overdue(now),
        "can_give": bool(roles & set(GIVES_NOTICES)),
        "today": today,
    }
    return Panel("patients/_safety_and_notices.html", context)
