"""Sheets of signed sessions: made by a worker once signed, and again beside the first when something was added."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext

from courses.billing.sheet.sheet_document import Gathered, gather_sheet, lay_out
from courses.hints import enqueue
from courses.models import Session, SessionSheet
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.making import New, NothingNew, carry_out, held, open_made
from eecp_clinic.models import User

TASK = "courses.tasks.render_sheets"
State = SessionSheet.State
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
        if making.state != State.MAKING:
            waiting.append(making.pk)
    return waiting


@transaction.atomic
def retry_sheet(*, session: Session, actor: User, now: datetime) -> None:
    """Try again now. Raises Conflict where none failed."""
    again = SessionSheet.objects.filter(session=session, state=State.FAILED)
    keys = list(again.values_list("pk", flat=True))
    if not again.try_again(attempts=0):
        raise Conflict(
            gettext("This sheet did not fail: it is being made, or it is there."), code="not_failed"
        )
    _record("sheet.retried", session, actor, now)
    transaction.on_commit(lambda: enqueue(TASK, keys))


def render_sheet(*, sheet_id: int, now: datetime) -> bool:
    """Make one that waits; False where somebody else has it, or where the newest says the same already."""
    waiting = SessionSheet.objects.filter(pk=sheet_id, state__in=[State.QUEUED, State.FAILED])
    if not waiting.begin(now, attempts=F("attempts") + 1):
        return False
    sheet = SessionSheet.objects.select_related("session__course__clinic", "session__course__order").get(
        pk=sheet_id
    )
    return carry_out(
        sheet,
        partial(_written, now),
        clock=lambda: now,
        record=lambda what, at, told: _record(
            f"sheet.{what}", sheet.session, None, at, version=sheet.version, **told
        ),
        apology=_apology(sheet),
    )


@contextmanager
def _written(now: datetime, sheet: SessionSheet) -> Iterator[New]:
    gathered = gather_sheet(sheet.session)
    if _says_the_same(sheet, gathered, now):
        raise NothingNew
    document, shown = lay_out(gathered, sheet.version), gathered.evidence.session
    yield New(
        name=f"sheets/{sheet.session.course.code}/{sheet.session.code}-{sheet.version}.pdf",
        file=BytesIO(document.content),
        values={
            "compared_at": now,
            "pages": document.pages,
            "fingerprint": gathered.fingerprint,
            "amendments": len(shown.amendments),
            "countersignatures": len(shown.countersignatures),
        },
    )


@transaction.atomic
def _says_the_same(sheet: SessionSheet, gathered: Gathered, now: datetime) -> bool:
    """Nothing on it is new: the version that was asked for is let go, and the newest was compared now."""
    newest = SessionSheet.objects.ready().filter(session=sheet.session).order_by("-version").first()
    if newest is None or newest.fingerprint != gathered.fingerprint:
        return False
    held(sheet).delete()
    SessionSheet.objects.filter(pk=newest.pk).update(compared_at=now)
    return True


def _apology(sheet: SessionSheet) -> str:
    if sheet.attempts >= MOST_ATTEMPTS:
        return gettext(
            "The sheet could not be made, although it was tried several times. Tell the administrator."
        )
    return gettext("Something failed on our side while the sheet was made. It is tried again by itself.")


def hand_out_sheet(*, sheet: SessionSheet, actor: User, now: datetime) -> bytes:
    """The bytes that were made, and a line in the audit trail of who took them. Raises as ``open_made``."""
    not_ready = gettext("This sheet is being made. The session's page says when it is there.")
    with open_made(sheet, not_ready) as file:
        content = file.read()
    _record("sheet.downloaded", sheet.session, actor, now, sha256=sheet.sha256, version=sheet.version)
    return content


def _record(action: str, session: Session, actor: User | None, now: datetime, **data: object) -> None:
    audit.record(
        action, subject=f"session:{session.code}", actor=actor, clinic=session.course.clinic, at=now, **data
    )
