"""The stages of a course's life: ordering, scheduling, treatment, progress, billing."""

from courses.models.billing import ClaimLine, Packet
from courses.models.holds import HoldOverride
from courses.models.ordering import Course, TreatmentOrder
from courses.models.progress import OutcomeMeasure, Review, SupervisionPeriod
from courses.models.recordings import SetAsideRecording
from courses.models.scheduling import Appointment
from courses.models.treatment import Pause, Reading, Session, VitalSigns

__all__ = [
    "Appointment",
    "ClaimLine",
    "Course",
    "HoldOverride",
    "OutcomeMeasure",
    "Packet",
    "Pause",
    "Reading",
    "Review",
    "Session",
    "SetAsideRecording",
    "SupervisionPeriod",
    "TreatmentOrder",
    "VitalSigns",
]
