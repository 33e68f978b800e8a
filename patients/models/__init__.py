"""People, what they are insured with, what is known of them, and what was decided."""

from patients.models.assessment import EligibilityAssessment
from patients.models.charts import ChartImport, ValueSource
from patients.models.coverage import Coverage, Payer
from patients.models.people import Patient
from patients.models.workup import Workup

__all__ = [
    "ChartImport",
    "Coverage",
    "EligibilityAssessment",
    "Patient",
    "Payer",
    "ValueSource",
    "Workup",
]
