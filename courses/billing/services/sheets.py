"""Sheets of signed sessions: made by a worker once signed, and again beside the first when something was added."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext

from courses.billing.sheet.kept_files import read_kept
from courses.billing.sheet.sheet_document import Gathered, gather_sheet, lay_out
from courses.hints import enqueue
from courses.models import Session, SessionSheet
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.pdf import Document

TASK = "courses.tasks.render_sheets"
State = SessionSheet.State
#: A worker that has not come back by now is not coming back: its time limit is 15 minutes.
STALE_AFTER = timedelta(minutes=15)
#: One that failed is tried again by itself, so often.
RETRY_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5


@transaction.atomic
def request_sheets(*, sessions: Iterable[int], now: datetime) -> list[int]:
    """Ask for a sheet of each of those sessions that is signed; where one is being made, that is the answer.

    The keys of the sheets that wait for a worker. Asking twice makes one.
    """
    signed = Session.objects.filter(pk__in=list(sessions), signature__isnull=False)
    # The session row is what two at once queue for: the sheet may not exist yet.
    keys = list(
        signed.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True)
    )
    waiting = []
    for key in keys:
        sheets = SessionSheet.objects.filter(session=key)
        making = sheets.exclude(state=State.READY).first()
        if making is None:
            version = (sheets.aggregate(last=Max("version"))["last"] or 0) + 1
            making = SessionSheet(session_id=key, version=version, requested_at=now)
            making.save(force_insert=True)
        if making.state != State.RENDERING:
            waiting.append(making.pk)
    return waiting


@transaction.atomic
def retry_sheet(*, session: Session, actor: User, now: datetime) -> None:
    """Try again now. Raises Conflict where none failed."""
    again = SessionSheet.objects.filter(session=session, state=State.FAILED)
    keys = list(again.values_list("pk", flat=True))
    if not again.update(state=State.QUEUED, failure="", started_at=None, attempts=0):
        raise Conflict(
            gettext("This sheet did not fail: it is being made, or it is there."), code="not_failed"
        )
    _record("sheet.retried", session, actor, now)
    transaction.on_commit(lambda: enqueue(TASK, keys))


def render_sheet(*, sheet_id: int, now: datetime) -> bool:
    """Make one that waits; False where somebody else has it, or where the newest says the same already."""
    waiting = SessionSheet.objects.filter(pk=sheet_id, state__in=[State.QUEUED, State.FAILED])
    if not waiting.update(state=State.RENDERING, started_at=now, failure="", attempts=F("attempts") + 1):
        return False
    sheet = SessionSheet.objects.select_related("session__course__clinic", "session__course__order").get(
        pk=sheet_id
    )
    try:
        gathered = gather_sheet(sheet.session)
        if _says_the_same(sheet, gathered, now):
            return False
        document = lay_out(gathered, sheet.version)
        name = f"sheets/{sheet.session.course.code}/{sheet.session.code}-{sheet.version}.pdf"
        stored = default_storage.save(name, ContentFile(document.content))
    except Exception:
        # Not swallowed: the page says so, and the worker's log has the trace.
        _fail(sheet, now)
        raise
    return _finish(sheet, gathered, document, stored, now)


@transaction.atomic
def _says_the_same(sheet: SessionSheet, gathered: Gathered, now: datetime) -> bool:
    """Nothing on it is new: the version that was asked for is let go, and the newest was compared now."""
    newest = SessionSheet.objects.ready().filter(session=sheet.session).order_by("-version").first()
    if newest is None or newest.fingerprint != gathered.fingerprint:
        return False
    _mine(sheet).delete()
    SessionSheet.objects.filter(pk=newest.pk).update(compared_at=now)
    return True


@transaction.atomic
def _finish(sheet: SessionSheet, gathered: Gathered, document: Document, stored: str, now: datetime) -> bool:
    """Ready, unless somebody took it over in the meantime: then their file counts."""
    digest = hashlib.sha256(document.content).hexdigest()
    shown = gathered.evidence.session
    if not _mine(sheet).update(
        state=State.READY,
        ready_at=now,
        compared_at=now,
        file=stored,
        sha256=digest,
        pages=document.pages,
        fingerprint=gathered.fingerprint,
        amendments=len(shown.amendments),
        countersignatures=len(shown.countersignatures),
    ):
        default_storage.delete(stored)
        return False
    _record("sheet.ready", sheet.session, None, now, sha256=digest, version=sheet.version)
    return True


@transaction.atomic
def _fail(sheet: SessionSheet, now: datetime) -> None:
    reason = gettext("Something failed on our side while the sheet was made. It is tried again by itself.")
    if sheet.attempts >= MOST_ATTEMPTS:
        reason = gettext(
            "The sheet could not be made, although it was tried several times. Tell the administrator."
        )
    if _mine(sheet).update(state=State.FAILED, failure=reason):
        _record("sheet.failed", sheet.session, None, now, version=sheet.version)


def _mine(sheet: SessionSheet) -> QuerySet[SessionSheet]:
    return SessionSheet.objects.filter(pk=sheet.pk, state=State.RENDERING, started_at=sheet.started_at)


def hand_out_sheet(*, sheet: SessionSheet, actor: User, now: datetime) -> bytes:
    """The bytes that were made, and a line in the audit trail of who took them. Raises as ``read_kept``."""
    if sheet.state != State.READY:
        raise Conflict(
            gettext("This sheet is being made. The session's page says when it is there."), code="not_ready"
        )
    content = read_kept(sheet.file.name, sheet.sha256)
    _record("sheet.downloaded", sheet.session, actor, now, sha256=sheet.sha256, version=sheet.version)
    return content


def _record(action: str, session: Session, actor: User | None, now: datetime, **data: object) -> None:
    audit.record(
        action, subject=f"session:{session.code}", actor=actor, clinic=session.course.clinic, at=now, **data
    )
