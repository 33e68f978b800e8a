"""What the page of a signed session shows beside what was signed: amendments, countersignatures, sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from courses.models import Amendment, Session, SessionSheet
from courses.treatment.amendable import Value, values_of
from courses.treatment.charted_rows import rows_of
from courses.treatment.countersigning import may_countersign, needs_countersignature
from courses.treatment.verifying import Verification
from eecp_clinic.models import Signature
from eecp_clinic.roles import CLINICAL, Role, StaffRequest


@dataclass(frozen=True, slots=True)
class AmendmentShown:
    """An amendment in words; ``original`` and ``corrected`` empty is not known. ``path``, ``label`` and ``what`` are empty but for a
    correction; ``mark``, 'A2' for the second, is how the page names it where the value stands."""

    code: str
    mark: str
    kind: str
    path: str
    label: str
    what: str
    original: str
    corrected: str
    happened_at: datetime | None
    text: str
    reason: str
    author: str
    made_at: datetime
    signature: Signature
    by_another: bool


def amendments_shown(session: Session, until: datetime | None = None) -> list[AmendmentShown]:
    """The amendments of a signed session, oldest first; those written by ``until``, where that is given."""
    found = [row for row in rows_of(session, "amendments") if until is None or row.made_at <= until]
    values = values_of(session) if any(row.field for row in found) else {}
    return [_shown(row, f"A{n}", values.get(row.field), session) for n, row in enumerate(found, start=1)]


def _shown(row: Amendment, mark: str, value: Value | None, session: Session) -> AmendmentShown:
    zone: ZoneInfo = session.course.clinic.zone
    signer = session.signature.signer_id if session.signature else None
    return AmendmentShown(
        code=row.code,
        mark=mark,
        path=row.field,
        label=value.label if value else row.field,
        kind=str(row.get_kind_display()),
        what=f"{value.group}: {value.label}" if value else row.field,
        original=value.shown(row.original, zone) if value else row.original,
        corrected=value.shown(row.corrected, zone) if value else row.corrected,
        happened_at=localtime(row.happened_at) if row.happened_at else None,
        text=row.text,
        reason=row.reason,
        author=f"{row.signature.name}, {row.signature.credentials}",
        made_at=row.made_at,
        signature=row.signature,
        by_another=row.author_id != signer,
    )


def signed_parts(request: StaffRequest, session: Session) -> dict[str, Any]:
    """What ``_amendments.html``, ``_countersigned.html`` and ``_session_sheet.html`` show."""
    countersignatures = list(session.countersignatures.select_related("signature").order_by("amendments"))
    amendments = amendments_shown(session)
    is_current = any(row.amendments == len(amendments) for row in countersignatures)
    return {
        "amendments": amendments,
        "countersignatures": [signature_shown(row.signature) for row in countersignatures],
        "countersignature_waits": not is_current and needs_countersignature(session),
        "may_countersign": Role.PHYSICIAN in request.roles and may_countersign(request.user, session),
        "may_amend": bool(request.roles & set(CLINICAL)),
        **sheet_parts(session),
    }


def sheet_parts(session: Session) -> dict[str, Any]:
    """The newest sheet, the ones before it, and what is being made or has failed."""
    sheets = list(SessionSheet.objects.filter(session=session).order_by("-version"))
    ready = [sheet for sheet in sheets if sheet.state == SessionSheet.State.READY]
    newest = ready[0] if ready else None
    making = next((sheet for sheet in sheets if sheet.state != SessionSheet.State.READY), None)
    is_old = newest is not None and (
        newest.amendments != session.amendments.count()
        or newest.countersignatures != session.countersignatures.count()
    )
    has_failed = making is not None and making.state == SessionSheet.State.FAILED
    return {
        "sheet": newest,
        "earlier_sheets": ready[1:],
        "sheet_failure": making.failure if making is not None and has_failed else "",
        "sheet_is_old": is_old,
        "sheet_is_coming": not has_failed and (making is not None or newest is None or is_old),
    }


def verification_shown(found: Verification) -> dict[str, Any]:
    """The verdict with the keys of a message."""
    label = gettext("Verified") if found.is_good else gettext("Not as signed")
    return {"is_good": found.is_good, "label": label, "sentence": found.sentence}


def signature_shown(signature: Signature | None) -> dict[str, Any] | None:
    """A signature with the keys of ``partials/_signature.html``."""
    if signature is None:
        return None
    return {
        "name": signature.name,
        "credentials": signature.credentials,
        "meaning": gettext(signature.meaning),
        "signed_at": date_format(localtime(signature.signed_at), "DATETIME_FORMAT"),
        "method": signature.authentication,
        "hash": signature.content_sha256,
    }
