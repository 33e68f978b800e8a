"""People, what they are insured with, what is known of them, what was decided, and what they were told."""

from patients.models.assessment import EligibilityAssessment
from patients.models.coverage import Coverage, Payer
from patients.models.notices import Notice, PlanDetermination
from patients.models.people import Patient
from patients.models.safety import SafetyOverride, SafetyScreening
from patients.models.workup import Workup

__all__ = [
    "Coverage",
    "EligibilityAssessment",
    "Notice",
    "Patient",
    "Payer",
    "PlanDetermination",
    "SafetyOverride",
    "SafetyScreening",
    "Workup",
]
