"""The stages of a course's life: ordering, scheduling, treatment, progress, billing."""

from courses.models.billing import ClaimLine, Packet
from courses.models.holds import HoldOverride
from courses.models.moves import Move, PatientAbsence
from courses.models.ordering import Course, TreatmentOrder
from courses.models.progress import OutcomeMeasure, Review, SupervisionPeriod
from courses.models.scheduling import Appointment
from courses.models.treatment import Pause, Reading, Session, VitalSigns

__all__ = [
    "Appointment",
    "ClaimLine",
    "Course",
    "HoldOverride",
    "Move",
    "OutcomeMeasure",
    "Packet",
    "PatientAbsence",
    "Pause",
    "Reading",
    "Review",
    "Session",
    "SupervisionPeriod",
    "TreatmentOrder",
    "VitalSigns",
]
