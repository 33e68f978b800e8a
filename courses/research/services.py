"""Research exports: asked for with a reason, made by a worker, kept with their hash, handed out."""

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

from courses.hints import enqueue
from courses.models import Course, ResearchExport
from courses.research.making import Written, write_course
from courses.research.packing import ZipSink
from courses.research.tables import pseudonym_of
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

MAKES = (Role.PHYSICIAN, Role.ADMINISTRATOR)
TASK = "courses.tasks.make_research_exports"
#: A worker that has not come back by now is not coming back: its time limit is 15 minutes.
STALE_AFTER = timedelta(minutes=15)
_UNDER_WAY = (ResearchExport.State.QUEUED, ResearchExport.State.MAKING)
_BLOCK = 1024 * 1024
#: What a person does not give: it is known already, or the worker fills it.
_NOT_ASKED = ("course", "requested_by", "started_at", "sessions_all", "ready_at", "size", "missing")


@transaction.atomic
def request_export(
    *, course: Course, reason: str, deidentified: bool, actor: User, now: datetime
) -> ResearchExport:
    """Ask for an export; where the same is being made, that one is the answer.

    Raises NotAllowed, and ValidationError where no reason is given.
    """
    require_role(actor, course.clinic, *MAKES)
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    same = ResearchExport.objects.filter(
        course=course, deidentified=deidentified, state__in=_UNDER_WAY
    ).first()
    if same is not None:
        return same
    export = ResearchExport(
        course=course, requested_by=actor, requested_at=now, reason=reason.strip(), deidentified=deidentified
    )
    export.full_clean(exclude=_NOT_ASKED)
    export.save(force_insert=True)
    _record("research.requested", export, actor, now, deidentified=deidentified)
    transaction.on_commit(partial(enqueue, TASK, [export.pk]))
    return export


def make_export(*, export_id: int, clock: Callable[[], datetime]) -> bool:
    """Make one that waits; False where somebody else has it, so that a task may run twice."""
    waiting = ResearchExport.objects.filter(pk=export_id, state=ResearchExport.State.QUEUED)
    if not waiting.update(state=ResearchExport.State.MAKING, started_at=clock(), sessions_done=0):
        return False
    export = _fetched(export_id)
    try:
        # On disk: a course of 35 hours is more than a worker should hold in memory.
        with tempfile.TemporaryFile() as file:
            written = _write(export, file)
            digest, size = _digest(file)
            file.seek(0)
            name = f"research/{export.course.code}/{export.code}.zip"
            stored = default_storage.save(name, File(file))
    except Exception:
        # Not swallowed: the person who waits is told, and the worker's log has the trace.
        _fail(export, clock())
        raise
    return _finish(export, stored, written, digest, size, clock())


def _fetched(export_id: int) -> ResearchExport:
    return ResearchExport.objects.select_related(
        "course__clinic", "course__patient", "course__order", "requested_by"
    ).get(pk=export_id)


def _mine(export: ResearchExport) -> Any:
    """The row while it is still this worker's; somebody may have taken it over."""
    return ResearchExport.objects.filter(
        pk=export.pk, state=ResearchExport.State.MAKING, started_at=export.started_at
    )


def _write(export: ResearchExport, file: IO[bytes]) -> Written:
    def progress(done: int, of: int) -> None:
        _mine(export).update(sessions_done=done, sessions_all=of)

    with closing(ZipSink(file, pseudonym_of(export.course))) as sink:
        return write_course(export.course, sink, deidentified=export.deidentified, progress=progress)


def _digest(file: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and length of a file, block by block."""
    whole, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(_BLOCK):
        whole.update(block)
        size += len(block)
    return whole.hexdigest(), size


@transaction.atomic
def _finish(
    export: ResearchExport, stored: str, written: Written, digest: str, size: int, now: datetime
) -> bool:
    values = {
        "file": stored,
        "sha256": digest,
        "size": size,
        "missing": list(written.missing),
        "ready_at": now,
    }
    if not _mine(export).update(state=ResearchExport.State.READY, **values):
        default_storage.delete(stored)
        return False
    _record("research.ready", export, None, now, sha256=digest, sessions=written.sessions)
    return True


@transaction.atomic
def _fail(export: ResearchExport, now: datetime) -> None:
    reason = gettext(
        "Something failed on our side while the files were written. Ask again; if it fails twice, tell the administrator."
    )
    if _mine(export).update(state=ResearchExport.State.FAILED, failure=reason):
        _record("research.failed", export, None, now)


def take_over(*, now: datetime) -> list[int]:
    """Put back what a lost worker left half made; the keys of all that wait."""
    ResearchExport.objects.filter(state=ResearchExport.State.MAKING, started_at__lt=now - STALE_AFTER).update(
        state=ResearchExport.State.QUEUED, started_at=None
    )
    waiting = ResearchExport.objects.filter(state=ResearchExport.State.QUEUED)
    return list(waiting.order_by("requested_at").values_list("pk", flat=True))


def hand_out(*, export: ResearchExport, actor: User, now: datetime) -> IO[bytes]:
    """The file that was made, open for reading, and a line in the audit trail of who took it.

    Raises Conflict where it is not ready or the stored file is another than was made, NotFound where it is gone.
    """
    if export.state != ResearchExport.State.READY:
        raise Conflict(gettext("The export is not ready. Its page says how far it is."), code="not_ready")
    try:
        file: IO[bytes] = default_storage.open(export.file.name)
    except FileNotFoundError as error:
        raise NotFound(
            gettext("The file of this export is gone from the storage. Ask for it again.")
        ) from error
    if _digest(file)[0] != export.sha256:
        file.close()
        raise Conflict(
            gettext("The stored file is no longer the one that was made. Ask for the export again."),
            code="file_changed",
        )
    file.seek(0)
    _record("research.downloaded", export, actor, now, sha256=export.sha256)
    return file


def _record(action: str, export: ResearchExport, actor: User | None, now: datetime, **data: object) -> None:
    audit.record(
        action,
        subject=f"research_export:{export.code}",
        actor=actor,
        clinic=export.course.clinic,
        at=now,
        course=export.course.code,
        **data,
    )
