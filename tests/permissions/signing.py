"""Rows of what is written beside a signed session, and of its sheet."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courses.models import Session, SessionSheet
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")
READS = (*CLINICAL, "billing", "administrator")
A_FILE = b"%PDF-1.7"


def extend(world: World) -> None:
    """A signed session with a sheet."""
    physician, nurse = world.users["physician"], world.users["nurse"]
    course = factories.make_course(factories.make_patient(world.clinic, "Sheeted"), physician)
    device = factories.make_device(world.clinic, "Device of sheets")
    session = factories.make_session(factories.make_appointment(course, device), nurse, Session.State.SIGNED)
    at = factories.MONDAY_NINE
    SessionSheet.objects.create(
        session=session,
        version=1,
        state=SessionSheet.State.READY,
        requested_at=at,
        ready_at=at,
        file=default_storage.save("sheets/permissions.pdf", ContentFile(A_FILE)),
        sha256=hashlib.sha256(A_FILE).hexdigest(),
        fingerprint="ab" * 32,
        pages=1,
    )
    world.things["signed"] = session


def code(world: World) -> list[str]:
    return [world["signed"].code]


def patient(world: World) -> dict[str, str]:
    return {"patient": world["signed"].course.patient.code}


ROWS = [
    Row("courses:session-amend", only(*CLINICAL), args=code),
    Row("courses:session-amend", only(*CLINICAL), method="post", args=code, data=patient),
    Row("courses:session-verification", only(*READS, status=302), args=code),
    Row("courses:sheet", only(*READS, status=302), args=code),
    Row("courses:sheet-file", only(*READS), args=lambda world: [world["signed"].code, 1]),
    Row("courses:sheet-retry", only(*READS, status=409), method="post", args=code, data=patient),
    Row("courses:countersign-list", only("physician")),
    Row("courses:countersign", only("physician"), method="post"),
]
