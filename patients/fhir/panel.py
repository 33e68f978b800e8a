"""What a patient's page shows of charts from elsewhere."""

from datetime import datetime

from patients.hub import Panel
from patients.models import Patient
from patients.roles import READS_CLINICAL


def charts(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """The files that the patient's record came from; nothing where there are none."""
    if not roles & set(READS_CLINICAL):
        return None
    found = list(patient.chart_imports.all())
    return Panel("patients/charts/_panel.html", {"charts": found}, is_aside=True) if found else None
