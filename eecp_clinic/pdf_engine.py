"""WeasyPrint, which fetches nothing but what is handed to it. Its only import."""

import gc
import mimetypes
import threading
import warnings
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
#: The fonts of this machine, read in once a thread and not once a document; no document brings fonts of its own.
_fonts = threading.local()

# Laying out makes so many objects that Python looks through all there are every few pages. What is loaded by now
# (programs, templates, models) stays, and need not be looked through: a quarter of a second each time.
gc.collect()
gc.freeze()


def render(html: str, pictures: dict[str, str], variant: str) -> tuple[bytes, int, dict[str, int]]:
    """The file, how many pages it has, and on which of them each anchor stands."""
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
    anchors: dict[str, int] = {}
    for number, page in enumerate(rendered.pages, 1):
        for name in page.anchors:
            anchors.setdefault(name, number)
    return target.getvalue(), len(rendered.pages), anchors


def _font_configuration() -> FontConfiguration:
    """Pango's map of fonts is not made for two threads at once."""
    if not hasattr(_fonts, "configuration"):
        _fonts.configuration = FontConfiguration()
    return _fonts.configuration


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
