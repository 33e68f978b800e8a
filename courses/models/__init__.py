"""The stages of a course's life: ordering, scheduling, treatment, progress, billing."""

from courses.models.amendments import Amendment, Countersignature
from courses.models.billing import ClaimLine
from courses.models.billing_identity import BillingProvider, PractitionerBilling
from courses.models.billing_rules import BillingRules
from courses.models.claim_files import Acknowledgement, ClaimFile, ClaimStatus, ControlNumbers
from courses.models.claim_steps import ClaimStep
from courses.models.claims import Claim, ClaimMembership, ClaimOverride
from courses.models.deposits import Deposit
from courses.models.diary import DiaryEntry, DiaryLink
from courses.models.exceptions import ExceptionNote
from courses.models.happenings import SettingChange, TreatmentEvent
from courses.models.holds import Hold, HoldNotice, HoldOverride
from courses.models.marks import BodyMark
from courses.models.moves import Move, PatientAbsence
from courses.models.ordering import Course, TreatmentOrder
from courses.models.other_services import OtherService
from courses.models.packets import EvidenceCheck, Packet, PacketBatch, RecordsRequest
from courses.models.patient_accounts import BillingPaper, PatientPayment
from courses.models.payer_profiles import FeeSchedule, FeeScheduleRow, PayerProfile
from courses.models.progress import OutcomeMeasure, Review, SupervisionPeriod
from courses.models.reaching import CalendarLink, Reminder, ReminderOptOut
from courses.models.recordings import SetAsideRecording
from courses.models.remittances import Remittance, RemittanceAdjustment, RemittanceClaim, RemittanceLine
from courses.models.repeats import SessionRepeat
from courses.models.research import ResearchExport
from courses.models.scheduling import Appointment
from courses.models.settled import ClinicLimit, TreatmentRules
from courses.models.sheets import SessionSheet
from courses.models.supervision import SupervisionGapNote, SupervisionLog
from courses.models.treatment import Pause, Reading, Session, VitalSigns
from courses.models.waiting import WaitListEntry, WaitListOffer
from courses.models.work_mail import WorkMail, WorkMailOff

__all__ = [
    "Acknowledgement",
    "Amendment",
    "Appointment",
    "BillingPaper",
    "BillingProvider",
    "BillingRules",
    "BodyMark",
    "CalendarLink",
    "Claim",
    "ClaimFile",
    "ClaimLine",
    "ClaimMembership",
    "ClaimOverride",
    "ClaimStatus",
    "ClaimStep",
    "ClinicLimit",
    "ControlNumbers",
    "Countersignature",
    "Course",
    "Deposit",
    "DiaryEntry",
    "DiaryLink",
    "EvidenceCheck",
    "ExceptionNote",
    "FeeSchedule",
    "FeeScheduleRow",
    "Hold",
    "HoldNotice",
    "HoldOverride",
    "Move",
    "OtherService",
    "OutcomeMeasure",
    "Packet",
    "PacketBatch",
    "PatientAbsence",
    "PatientPayment",
    "Pause",
    "PayerProfile",
    "PractitionerBilling",
    "Reading",
    "RecordsRequest",
    "Reminder",
    "ReminderOptOut",
    "Remittance",
    "RemittanceAdjustment",
    "RemittanceClaim",
    "RemittanceLine",
    "ResearchExport",
    "Review",
    "Session",
    "SessionRepeat",
    "SessionSheet",
    "SetAsideRecording",
    "SettingChange",
    "SupervisionGapNote",
    "SupervisionLog",
    "SupervisionPeriod",
    "TreatmentEvent",
    "TreatmentOrder",
    "TreatmentRules",
    "VitalSigns",
    "WaitListEntry",
    "WaitListOffer",
    "WorkMail",
    "WorkMailOff",
]
