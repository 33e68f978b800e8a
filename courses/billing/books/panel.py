"""What a patient's page shows of money: the way to the account of each course, and to other services of its days."""

from datetime import datetime

from courses.billing.services.other_services import NOTES_OTHER_SERVICES
from courses.billing.services.patient_accounts import KEEPS_ACCOUNTS
from courses.models import Course
from eecp_clinic.roles import Role
from patients.hub import Panel
from patients.models import Patient


def accounts(patient: Patient, roles: frozenset[str], now: datetime) -> Panel | None:
    """The patient's courses, for who keeps accounts or notes services."""
    may_read = bool(roles & {*KEEPS_ACCOUNTS, Role.ADMINISTRATOR})
    may_note = bool(roles & {*NOTES_OTHER_SERVICES, Role.ADMINISTRATOR})
    courses = list(Course.objects.filter(patient=patient).select_related("order").order_by("-created_at"))
    if not courses or not (may_read or may_note):
        return None
    context = {"courses": courses, "may_read": may_read, "may_note": may_note}
    return Panel("courses/billing/books/_panel.html", context, is_aside=True)
