"""What a patient's page shows of booked hours; hung there by ``courses.apps``."""

from datetime import datetime

from courses.scheduling.patient_hours import hours_to_come
from courses.scheduling.services.reaching import REACHES
from patients.hub import Panel
from patients.models import Patient

SHOWN = 5


def hours_panel(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """The next hours, and the way to the printed calendar, the feed and the reminders."""
    if not roles & set(REACHES):
        return None
    hours = hours_to_come(patient, now)
    context = {"patient": patient, "hours": hours[:SHOWN], "more": max(0, len(hours) - SHOWN)}
    return Panel("courses/scheduling/_patient_panel.html", context)
