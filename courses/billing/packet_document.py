"""From the evidence to the packet: a frame around the kept sheets of its sessions. The same evidence gives the same bytes.

The frame (contents with the verdict, decision, order, reviews, claims, logs) is laid out twice: the first time tells on
which pages its parts stand, so that the contents can name the page of everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.billing.completeness import missing_from
from courses.billing.enclosed_evidence import SheetUsed
from courses.billing.evidence import Evidence
from courses.billing.gathering import gather
from courses.billing.packet_json import FILE_NAME, evidence_plain
from courses.billing.sheet_document import LANGUAGE
from courses.models import Packet, Session
from courses.treatment.verifying import verify
from eecp_clinic.pdf import Document, Kind, render
from eecp_clinic.pdf_assembly import Attached, Inserted, assemble
from eecp_clinic.signing import canonical

#: The part of the frame before which the sheets stand.
_AFTER_SESSIONS = "reviews"
#: Page numbers can grow by a digit and move a line; more often than that nothing moves.
_MOST_LAYOUTS = 4


@dataclass(frozen=True, slots=True)
class Collected:
    """One session's sheet; ``content`` is None where its pages cannot be in the packet, and ``used.problem`` says why."""

    used: SheetUsed
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Made:
    """``evidence`` are the bytes of the JSON that the document carries."""

    document: Document
    missing: tuple[str, ...]
    evidence: bytes


def put_together(packet: Packet, sessions: list[Session], collected: Sequence[Collected]) -> Made:
    """One packet of these sessions, with the sheet of each."""
    clinic = packet.course.clinic
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        evidence = replace(
            gather(packet, sessions),
            sheets=tuple(one.used for one in collected),
            differing=_differing(sessions),
        )
        missing = missing_from(evidence, clinic.zone)
        attached = canonical(evidence_plain(evidence, missing)).encode()
        return Made(_document(evidence, missing, collected, attached), missing, attached)


def _differing(sessions: Sequence[Session]) -> tuple[tuple[int, str], ...]:
    """The sessions whose record is no longer what was signed, each with what differs."""
    found = ((session.number or 0, verify(session)) for session in sessions)
    return tuple((number, said.sentence) for number, said in found if not said.is_good)


def _document(
    evidence: Evidence, missing: tuple[str, ...], collected: Sequence[Collected], attached: bytes
) -> Document:
    frame, numbers = _frame(evidence, missing, collected)
    before = frame.anchors[_AFTER_SESSIONS] - 1
    stamps = render_to_string(
        "packet/stamps.html",
        {"packet": evidence, "pages": range(_total(frame, collected)), "language": LANGUAGE},
    )
    return assemble(
        frame.content,
        [
            Inserted(
                one.content,
                f"session-{one.used.session}",
                f"Session {one.used.session}, page {numbers[f'session-{one.used.session}']}",
                f"s{one.used.session}",
            )
            for one in collected
            if one.content is not None
        ],
        before=before,
        stamps=render(stamps, kind=Kind.STAMPS).content,
        attached=[
            Attached(
                FILE_NAME,
                "application/json",
                "The evidence of this packet, machine-readable",
                "Data",
                attached,
                evidence.made_for,
            )
        ],
    )


def _frame(
    evidence: Evidence, missing: tuple[str, ...], collected: Sequence[Collected]
) -> tuple[Document, dict[str, int]]:
    """The frame with the page of every part in its contents."""
    pictures = {f"course-{picture.name}": picture.svg for picture in evidence.course_pictures}
    numbers: dict[str, int] = {}
    for _ in range(_MOST_LAYOUTS):
        html = render_to_string("packet/packet.html", _context(evidence, missing, numbers))
        frame = render(html, pictures=pictures, kind=Kind.ARCHIVAL)
        found = _numbers(frame, collected)
        if found == numbers:
            return frame, numbers
        numbers = found
    raise ValueError("The pages of the contents do not come to rest. Tell the administrator.")


def _numbers(frame: Document, collected: Sequence[Collected]) -> dict[str, int]:
    """Of every part and sheet the page on which it begins in the whole packet."""
    after = frame.anchors[_AFTER_SESSIONS]
    added = _total(frame, collected) - frame.pages
    parts = {name: page if page < after else page + added for name, page in frame.anchors.items()}
    return parts | {f"session-{number}": page for number, page in pages_of(collected, after)}


def pages_of(collected: Sequence[Collected], first: int) -> Iterator[tuple[int, int]]:
    """The number of each session and the page on which its sheet begins, counted from ``first``."""
    for one in collected:
        if one.content is not None:
            yield one.used.session, first
            first += one.used.pages


def _total(frame: Document, collected: Sequence[Collected]) -> int:
    return frame.pages + sum(one.used.pages for one in collected if one.content is not None)


def _context(evidence: Evidence, missing: tuple[str, ...], numbers: dict[str, int]) -> dict[str, Any]:
    differing = dict(evidence.differing)
    rows = [
        {
            "sheet": sheet,
            "used": used,
            "page": numbers.get(f"session-{sheet.number}"),
            "differs": differing.get(sheet.number, ""),
        }
        for sheet, used in zip(evidence.sessions, evidence.sheets, strict=True)
    ]
    return {"packet": evidence, "missing": missing, "rows": rows, "numbers": numbers, "language": LANGUAGE}
