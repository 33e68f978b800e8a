"""WeasyPrint, which fetches nothing but what is handed to it. Its only import."""

import gc
import mimetypes
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from eecp_clinic.pdf import NotOurs

STATIC, PICTURE = "static:", "picture:"
BASE = "document:"
#: One document is laid out at a time in a process: it takes its memory from no other, and Pango's map of fonts is not made for two threads.
_alone = threading.Lock()


def render(html: str, pictures: dict[str, str], variant: str) -> tuple[bytes, int, dict[str, int]]:
    """The file, how many pages it has, and on which of them each anchor stands."""
    with _alone, _collected_once():
        return _render(html, pictures, variant)


@contextmanager
def _collected_once() -> Iterator[None]:
    """A laid-out document refers to itself in circles, and is so many objects that Python looks for such circles every few
    pages. Here it looks once, when all of it can go, and at nothing that is older than the document.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(0)


def _render(html: str, pictures: dict[str, str], variant: str) -> tuple[bytes, int, dict[str, int]]:
    options: dict[str, Any] = {"pdf_variant": variant} if variant else {}
    try:
        source = HTML(string=html, base_url=BASE, url_fetcher=Fetcher(pictures))
        rendered = source.render(font_config=_font_configuration(), **options)
    except FatalURLFetchingError as error:  # the only kind that weasyprint does not swallow
        raise NotOurs(str(error)) from error
    target = BytesIO()
    with warnings.catch_warnings():
        # WeasyPrint opens its colour profile for PDF/A and leaves it to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        rendered.write_pdf(target, **options)
    return target.getvalue(), len(rendered.pages), _anchors(rendered)


def _anchors(rendered: Any) -> dict[str, int]:
    """On which page (from 1) each element with an id begins."""
    found: dict[str, int] = {}
    for number, page in enumerate(rendered.pages, 1):
        for name in page.anchors:
            found.setdefault(name, number)
    return found


@cache
def _font_configuration() -> FontConfiguration:
    """The fonts of this machine, read in once and not once a document; no document brings fonts of its own."""
    return FontConfiguration()


class Fetcher(URLFetcher):  # type: ignore[misc]  # weasyprint is untyped
    def __init__(self, pictures: dict[str, str]) -> None:
        super().__init__(allowed_protocols=())
        self.pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith(PICTURE) and (svg := self.pictures.get(url.removeprefix(PICTURE))) is not None:
            return _response(url, svg.encode(), "image/svg+xml")
        if url.startswith(STATIC) and (path := finders.find(url.removeprefix(STATIC))) is not None:
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return _response(url, Path(path).read_bytes(), kind)
        raise FatalURLFetchingError("A document may hold the project's own files and pictures only.")


def _response(url: str, body: bytes, kind: str) -> URLFetcherResponse:
    return URLFetcherResponse(url, BytesIO(body), {"Content-Type": kind}, 200)
