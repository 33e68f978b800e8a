"""The kept sheets of a packet's sessions: found, made where one is missing, read back with their hash; nothing left out silently."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from courses.billing.packet.enclosed_evidence import SheetUsed
from courses.billing.packet.packet_document import Collected
from courses.billing.services.sheets import render_sheet, request_sheets
from courses.models import Session, SessionSheet
from courses.treatment.charted_rows import BESIDE, rows_of
from eecp_clinic.errors import ClinicError
from eecp_clinic.kept_files import read_kept

logger = logging.getLogger(__name__)

#: A sheet takes a second or two. Who is still at it by then, and comes back, leaves the other's file alone.
A_SHEET_AT_MOST = timedelta(minutes=1)
#: Called with how many sheets are there.
Progress = Callable[[int], None]


def collect(
    sessions: Sequence[Session], *, now: datetime, progress: Progress = lambda _: None
) -> list[Collected]:
    """The newest sheet of each session; one that is missing, or does not show all that was written since, is made first."""
    found = _newest(sessions)
    collected = []
    for done, session in enumerate(sessions, 1):
        collected.append(_one(session, found.get(session.pk), now))
        progress(done)
    return collected


def _newest(sessions: Sequence[Session]) -> dict[int, SessionSheet]:
    rows = SessionSheet.objects.ready().filter(session__in=[s.pk for s in sessions]).order_by("version")
    return {row.session_id: row for row in rows}


def _one(session: Session, sheet: SessionSheet | None, now: datetime) -> Collected:
    lacking = _lacking(session, sheet)
    if lacking:
        sheet = _made(session, now) or sheet
        lacking = _lacking(session, sheet)
    number = session.number or 0
    if sheet is None:
        problem = "its sheet could not be made. Its pages are not in this packet."
        return Collected(SheetUsed(number, "", 0, "", 0, problem), None)
    try:
        content = read_kept(sheet.file.name, sheet.sha256)
    except ClinicError as error:
        problem = f"the kept sheet cannot be used. {error.message} Its pages are not in this packet."
        return Collected(SheetUsed(number, sheet.code, sheet.version, sheet.sha256, 0, problem), None)
    used = SheetUsed(number, sheet.code, sheet.version, sheet.sha256, sheet.pages or 0, lacking)
    return Collected(used, content)


def _lacking(session: Session, sheet: SessionSheet | None) -> str:
    """What was written beside the session and is not on the sheet, in words."""
    if sheet is None:
        return "it has no sheet."
    written, countersigned = (len(rows_of(session, part)) for part in BESIDE)
    if sheet.amendments >= written and sheet.countersignatures >= countersigned:
        return ""  # more than there were, where somebody wrote while the sheet was made
    return "its sheet does not show all amendments and countersignatures; a newer one could not be made."


def _made(session: Session, now: datetime) -> SessionSheet | None:
    # A worker that was lost over a packet was lost over one of its sheets too, which waits no quarter of an hour more.
    SessionSheet.objects.filter(session=session).take_over(now - A_SHEET_AT_MOST)
    for key in request_sheets(sessions=[session.pk], now=now):
        try:
            render_sheet(sheet_id=key, now=now)
        except Exception:
            # The packet names what failed and goes on with the others; the sheet's own row keeps the failure.
            logger.exception("the sheet of session %s could not be made", session.code)
    return _newest([session]).get(session.pk)
