"""What every other app stands on: clinic, people with roles, audit trail, signatures."""

from eecp_clinic.models.clinic import Clinic, Closure, OpeningHours
from eecp_clinic.models.people import Membership, User
from eecp_clinic.models.records import AuditEvent, Signature

__all__ = ["AuditEvent", "Clinic", "Closure", "Membership", "OpeningHours", "Signature", "User"]
