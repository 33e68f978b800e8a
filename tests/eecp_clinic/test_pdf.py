"""HTML to PDF: tagged, the same bytes each time, and nothing fetched that is not ours."""

import gc
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from eecp_clinic.pdf import NotOurs, render

PAGE = '<html lang="en"><head><title>Sample</title>{head}</head><body><h1>Sample</h1>{body}</body></html>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def page(body: str = "", head: str = "") -> str:
    return PAGE.format(head=head, body=body)


def test_document_is_tagged_with_language_and_title() -> None:
    made = render(page("<p>Text</p>"))
    reader = PdfReader(BytesIO(made.content))
    root: Any = reader.trailer["/Root"]
    assert made.pages == len(reader.pages) == 1
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Sample"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_same_html_gives_the_same_bytes() -> None:
    html = page('<img src="picture:a" alt="A square">')
    assert render(html, pictures={"a": SVG}) == render(html, pictures={"a": SVG})


def test_two_threads_at_once_make_what_one_makes() -> None:
    pages = [page(f"<p>Text {number}</p>" * 40) for number in range(2)]
    alone = [render(html).content for html in pages]
    with ThreadPoolExecutor(2) as threads:
        assert [made.content for made in threads.map(render, pages)] == alone


def test_collector_goes_on_after_a_document_and_after_a_refusal() -> None:
    render(page())
    assert gc.isenabled()
    with pytest.raises(NotOurs):
        render(page('<img src="relative.png" alt="x">'))
    assert gc.isenabled()


def test_own_stylesheet_is_used() -> None:
    link = '<link rel="stylesheet" href="static:css/packet.css">'
    assert "page 1 of 1" in PdfReader(BytesIO(render(page(head=link)).content)).pages[0].extract_text()


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png",
        "file:///etc/hostname",
        "data:image/png;base64,AAAA",
        "picture:unknown",
        "static:css/unknown.css",
        "relative.png",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(NotOurs):
        render(page(f'<img src="{address}" alt="x">'))
