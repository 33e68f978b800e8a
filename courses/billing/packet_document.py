"""From the evidence to the pages: the same evidence always gives the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.billing.completeness import missing_from
from courses.billing.evidence import Evidence
from courses.billing.gathering import gather
from courses.billing.session_evidence import SessionSheet
from courses.models import Packet
from eecp_clinic.models import Clinic
from eecp_clinic.pdf import Document, render

LANGUAGE = "en-us"


@dataclass(frozen=True, slots=True)
class Made:
    document: Document
    missing: tuple[str, ...]


def make(packet: Packet) -> Made:
    """Gather and lay out one packet."""
    clinic = packet.course.clinic
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        evidence = gather(packet)
        missing = missing_from(evidence, clinic.zone)
        html = render_to_string("packet/packet.html", _context(evidence, missing, clinic))
        of_course = {f"course-{picture.name}": picture.svg for picture in evidence.course_pictures}
        return Made(render(html, pictures=of_course | pictures_of(evidence.sessions)), missing)


def _context(evidence: Evidence, missing: tuple[str, ...], clinic: Clinic) -> dict[str, Any]:
    return {"packet": evidence, "missing": missing, "clinic": clinic, "language": LANGUAGE}


def pictures_of(sheets: Iterable[SessionSheet]) -> dict[str, str]:
    """The pictures of gating reports by the name that the pages give them."""
    return {
        f"{picture.name}-{sheet.code}": picture.svg
        for sheet in sheets
        if sheet.gating is not None
        for picture in sheet.gating.pictures
    }
