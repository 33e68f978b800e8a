"""Proving what stands behind one claim line: asked for by a person, done by a worker, kept as it was found."""

from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from courses.billing.packet.links import links_of
from courses.billing.packet.proof import is_good
from courses.hints import enqueue
from courses.models import ClaimLine, EvidenceCheck
from eecp_clinic import audit
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

TASK = "courses.tasks.check_evidence"
#: A worker reads and hashes the files of an hour in seconds; what takes longer waits behind others, or was lost.
LOST_AFTER = timedelta(minutes=5)
AT_ONCE = 20
CHECKS = (Role.BILLING, Role.ADMINISTRATOR, Role.PHYSICIAN)


@transaction.atomic
def ask_for_check(*, line: ClaimLine, actor: User, now: datetime) -> None:
    """Have it proven now. Files of an hour are read and hashed, so a worker does it. Raises NotAllowed."""
    clinic = line.session.course.clinic
    require_role(actor, clinic, *CHECKS)
    ClaimLine.objects.filter(pk=line.pk).update(check_asked_at=now)
    audit.record("evidence.asked", subject=f"claim_line:{line.code}", actor=actor, clinic=clinic, at=now)
    transaction.on_commit(partial(enqueue, TASK, [line.pk]))


def check_line(*, line_id: int, now: datetime) -> EvidenceCheck:
    """Prove every link now, and keep what was found; two at once make two rows, each true of its moment."""
    line = ClaimLine.objects.select_related(
        "session__course__clinic",
        "session__course__order",
        "session__course__patient",
        "session__device",
        "session__signature",
        "session__recording",
        "session__gating_report",
    ).get(pk=line_id)
    found = links_of(line.session)
    check = EvidenceCheck(
        line=line, holds=is_good(found), links=[asdict(link) for link in found], checked_at=now
    )
    check.save(force_insert=True)
    ClaimLine.objects.filter(pk=line_id, check_asked_at__lte=now).update(check_asked_at=None)
    return check


def checks_not_done(*, now: datetime) -> list[int]:
    """Lines of which a proof was asked for and none was made in the time that a worker takes: the task was lost."""
    waiting = ClaimLine.objects.filter(check_asked_at__lt=now - LOST_AFTER).order_by("check_asked_at")
    return list(waiting.values_list("pk", flat=True)[:AT_ONCE])
