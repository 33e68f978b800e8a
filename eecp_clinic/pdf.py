"""HTML to PDF, and several PDF files to one: the one place that knows how.

``pdf_engine`` (WeasyPrint) renders, ``pdf_assembly`` (pikepdf) puts together. What is made is tagged, with language and
title: PDF/UA-1, or PDF/A-3a where it is to be archived. The same input always gives the same bytes: no clock is read
here, so a date of the document stands in its own head (``dcterms.created``). Nothing is fetched but the project's own
static files and the pictures handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NotOurs(ValueError):
    """The HTML asks for something that is not the project's own; nothing is made of it."""


class CannotAssemble(ValueError):
    """The parts do not fit together, or one of them is no PDF."""


class Kind(StrEnum):
    """What a document is made for, as the engine names it; stamps are drawn over pages and are no document."""

    ACCESSIBLE = "pdf/ua-1"
    ARCHIVAL = "pdf/a-3a"
    STAMPS = ""


@dataclass(frozen=True, slots=True)
class Document:
    """``anchors``: the page (from 1) of each element that has an id."""

    content: bytes
    pages: int
    anchors: Mapping[str, int] = field(default_factory=dict)


def render(html: str, *, pictures: Mapping[str, str] | None = None, kind: Kind = Kind.ACCESSIBLE) -> Document:
    """``html`` as PDF. It names stylesheets as ``static:css/x.css`` and ``pictures`` (SVG) as ``picture:NAME``.

    Raises NotOurs for any other address.
    """
    # WeasyPrint takes a second to load, which no process pays that makes no document.
    from eecp_clinic import pdf_engine

    return Document(*pdf_engine.render(html, dict(pictures or {}), kind.value))
