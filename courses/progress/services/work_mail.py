"""The wish for the morning's mail, and for none."""

from datetime import datetime

from django.db import transaction

from courses.models import WorkMailOff
from eecp_clinic import audit
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import CLINICAL, require_role


@transaction.atomic
def switch_mail(*, clinic: Clinic, person: User, wanted: bool, now: datetime) -> None:
    """Have the morning's mail sent to this person from now on, or not. Raises NotAllowed."""
    require_role(person, clinic, *CLINICAL)
    if wanted:
        WorkMailOff.objects.filter(clinic=clinic, person=person).delete()
    else:
        WorkMailOff.objects.get_or_create(clinic=clinic, person=person, defaults={"since": now})
    audit.record(
        "mail.wanted" if wanted else "mail.ended",
        subject=f"clinic:{clinic.code}",
        actor=person,
        clinic=clinic,
        at=now,
    )
