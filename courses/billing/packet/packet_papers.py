"""The stored files of the papers that a packet encloses: read back with their hash, and why one is not enclosed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from courses.billing.packet.enclosed_evidence import EnclosedPaper, Paper
from eecp_clinic.errors import ClinicError
from eecp_clinic.kept_files import read_kept
from eecp_clinic.pdf import CannotAssemble
from eecp_clinic.pdf_enclosing import look
from patients.models import Document

#: Of one paper, and of all of a packet: a contractor takes files of some 150 MB and reads none of a thousand pages.
MOST_PAGES, MOST_PAGES_IN_ALL = 60, 200
MOST_BYTES_IN_ALL = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """``content`` is None where it is not enclosed."""

    used: EnclosedPaper
    content: bytes | None
    content_type: str


def read_papers(papers: Sequence[Paper]) -> list[ReadPaper]:
    """In the order of the list; the first that fit."""
    rows = {row.code: row for row in Document.objects.filter(code__in=[paper.code for paper in papers])}
    return list(_read([rows[paper.code] for paper in papers]))


def _read(rows: Sequence[Document]) -> Iterator[ReadPaper]:
    pages, size = 0, 0
    for row in rows:
        problem = _too_long(row, pages, size)
        if problem:
            yield _without(row, problem)
            continue
        try:
            content = read_kept(row.file.name, row.sha256)
            looked = look(content, row.content_type)
        except (ClinicError, CannotAssemble) as error:
            yield _without(row, f"its pages are not in this packet. {error}")
            continue
        pages, size = pages + looked.pages, size + len(content)
        used = EnclosedPaper(row.code, row.sha256, looked.pages, looked.is_archival, "")
        yield ReadPaper(used, content, row.content_type)


def _without(row: Document, problem: str) -> ReadPaper:
    used = EnclosedPaper(row.code, row.sha256, 0, is_archival=False, problem=problem)
    return ReadPaper(used, None, row.content_type)


def _too_long(row: Document, pages: int, size: int) -> str:
    if row.pages > MOST_PAGES:
        return f"it has {row.pages} pages and is not enclosed: at most {MOST_PAGES} pages of one paper are. Send it beside."
    if pages + row.pages > MOST_PAGES_IN_ALL:
        return f"it is not enclosed: with it the papers would be more than {MOST_PAGES_IN_ALL} pages. Send it beside."
    if size + row.size > MOST_BYTES_IN_ALL:
        most = MOST_BYTES_IN_ALL // 1024 // 1024
        return f"it is not enclosed: with it the papers would be more than {most} MB. Send it beside."
    return ""
