"""What a patient's page shows of the FHIR export."""

from datetime import datetime

from patients.hub import Panel
from patients.models import Patient
from patients.roles import READS_CLINICAL


def export(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """The way to the patient's record as a file, for who may read clinical data."""
    if not roles & set(READS_CLINICAL):
        return None
    return Panel("courses/fhir/_panel.html", {"patient": patient}, is_aside=True)
