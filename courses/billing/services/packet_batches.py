"""Several packets asked for at once. Each is a packet of its own, so a worker that is lost takes none of the others with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.services.packets import MAKES, request_packet
from courses.models import Course, PacketBatch
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import require_role

#: A month of a busy clinic; more at once would keep everybody else's packets waiting.
MOST_AT_ONCE = 50


@transaction.atomic
def request_packets(*, clinic: Clinic, courses: Iterable[Course], actor: User, now: datetime) -> PacketBatch:
    """A packet of each of these courses. Raises NotAllowed, InvalidInput where there is none or too many."""
    require_role(actor, clinic, *MAKES)
    wanted = sorted({course.pk: course for course in courses}.values(), key=lambda course: course.pk)
    if not wanted:
        raise InvalidInput(gettext("Tick at least one course."), code="no_course")
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidInput(
            gettext("At most %(most)d courses at once. Untick some, and ask for them afterwards.")
            % {"most": MOST_AT_ONCE},
            code="too_many",
        )
    batch = PacketBatch(clinic=clinic, requested_by=actor, requested_at=now)
    batch.save(force_insert=True)
    for course in wanted:
        request_packet(course=course, actor=actor, now=now, batch=batch)
    subject = f"packet_batch:{batch.code}"
    audit.record(
        "packets.requested", subject=subject, actor=actor, clinic=clinic, at=now, courses=len(wanted)
    )
    return batch
