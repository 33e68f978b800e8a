"""Documentation packets: asked for, made by a worker, kept with their hash, handed out."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.gathering import sessions_of
from courses.billing.packet.packet_document import Made, put_together
from courses.billing.services.claim_acts import lines_of
from courses.billing.services.packet_sheets import Progress, collect
from courses.hints import enqueue
from courses.models import Claim, Course, Packet, PacketBatch, RecordsRequest
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.making import New, carry_out, held, open_made
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

TASK = "courses.tasks.render_packets"
MAKES = (Role.BILLING, Role.PHYSICIAN)


@transaction.atomic
def request_packet(
    *,
    course: Course,
    actor: User,
    now: datetime,
    first_day: date | None = None,
    last_day: date | None = None,
    claim: Claim | None = None,
    lines: Collection[str] = (),
    records_request: RecordsRequest | None = None,
    batch: PacketBatch | None = None,
) -> Packet:
    """Ask for a packet of a course, of some days, of one claim or some of its ``lines`` (codes).

    Where the same is being made, that is the answer. Raises NotAllowed; ValidationError where the days are not in order;
    InvalidInput where a line is not of the claim; Conflict where claim or request are of another course.
    """
    require_role(actor, course.clinic, *MAKES)
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    scope = {
        "course": course,
        "first_day": first_day,
        "last_day": last_day,
        "claim": claim,
        "lines": list(lines_of(claim, lines)) if claim is not None and lines else [],
        "records_request": records_request,
    }
    if any(one is not None and one.course_id != course.pk for one in (claim, records_request)):
        raise Conflict(
            gettext("This claim or request is of another course. Open it from its own course."),
            code="other_course",
        )
    under_way = Packet.objects.under_way().filter(**_same(scope)).first()
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
    return {
        (f"{name}__isnull" if value is None else name): (True if value is None else value)
        for name, value in scope.items()
    }


@transaction.atomic
def retry_packet(*, packet: Packet, actor: User, now: datetime) -> None:
    """Try again one that could not be made. Raises NotAllowed, Conflict where it did not fail."""
    require_role(actor, packet.course.clinic, *MAKES)
    if not Packet.objects.filter(pk=packet.pk).try_again():
        raise Conflict(
            gettext("This packet did not fail: it is being made, or it is ready."), code="not_failed"
        )
    _record("packet.retried", packet, actor, now)
    transaction.on_commit(partial(enqueue, TASK, [packet.pk]))


def render_packet(*, packet_id: int, now: datetime) -> bool:
    """Make one that waits; False where somebody else has it, so that a task may run twice."""
    if not Packet.objects.filter(pk=packet_id, state=Packet.State.QUEUED).begin(now):
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
    return carry_out(
        packet,
        partial(_written, now),
        clock=lambda: now,
        record=lambda what, at, told: _record(f"packet.{what}", packet, None, at, **told),
        apology=gettext(
            "Something failed on our side while the pages were made. Try again; if it fails twice, tell the administrator."
        ),
    )


@contextmanager
def _written(now: datetime, packet: Packet) -> Iterator[New]:
    made = make(packet, now=now, progress=partial(_tell, packet))
    pages, missing = made.document.pages, list(made.missing)
    yield New(
        name=f"packets/{packet.course.code}/{packet.code}.pdf",
        file=BytesIO(made.document.content),
        values={
            "evidence_sha256": hashlib.sha256(made.evidence).hexdigest(),
            "pages": pages,
            "missing": missing,
        },
        told={"pages": pages, "missing": len(missing)},
    )


def make(packet: Packet, *, now: datetime, progress: Progress = lambda _: None) -> Made:
    """The packet as the record stands; ``now`` is when sheets that were missing are made on the way."""
    sessions = sessions_of(packet)
    Packet.objects.filter(pk=packet.pk).update(sheets_all=len(sessions))
    return put_together(packet, sessions, collect(sessions, now=now, progress=progress))


def _tell(packet: Packet, done: int) -> None:
    """How many of the sheets are there, for the person who waits."""
    held(packet).update(sheets_done=done)


def hand_out(*, packet: Packet, actor: User, now: datetime) -> bytes:
    """The bytes that were made, and a line in the audit trail of who took them. Raises as ``open_made``."""
    with open_made(packet, gettext("The packet is not ready. Its page says how far it is.")) as file:
        content = file.read()
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
