"""Documentation packets: asked for, made by a worker, kept with their hash, handed out."""

import hashlib
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

from courses.billing.gathering import sessions_of
from courses.billing.packet.packet_document import Made, put_together
from courses.billing.services.packet_sheets import Progress, collect
from courses.billing.sheet.kept_files import read_kept
from courses.hints import enqueue
from courses.models import Claim, Course, Packet, PacketBatch, RecordsRequest
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

#: A worker that has not come back by now is not coming back: its time limit is 15 minutes.
STALE_AFTER = timedelta(minutes=15)
TASK = "courses.tasks.render_packets"
MAKES = (Role.BILLING, Role.PHYSICIAN)
_UNDER_WAY = (Packet.State.QUEUED, Packet.State.RENDERING)


@transaction.atomic
def request_packet(
    *,
    course: Course,
    actor: User,
    now: datetime,
    first_day: date | None = None,
    last_day: date | None = None,
    claim: Claim | None = None,
    records_request: RecordsRequest | None = None,
    batch: PacketBatch | None = None,
) -> Packet:
    """Ask for a packet of a course, of some days of it, or of one claim; where the same is being made, that is the answer.

    Raises NotAllowed; ValidationError where the days are not in order; Conflict where claim or request are of another course.
    """
    require_role(actor, course.clinic, *MAKES)
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    scope = {
        "course": course,
        "first_day": first_day,
        "last_day": last_day,
        "claim": claim,
        "records_request": records_request,
    }
    if any(one is not None and one.course_id != course.pk for one in (claim, records_request)):
        raise Conflict(
            gettext("This claim or request is of another course. Open it from its own course."),
            code="other_course",
        )
    under_way = Packet.objects.filter(state__in=_UNDER_WAY, **_same(scope)).first()
    if under_way is not None:
        return under_way
    packet = Packet(requested_by=actor, requested_at=now, batch=batch, **scope)
    packet.validate_constraints()
    packet.save(force_insert=True)
    _record("packet.requested", packet, actor, now)
    transaction.on_commit(partial(enqueue, TASK, [packet.pk]))
    return packet


def _same(scope: dict[str, Any]) -> dict[str, Any]:
    """The same scope as a filter: nothing is asked for by its being null."""
    return {name if value is not None else f"{name}__isnull": value or True for name, value in scope.items()}


@transaction.atomic
def retry_packet(*, packet: Packet, actor: User, now: datetime) -> None:
    """Try again one that could not be made. Raises NotAllowed, Conflict where it did not fail."""
    require_role(actor, packet.course.clinic, *MAKES)
    again = Packet.objects.filter(pk=packet.pk, state=Packet.State.FAILED)
    if not again.update(state=Packet.State.QUEUED, failure="", started_at=None):
        raise Conflict(
            gettext("This packet did not fail: it is being made, or it is ready."), code="not_failed"
        )
    _record("packet.retried", packet, actor, now)
    transaction.on_commit(partial(enqueue, TASK, [packet.pk]))


def render_packet(*, packet_id: int, now: datetime) -> bool:
    """Make one that waits; False where somebody else has it, so that a task may run twice."""
    waiting = Packet.objects.filter(pk=packet_id, state=Packet.State.QUEUED)
    if not waiting.update(state=Packet.State.RENDERING, started_at=now):
        return False
    packet = Packet.objects.select_related(
        "course__clinic",
        "course__patient",
        "course__order__signature",
        "course__order__ordered_by",
        "course__order__assessment__signature",
        "course__order__assessment__made_by",
        "course__order__assessment__coverage__payer",
        "course__order__assessment__workup__recorded_by",
        "claim",
        "records_request__claim",
    ).get(pk=packet_id)
    try:
        made = make(packet, now=now, progress=partial(_tell, packet))
        name = f"packets/{packet.course.code}/{packet.code}.pdf"
        stored = default_storage.save(name, ContentFile(made.document.content))
    except Exception:
        # Not swallowed: the person who waits is told, and the worker's log has the trace.
        _fail(packet, now)
        raise
    return _finish(packet, stored, made, now)


def make(packet: Packet, *, now: datetime, progress: Progress = lambda _: None) -> Made:
    """The packet as the record stands; ``now`` is when sheets that were missing are made on the way."""
    sessions = sessions_of(packet)
    Packet.objects.filter(pk=packet.pk).update(sheets_all=len(sessions))
    return put_together(packet, sessions, collect(sessions, now=now, progress=progress))


@transaction.atomic
def _finish(packet: Packet, stored: str, made: Made, now: datetime) -> bool:
    """Ready, unless somebody took the packet over in the meantime: then their file counts."""
    digest, pages, missing = _sha256(made.document.content), made.document.pages, list(made.missing)
    mine = Packet.objects.filter(pk=packet.pk, state=Packet.State.RENDERING, started_at=packet.started_at)
    if not mine.update(
        state=Packet.State.READY,
        ready_at=now,
        file=stored,
        sha256=digest,
        evidence_sha256=_sha256(made.evidence),
        pages=pages,
        missing=missing,
    ):
        default_storage.delete(stored)
        return False
    _record("packet.ready", packet, None, now, sha256=digest, pages=pages, missing=len(missing))
    return True


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tell(packet: Packet, done: int) -> None:
    """How many of the sheets are there, for the person who waits."""
    Packet.objects.filter(pk=packet.pk, started_at=packet.started_at).update(sheets_done=done)


@transaction.atomic
def _fail(packet: Packet, now: datetime) -> None:
    reason = gettext(
        "Something failed on our side while the pages were made. Try again; if it fails twice, tell the administrator."
    )
    mine = Packet.objects.filter(pk=packet.pk, state=Packet.State.RENDERING, started_at=packet.started_at)
    if mine.update(state=Packet.State.FAILED, failure=reason):
        _record("packet.failed", packet, None, now)


def take_over(*, now: datetime) -> list[int]:
    """Put back what a lost worker left half made; the keys of all that wait."""
    Packet.objects.filter(state=Packet.State.RENDERING, started_at__lt=now - STALE_AFTER).update(
        state=Packet.State.QUEUED, started_at=None
    )
    return list(
        Packet.objects.filter(state=Packet.State.QUEUED).order_by("requested_at").values_list("pk", flat=True)
    )


def hand_out(*, packet: Packet, actor: User, now: datetime) -> bytes:
    """The bytes that were made, and a line in the audit trail of who took them.

    Raises Conflict where it is not ready or the stored file is another than was made, NotFound where it is gone.
    """
    if packet.state != Packet.State.READY:
        raise Conflict(gettext("The packet is not ready. Its page says how far it is."), code="not_ready")
    content = read_kept(packet.file.name, packet.sha256)
    _record("packet.downloaded", packet, actor, now, sha256=packet.sha256)
    return content


def _record(action: str, packet: Packet, actor: User | None, now: datetime, **data: object) -> None:
    audit.record(
        action,
        subject=f"packet:{packet.code}",
        actor=actor,
        clinic=packet.course.clinic,
        at=now,
        course=packet.course.code,
        **data,
    )
