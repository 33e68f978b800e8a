"""Interchange control numbers: each is used once, ever, between one submitter and one receiver."""

from django.db import transaction
from django.utils.translation import gettext

from courses.models import ControlNumbers
from courses.models.claim_files import LAST_CONTROL_NUMBER
from eecp_clinic.errors import Conflict


@transaction.atomic
def next_control_number(*, submitter_id: str, receiver_id: str) -> int:
    """The next number of this pair; it is used up only where the surrounding transaction commits.

    Two at once queue for the row, so neither sees the other's number. Raises Conflict after 999,999,999.
    """
    pair = {"submitter_id": submitter_id, "receiver_id": receiver_id}
    ControlNumbers.objects.bulk_create([ControlNumbers(**pair)], ignore_conflicts=True)
    row = ControlNumbers.objects.select_for_update().get(**pair)
    if row.last >= LAST_CONTROL_NUMBER:
        raise Conflict(
            gettext(
                "All nine-digit control numbers to this receiver are used up. Ask it for another submitter id."
            ),
            code="control_numbers_used_up",
        )
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
