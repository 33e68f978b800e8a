"""People, what they are insured with, what is known of them, and what was decided."""

from patients.models.assessment import EligibilityAssessment
from patients.models.benefits import PriorAuthorization, Verification
from patients.models.coverage import Coverage, Payer
from patients.models.documents import Document
from patients.models.merging import PatientMerge
from patients.models.patient_import import PatientImport
from patients.models.people import Patient
from patients.models.workup import Workup

__all__ = [
    "Coverage",
    "Document",
    "EligibilityAssessment",
    "Patient",
    "PatientImport",
    "PatientMerge",
    "Payer",
    "PriorAuthorization",
    "Verification",
    "Workup",
]
