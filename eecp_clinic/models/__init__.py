"""What every other app stands on: clinic, people with roles, audit trail, signatures."""

from eecp_clinic.models.clinic import Clinic, Closure, OpeningException, OpeningHours
from eecp_clinic.models.drafts import Draft
from eecp_clinic.models.people import Membership, User
from eecp_clinic.models.records import AuditEvent, Signature
from eecp_clinic.models.staff import StaffAbsence, StaffHours

__all__ = [
    "AuditEvent",
    "Clinic",
    "Closure",
    "Draft",
    "Membership",
    "OpeningException",
    "OpeningHours",
    "Signature",
    "StaffAbsence",
    "StaffHours",
    "User",
]
