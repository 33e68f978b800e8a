"""Papers on file in the packet: their pages are there, whose they are stands below, and what cannot be enclosed is named."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from courses.billing.packet import packet_papers
from courses.billing.packet.links import Verdict
from courses.billing.packet.packet_document import Made
from courses.billing.packet.proof import prove
from courses.billing.services import render_packet, request_packet
from courses.billing.services.packets import make
from courses.models import Packet
from eecp_clinic.models import User
from eecp_clinic.pdf import CannotAssemble
from eecp_clinic.pdf_enclosing import look
from patients.models import Document
from tests.courses.billing.packets_given import LATER, file_paper, scan
from tests.courses.courses_given import Given

Make = Callable[[], Made]


@pytest.fixture
def made(given: Given, biller: User) -> Make:
    """The packet of a course with one signed session, made when it is called."""
    given.session(0)
    return lambda: make(request_packet(course=given.course, actor=biller, now=LATER), now=LATER)


def a_picture(kind: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (300, 200), (180, 30, 30)).save(target, kind)
    return target.getvalue()


def pages_of(content: bytes) -> list[Any]:
    return list(PdfReader(BytesIO(content)).pages)


def text_of(page: Any) -> str:
    return " ".join(page.extract_text().split())


def claim_of(content: bytes) -> bool:
    return b"pdfaid:part" in PdfReader(BytesIO(content)).trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]


def test_each_page_of_a_paper_is_a_page_of_the_packet_with_whose_it_is(given: Given, made: Make) -> None:
    file_paper(given, "Signed consent", scan("I agree"))
    document = made().document
    found = [page for page in pages_of(document.content) if "I agree" in text_of(page)]
    assert len(found) == 1
    words = text_of(found[0])
    assert "Consent, page 1 of 1 of this paper" in words
    assert f"MRN {given.course.patient.mrn}" in words
    assert f"of {document.pages}" in words
    assert "Signed consent" in text_of(pages_of(document.content)[1])  # the contents


def test_scan_and_pictures_keep_the_packet_in_pdf_a(given: Given, made: Make) -> None:
    file_paper(given, "Scan", scan())
    file_paper(given, "Photo", a_picture("JPEG"), content_type="image/jpeg", kind=Document.Kind.ECG)
    file_paper(given, "Shot", a_picture("PNG"), content_type="image/png", kind=Document.Kind.ECG)
    first, second = made(), made()
    assert claim_of(first.document.content)
    assert first.document.content == second.document.content


def test_paper_that_may_not_keep_to_pdf_a_is_enclosed_and_the_claim_given_up(
    given: Given, made: Make
) -> None:
    file_paper(given, "From a program", scan("not embedded"))
    content = made().document.content
    assert not claim_of(content)
    assert any("this packet does not claim to" in text_of(page) for page in pages_of(content))


@pytest.mark.parametrize(
    ("values", "content", "said"),
    [
        ({"pages": 61}, scan(), "it has 61 pages and is not enclosed: at most 60 pages of one paper are."),
        ({}, b"no pdf", "The stored file cannot be read."),
        ({"size": 25 * 1024 * 1024}, scan(), "the papers would be more than 24 MB"),
    ],
)
def test_paper_that_cannot_be_enclosed_is_named_on_the_first_page(
    given: Given, made: Make, values: dict[str, Any], content: bytes, said: str
) -> None:
    file_paper(given, "Long report", content, **values)
    found = made()
    (named,) = [one for one in found.missing if one.startswith("Long report: ")]
    assert said in named
    first, contents, *_ = pages_of(found.document.content)
    assert named in text_of(first)
    assert "Long report: not here" in text_of(contents)


def test_papers_together_have_a_bound(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_papers, "MOST_PAGES_IN_ALL", 1)
    rows = [file_paper(given, "First", scan()), file_paper(given, "Second", scan("2"))]
    first, second = packet_papers._read(rows)
    assert (first.used.pages, second.used.pages) == (1, 0)
    assert "more than 1 pages" in second.used.problem


def test_changed_file_of_an_enclosed_paper_is_found(given: Given, biller: User) -> None:
    paper = file_paper(given, "Signed consent", scan())
    given.session(0)
    packet = request_packet(course=given.course, actor=biller, now=LATER)
    assert render_packet(packet_id=packet.pk, now=LATER)
    with Packet.objects.get(pk=packet.pk).file.open() as stored:
        content = stored.read()
    assert _paper_verdicts(content) == [Verdict.HOLDS]
    with paper.file.storage.open(paper.file.name, "wb") as file:
        file.write(scan("other"))
    assert _paper_verdicts(content) == [Verdict.FAILS]


def _paper_verdicts(content: bytes) -> list[Verdict]:
    return [one.verdict for one in prove(content) if one.where == "Paper Signed consent"]


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(CannotAssemble, match="cannot be read"):
        look(b"no pdf", "application/pdf")
    with pytest.raises(CannotAssemble, match="cannot be read"):
        look(b"no picture", "image/png")
