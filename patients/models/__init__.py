"""People, what they are insured with, what is known of them, what was decided, and what they were told."""

from patients.models.assessment import EligibilityAssessment
from patients.models.benefits import PriorAuthorization, Verification
from patients.models.charts import ChartImport, ValueSource
from patients.models.coverage import Coverage, Payer
from patients.models.documents import Document
from patients.models.merging import PatientMerge
from patients.models.notices import Notice, PlanDetermination
from patients.models.patient_import import PatientImport
from patients.models.people import Patient
from patients.models.safety import SafetyOverride, SafetyScreening
from patients.models.workup import Workup

__all__ = [
    "ChartImport",
    "Coverage",
    "Document",
    "EligibilityAssessment",
    "Notice",
    "Patient",
    "PatientImport",
    "PatientMerge",
    "Payer",
    "PlanDetermination",
    "PriorAuthorization",
    "SafetyOverride",
    "SafetyScreening",
    "ValueSource",
    "Verification",
    "Workup",
]
