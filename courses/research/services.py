"""Research exports: asked for with a reason, made by a worker, kept with their hash, handed out."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import IO

from django.db import transaction
from django.utils.translation import gettext

from courses.hints import enqueue
from courses.models import Course, ResearchExport
from courses.research.making import Written, write_course
from courses.research.packing import ZipSink
from courses.research.tables import pseudonym_of
from eecp_clinic import audit
from eecp_clinic.kept_files import digest_of
from eecp_clinic.making import New, carry_out, held, open_made
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

MAKES = (Role.PHYSICIAN, Role.ADMINISTRATOR)
TASK = "courses.tasks.make_research_exports"
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
    same = ResearchExport.objects.under_way().filter(course=course, deidentified=deidentified).first()
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
    if not waiting.begin(clock(), sessions_done=0):
        return False
    export = ResearchExport.objects.select_related(
        "course__clinic", "course__patient", "course__order", "requested_by"
    ).get(pk=export_id)
    return carry_out(
        export,
        _written,
        clock=clock,
        record=lambda what, at, told: _record(f"research.{what}", export, None, at, **told),
        apology=gettext(
            "Something failed on our side while the files were written. Ask again; if it fails twice, tell the administrator."
        ),
    )


@contextmanager
def _written(export: ResearchExport) -> Iterator[New]:
    """On disk: a course of 35 hours is more than a worker should hold in memory."""
    with tempfile.TemporaryFile() as file:
        written = _write(export, file)
        yield New(
            name=f"research/{export.course.code}/{export.code}.zip",
            file=file,
            values={"size": digest_of(file)[1], "missing": list(written.missing)},
            told={"sessions": written.sessions},
        )


def _write(export: ResearchExport, file: IO[bytes]) -> Written:
    def progress(done: int, of: int) -> None:
        held(export).update(sessions_done=done, sessions_all=of)

    with closing(ZipSink(file, pseudonym_of(export.course))) as sink:
        return write_course(export.course, sink, deidentified=export.deidentified, progress=progress)


def hand_out(*, export: ResearchExport, actor: User, now: datetime) -> IO[bytes]:
    """The file that was made, open for reading, and a line in the audit trail of who took it. Raises as ``open_made``."""
    file = open_made(export, gettext("The export is not ready. Its page says how far it is."))
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
