"""The stages of a course's life: ordering, scheduling, treatment, progress, billing."""

from courses.models.billing import ClaimLine, Packet
from courses.models.diary import DiaryEntry, DiaryLink
from courses.models.exceptions import ExceptionNote
from courses.models.holds import HoldOverride
from courses.models.moves import Move, PatientAbsence
from courses.models.ordering import Course, TreatmentOrder
from courses.models.progress import OutcomeMeasure, Review, SupervisionPeriod
from courses.models.reaching import CalendarLink, Reminder, ReminderOptOut
from courses.models.recordings import SetAsideRecording
from courses.models.scheduling import Appointment
from courses.models.treatment import Pause, Reading, Session, VitalSigns
from courses.models.waiting import WaitListEntry, WaitListOffer

__all__ = [
    "Appointment",
    "CalendarLink",
    "ClaimLine",
    "Course",
    "DiaryEntry",
    "DiaryLink",
    "ExceptionNote",
    "HoldOverride",
    "Move",
    "OutcomeMeasure",
    "Packet",
    "PatientAbsence",
    "Pause",
    "Reading",
    "Reminder",
    "ReminderOptOut",
    "Review",
    "Session",
    "SetAsideRecording",
    "SupervisionPeriod",
    "TreatmentOrder",
    "VitalSigns",
    "WaitListEntry",
    "WaitListOffer",
]
