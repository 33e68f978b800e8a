"""From the evidence to the packet: a frame around the kept sheets of its sessions. The same evidence gives the same bytes.

The contents with the verdict are laid out last, when it is known on which page everything else begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.billing.gathering import gather
from courses.billing.packet.completeness import missing_from
from courses.billing.packet.enclosed_evidence import SheetUsed
from courses.billing.packet.evidence import Evidence
from courses.billing.packet.glance import at_a_glance
from courses.billing.packet.packet_json import FILE_NAME, evidence_plain
from courses.billing.packet.packet_papers import ReadPaper, read_papers
from courses.billing.sheet.sheet_document import LANGUAGE
from courses.models import Packet, Session
from courses.treatment.verifying import verify
from eecp_clinic.pdf import Document, Kind, render
from eecp_clinic.pdf_assembly import Attached, Inserted, assemble
from eecp_clinic.pdf_enclosing import Placed, enclose
from eecp_clinic.signing import canonical

#: The part of the frame before which the sheets stand.
_AFTER_SESSIONS = "reviews"
#: Page numbers can grow by a digit and move a line; more often than that nothing moves.
_MOST_LAYOUTS = 4
#: Lines of the first page beside what is missing, parts in the contents, lines a page: only to guess how many pages there will be.
_LINES_OF_COVER, _OTHER_ENTRIES, _LINES_A_PAGE = 36, 15, 56


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
        papers = read_papers(evidence.papers)
        evidence = replace(evidence, enclosed=tuple(one.used for one in papers))
        missing = missing_from(evidence, clinic.zone)
        attached = canonical(evidence_plain(evidence, missing)).encode()
        return Made(_document(evidence, missing, collected, papers, attached), missing, attached)


def _differing(sessions: Sequence[Session]) -> tuple[tuple[int, str], ...]:
    """The sessions whose record is no longer what was signed, each with what differs."""
    found = ((session.number or 0, verify(session)) for session in sessions)
    return tuple((number, said.sentence) for number, said in found if not said.is_good)


def _document(
    evidence: Evidence,
    missing: tuple[str, ...],
    collected: Sequence[Collected],
    papers: Sequence[ReadPaper],
    attached: bytes,
) -> Document:
    body = _body(evidence, collected)
    front, places = _front(evidence, missing, collected, body)
    total = front.pages + body.pages + sum(one.used.pages for one in collected if one.content is not None)
    stamps = render_to_string(
        "packet/stamps.html", {"packet": evidence, "pages": range(total), "language": LANGUAGE}
    )
    before = body.anchors[_AFTER_SESSIONS] - 1
    sheets = [
        Inserted(one.content, before, f"Session {one.used.session}", f"s{one.used.session}")
        for one in collected
        if one.content is not None
    ]
    data = Attached(
        FILE_NAME,
        "application/json",
        "The evidence of this packet, machine-readable",
        "Data",
        attached,
        evidence.made_for,
    )
    return assemble(
        enclose(body.content, list(_placed(papers, body)), archival=evidence.is_archival),
        [Inserted(front.content, 0, "Contents", "front"), *sheets],
        stamps=render(stamps, kind=Kind.STAMPS).content,
        places=places,
        attached=[data],
    )


def _placed(papers: Sequence[ReadPaper], body: Document) -> Iterator[Placed]:
    """Each paper and the pages that the body left for it."""
    for one in papers:
        if one.content is not None:
            first = body.anchors[f"paper-{one.used.code}"]
            yield Placed(one.content, one.content_type, range(first, first + one.used.pages))


def _body(evidence: Evidence, collected: Sequence[Collected]) -> Document:
    """Everything but the contents and the sheets. Its links lead to parts of the whole packet by their name."""
    differing = dict(evidence.differing)
    rows = [
        {"sheet": sheet, "used": one.used, "there": one.content, "differs": differing.get(sheet.number, "")}
        for sheet, one in zip(evidence.sessions, collected, strict=True)
    ]
    pictures = {f"course-{picture.name}": picture.svg for picture in evidence.course_pictures}
    context = {
        "packet": evidence,
        "rows": rows,
        "there": {one.used.session for one in collected if one.content is not None},
        "papers": _papers(evidence),
        "language": LANGUAGE,
    }
    html = render_to_string("packet/packet.html", context)
    return render(html, pictures=pictures, kind=Kind.ARCHIVAL)


def _papers(evidence: Evidence) -> list[dict[str, Any]]:
    """Each paper of the list with how it is enclosed, and the numbers of its pages."""
    return [
        {"paper": paper, "used": used, "numbers": range(1, used.pages + 1)}
        for paper, used in zip(evidence.papers, evidence.enclosed, strict=True)
    ]


def _front(
    evidence: Evidence, missing: tuple[str, ...], collected: Sequence[Collected], body: Document
) -> tuple[Document, dict[str, int]]:
    """Letter and contents, with the page on which each part begins: again where they are longer than was thought."""
    pages, contents = _guessed(evidence, missing)
    glance = at_a_glance(evidence, timezone.get_current_timezone())
    for _ in range(_MOST_LAYOUTS):
        places = _places(body, collected, pages) | {"contents": contents}
        rows = [
            {"sheet": sheet, "page": places.get(f"session-{sheet.number}")} for sheet in evidence.sessions
        ]
        context = {
            "packet": evidence,
            "missing": missing,
            "rows": rows,
            "papers": [
                {**row, "page": places.get(f"paper-{row['paper'].code}")} for row in _papers(evidence)
            ],
            "glance": [{"answer": one, "page": places[one.part]} for one in glance],
            "numbers": places,
            "language": LANGUAGE,
        }
        front = render(render_to_string("packet/front.html", context), kind=Kind.ARCHIVAL)
        if (front.pages, front.anchors["contents"]) == (pages, contents):
            return front, places
        pages, contents = front.pages, front.anchors["contents"]
    raise ValueError("The pages of the contents do not come to rest. Tell the administrator.")


def _guessed(evidence: Evidence, missing: tuple[str, ...]) -> tuple[int, int]:
    """How many pages letter and contents will be, and on which the contents begin: right, it saves a layout."""
    letter = 1 if evidence.letter is not None else 0
    entries = _OTHER_ENTRIES + len(evidence.sessions) + len(evidence.papers)
    cover = ceil((_LINES_OF_COVER + len(missing)) / _LINES_A_PAGE)
    return letter + cover + ceil(entries / _LINES_A_PAGE), letter + 1


def _places(body: Document, collected: Sequence[Collected], front: int) -> dict[str, int]:
    """Of every part and sheet the page on which it begins in the whole packet."""
    after = body.anchors[_AFTER_SESSIONS]
    added = sum(one.used.pages for one in collected if one.content is not None)
    parts = {name: page + front + (added if page >= after else 0) for name, page in body.anchors.items()}
    return parts | {f"session-{number}": page for number, page in pages_of(collected, after + front)}


def pages_of(collected: Sequence[Collected], first: int) -> Iterator[tuple[int, int]]:
    """The number of each session and the page on which its sheet begins, counted from ``first``."""
    for one in collected:
        if one.content is not None:
            yield one.used.session, first
            first += one.used.pages
