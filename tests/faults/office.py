"""What the desk can do about documentation packets: ask for a batch, sweep, and say how the batch stands."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from courses import tasks
from courses.billing.packet.proof import is_good, prove
from courses.billing.services import request_packets
from courses.models import Packet, PacketBatch, SessionSheet
from eecp_clinic.models import AuditEvent
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.billing.packets_given import LATER, another_course, recorded_session
from tests.courses.courses_given import course_given

#: Signed sessions of the two courses.
SESSIONS = (3, 1)


def ask_for_packets() -> dict[str, Any]:
    """Packets of two courses whose sessions are signed, of which no sheet is made yet."""
    # A child does this: the numbers that the factories give go on in its parent as if it had not.
    clinic = factories.make_clinic(address=f"{uuid4()} Example Street")
    nurse, physician, biller = (
        factories.make_user(clinic, role, f"{role}-{clinic.pk}", "Sample", "Example", "RN")
        for role in (Role.NURSE, Role.PHYSICIAN, Role.BILLING)
    )
    first = course_given(clinic, nurse, physician)
    second = another_course(first)
    for index in range(SESSIONS[0]):
        recorded_session(first, index)
    for index in range(SESSIONS[1]):
        recorded_session(second, SESSIONS[0] + index)
    batch = request_packets(clinic=clinic, courses=[first.course, second.course], actor=biller, now=LATER)
    return {"batch": batch.pk}


def sweep() -> dict[str, Any]:
    """What beat asks for every half minute."""
    tasks.sweep()
    return {}


def packets(batch: int) -> dict[str, Any]:
    """Of each packet whether it is proven and how often it was made; and the sheets of all."""
    made = list(PacketBatch.objects.get(pk=batch).packets.order_by("pk"))
    sheets = SessionSheet.objects.filter(session__course__packets__batch=batch)
    return {
        "proven": [is_good(prove(Path(one.file.path).read_bytes())) for one in made],
        "without_sheet": [said for one in made for said in one.missing if "sheet" in said],
        "made": [_made(one) for one in made],
        "sheets": {str(one.session_id): one.sha256 for one in sheets},
        "versions": sheets.count(),
    }


def _made(packet: Packet) -> int:
    """How often the audit trail says that it became ready."""
    return AuditEvent.objects.filter(action="packet.ready", subject=f"packet:{packet.code}").count()
