"""HTML to PDF: the one place that knows how (``pdf_engine`` does it).

What is made is PDF/UA-1 (tagged, with language and title), and the same HTML always gives the same bytes: no clock
is read here, so a date of the document stands in its own head (``dcterms.created``). Nothing is fetched but the
project's own static files and the pictures handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass


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
    # WeasyPrint takes a second to load, which no process pays that makes no document.
    from eecp_clinic import pdf_engine

    return Document(*pdf_engine.render(html, dict(pictures or {})))
