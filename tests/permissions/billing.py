"""Rows of the billing stage."""

import hashlib

from django.core.files.base import ContentFile

from courses.billing.services import refresh_line
from courses.models import ClaimOverride, Packet, PacketBatch, RecordsRequest, Session
from eecp_clinic.roles import Role
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

CLAIMS = ("billing", "administrator")
LINES = (*CLAIMS, "physician")
MAKES = ("billing", "physician")
A_FILE = b"%PDF-1.7"


def extend(world: World) -> None:
    """A signed session with its line, a packet that is ready and one that failed."""
    physician, nurse = world.users["physician"], world.users["nurse"]
    course = factories.make_course(factories.make_patient(world.clinic, "Billed"), physician)
    device = factories.make_device(world.clinic, "Device of claims")
    session = factories.make_session(factories.make_appointment(course, device), nurse, Session.State.SIGNED)
    asked = {"course": course, "requested_by": physician, "requested_at": factories.MONDAY_NINE}
    digest = hashlib.sha256(A_FILE).hexdigest()
    line_of_session = refresh_line(session=session, now=factories.MONDAY_NINE)
    ready = Packet(**asked, state=Packet.State.READY, sha256=digest, pages=1)
    ready.file.save("packets/permissions.pdf", ContentFile(A_FILE), save=True)
    world.things |= {
        "billed": course,
        "line": line_of_session,
        "override": ClaimOverride.objects.create(
            line=line_of_session,
            finding="place_unusual",
            sentence="Place of service 12 is neither 11 nor 49.",
            reason="The contractor takes it.",
            decided_by=physician,
            role=Role.PHYSICIAN,
            decided_at=factories.MONDAY_NINE,
        ),
        "packet": ready,
        "failed_packet": Packet.objects.create(**asked, state=Packet.State.FAILED),
        "batch": PacketBatch.objects.create(
            clinic=world.clinic, requested_by=physician, requested_at=factories.MONDAY_NINE
        ),
        "records": RecordsRequest.objects.create(
            course=course,
            number="ADR-1",
            asked_by="Example Contractor",
            received_on=factories.MONDAY_NINE.date(),
            recorded_by=physician,
            recorded_at=factories.MONDAY_NINE,
        ),
    }


def billed(world: World) -> list[str]:
    return [world["billed"].code]


def line(world: World) -> list[str]:
    return [world["line"].code]


def entry(world: World) -> list[str | int]:
    return [world["line"].code, world["override"].pk]


def packet(world: World) -> list[str]:
    return [world["packet"].code]


def batch(world: World) -> list[str]:
    return [world["batch"].code]


def records(world: World) -> list[str]:
    return [world["records"].code]


def answered(world: World) -> dict[str, str]:
    return {**form(world), "how": "By mail"}


def form(world: World) -> dict[str, str]:
    return {"patient": world["billed"].patient.code}


ROWS = [
    Row("courses:claims", only(*CLAIMS)),
    Row("courses:claim-line", only(*LINES), args=line),
    Row("courses:claim-decide", only(*MAKES), method="post", args=line, data=form),
    Row("courses:line-set-aside", only(*MAKES), method="post", args=line, data=form),
    Row("courses:line-take-up", only(*MAKES), method="post", args=entry, data=form),
    Row("courses:claims-check", only(*LINES, status=302), method="post", args=billed, data=form),
    Row("courses:evidence", only(*LINES), args=line),
    Row("courses:evidence-check", only(*LINES, status=302), method="post", args=line, data=form),
    Row("courses:packets", only(*LINES)),
    Row("courses:packet-batch", only(*LINES), args=batch),
    Row("courses:records-requests", only(*LINES)),
    Row("courses:records-request", only(*LINES), args=records),
    Row("courses:records-request-new", only(*MAKES), args=billed),
    Row("courses:records-request-packet", only(*MAKES, status=302), method="post", args=records, data=form),
    Row(
        "courses:records-request-answer", only(*MAKES, status=302), method="post", args=records, data=answered
    ),
    Row("courses:packet-request", only(*MAKES, status=302), method="post", args=billed, data=form),
    Row("courses:packet", only(*LINES), args=packet),
    Row("courses:packet-file", only(*LINES), args=packet),
    Row(
        "courses:packet-retry",
        only(*MAKES, status=302),
        method="post",
        args=lambda world: [world["failed_packet"].code],
    ),
]
