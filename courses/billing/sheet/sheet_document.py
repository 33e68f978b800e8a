"""From one signed session to the pages of its sheet: the same record always gives the same bytes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.billing.gathering import identity_of, order_of
from courses.billing.packet.evidence import StandaloneSheet
from courses.billing.packet.session_evidence import SessionSheet
from courses.billing.sheet.session_sheet import sheet_of, with_all_of_it
from courses.billing.supervised import Supervised
from courses.models import Session
from courses.treatment.verifying import verify
from eecp_clinic.pdf import Document, render
from eecp_clinic.signing import canonical, sha256_of

LANGUAGE = "en-us"
#: Part of the fingerprint: raised where the layout changes so much that sheets should be made again.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one sheet shows. ``fingerprint`` is the SHA-256 of all of it."""

    evidence: StandaloneSheet
    session: Session
    fingerprint: str


def gather_sheet(session: Session) -> Gathered:
    """The record of a signed session as it stands."""
    clinic = session.course.clinic
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        found = with_all_of_it(Session.objects.filter(pk=session.pk)).get()
        sheet = sheet_of(found, Supervised([found]))
        as_of = _as_of(sheet)
        evidence = StandaloneSheet(
            identity=identity_of(found.course, as_of),
            order=order_of(found.course.order),
            sessions_ordered=found.course.sessions_ordered,
            session=sheet,
            verified=verify(found).sentence,
            as_of=as_of,
        )
    return Gathered(evidence, found, sha256_of(canonical({"layout": LAYOUT, **asdict(evidence)})))


def _as_of(sheet: SessionSheet) -> datetime:
    """When the newest of its signatures was made; no clock is asked."""
    return max(signature.signed_at for signature in sheet.signatures)


def lay_out(gathered: Gathered, version: int) -> Document:
    """The pages. Tagged (PDF/UA-1); the lowest 12 mm of each page are left free for the packet's own numbers."""
    clinic = gathered.session.course.clinic
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        html = render_to_string("packet/sheet.html", _context(gathered, version))
        return render(html, pictures=pictures_of([gathered.evidence.session]))


def pictures_of(sheets: Iterable[SessionSheet]) -> dict[str, str]:
    """The pictures of gating reports by the name that the pages give them."""
    return {
        f"{picture.name}-{sheet.code}": picture.svg
        for sheet in sheets
        if sheet.gating is not None
        for picture in sheet.gating.pictures
    }


def _context(gathered: Gathered, version: int) -> dict[str, Any]:
    return {
        "packet": gathered.evidence,
        "sheet": gathered.evidence.session,
        "version": version,
        "language": LANGUAGE,
    }
