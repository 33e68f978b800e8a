"""HTML to PDF: the one place that knows how.

What is made is PDF/UA-1 (tagged, with language and title), and the same HTML always gives the same bytes: no clock
is read here, so a date of the document stands in its own head (``dcterms.created``). Nothing is fetched but the
project's own static files and the pictures handed in.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}
STATIC, PICTURE = "static:", "picture:"
_BASE = "document:"


class NotOurs(ValueError):
    """The HTML asks for something that is not the project's own; nothing is made of it."""


@dataclass(frozen=True, slots=True)
class Document:
    content: bytes
    pages: int


def render(html: str, *, pictures: Mapping[str, str] | None = None) -> Document:
    """``html`` as PDF. It names stylesheets as ``static:css/x.css`` and ``pictures`` (SVG) as ``picture:NAME``.

    Raises NotOurs for any other address.
    """
    fetcher = _Fetcher(dict(pictures or {}))
    try:
        rendered = HTML(string=html, base_url=_BASE, url_fetcher=fetcher).render(**OPTIONS)
    except FatalURLFetchingError as error:  # the only kind that weasyprint does not swallow
        raise NotOurs(str(error)) from error
    target = BytesIO()
    rendered.write_pdf(target, **OPTIONS)
    return Document(target.getvalue(), len(rendered.pages))


class _Fetcher(URLFetcher):  # type: ignore[misc]  # weasyprint is untyped
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
