"""Several PDF files made one: a frame (PDF/A-3a), and finished documents put between two of its pages.

What was made before is not rendered again: pages are copied as they stand, and so are their structure trees, which
become a part of the frame's. Every page is stamped with a page of ``stamps``. Nothing is asked of a clock, and the
identifier of the file comes from its content: the same input gives the same bytes. The rules are ISO 32000-1 (14.7 structure, 7.11.4 embedded files) and ISO 19005-3 (PDF/A-3).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from eecp_clinic.pdf import CannotAssemble, Document

#: PDF 1.7, 12.5.3: annotations of an archived file are printed.
_PRINTED = 4
#: How a part of a file links to another part, before they are one file.
PLACE = "packet:"


@dataclass(frozen=True, slots=True)
class Inserted:
    """A finished document, which comes to stand before page ``before`` (from 0) of the frame. ``key`` is its own."""

    content: bytes
    before: int
    title: str
    key: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that the PDF carries; ``relationship`` as PDF/A-3 names it (Data, Source, Supplement)."""

    name: str
    media_type: str
    description: str
    relationship: str
    content: bytes
    modified: datetime


def assemble(
    frame: bytes,
    inserted: Sequence[Inserted],
    *,
    stamps: bytes,
    places: Mapping[str, int],
    attached: Sequence[Attached] = (),
) -> Document:
    """``frame`` with ``inserted``, in their order. ``places``: to which page (from 1) a link to ``packet:NAME`` leads.

    Raises CannotAssemble where there are not as many stamps as pages, or a link leads nowhere.
    """
    with Pdf.open(BytesIO(frame)) as out:
        structure = _Structure(out)
        entries, at = [], 0
        for one in inserted:
            entries.append((one, at + one.before))
            at += _take_in(out, one, at + one.before, structure)
        structure.finish()
        _lead_to(out, places)
        _outline(out, entries)
        _stamp(out, stamps)
        _attach(out, attached)
        target = BytesIO()
        out.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            linearize=False,
        )
        return Document(target.getvalue(), len(out.pages))


def _take_in(out: Pdf, one: Inserted, at: int, structure: "_Structure") -> int:
    """Copy the pages and the structure; how many pages they are."""
    with Pdf.open(BytesIO(one.content)) as source:
        for index, page in enumerate(source.pages):
            out.pages.insert(at + index, page)
        count = len(source.pages)
        structure.take_in(out, source, one, [out.pages[at + index].obj for index in range(count)])
    return count


class _Structure:
    """The structure tree of the frame, into which those of others grow (ISO 32000-1, 14.7)."""

    def __init__(self, out: Pdf) -> None:
        self.out = out
        self.root = out.Root.StructTreeRoot
        self.document = self.root.K[0] if isinstance(self.root.K, Array) else self.root.K
        self.numbers: list[Any] = list(self.root.ParentTree.Nums)
        self.elements: list[Any] = list(self.document.K)
        self.pages = [page.obj.objgen for page in out.pages]

    def take_in(self, out: Pdf, source: Pdf, one: Inserted, pages: list[Any]) -> None:
        theirs = out.copy_foreign(source.Root.StructTreeRoot)
        offset = self._next()
        for number, value in _pairs(theirs.ParentTree.Nums):
            self.numbers += [number + offset, value]
        for page in pages:
            page.StructParents = int(page.StructParents) + offset
            for annotation in page.get("/Annots", []):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + offset
        part = theirs.K[0] if isinstance(theirs.K, Array) else theirs.K
        part.S, part.P, part.T = Name.Part, self.document, String(one.title)
        part.Pg = pages[0]
        _own_keys(part, one.key)
        later = set(self.pages[one.before :])
        self.elements.insert(
            next((i for i, own in enumerate(self.elements) if own.Pg.objgen in later), len(self.elements)),
            part,
        )

    def _next(self) -> int:
        return max((int(number) for number, _ in _pairs(self.numbers)), default=-1) + 1

    def finish(self) -> None:
        self.document.K = Array(self.elements)
        self.root.ParentTree = self.out.make_indirect(Dictionary(Nums=Array(self.numbers)))
        self.root.ParentTreeNextKey = self._next()
        named = sorted(
            (bytes(element.ID), element) for element in elements_of(self.document) if "/ID" in element
        )
        flat = [value for key, element in named for value in (String(key.decode()), element)]
        if flat:
            self.root.IDTree = self.out.make_indirect(Dictionary(Names=Array(flat)))


def _pairs(numbers: Any) -> list[tuple[int, Any]]:
    whole = list(numbers)
    return [(int(key), value) for key, value in zip(whole[::2], whole[1::2], strict=True)]


def elements_of(element: Any) -> list[Any]:
    """This structure element and all below it, in reading order."""
    found, waiting = [], [element]
    while waiting:
        one = waiting.pop()
        found.append(one)
        kids = one.get("/K", [])
        listed = list(kids) if isinstance(kids, Array) else [kids]
        waiting += [kid for kid in reversed(listed) if isinstance(kid, Dictionary) and "/S" in kid]
    return found


def _own_keys(part: Any, key: str) -> None:
    """Cells are named within their own document only: the name of the document makes them the file's."""
    for element in elements_of(part):
        if "/ID" in element:
            element.ID = String(f"{key}-{element.ID}")
        attributes = element.get("/A")
        if isinstance(attributes, Dictionary) and "/Headers" in attributes:
            attributes.Headers = Array([String(f"{key}-{header}") for header in attributes.Headers])


def _lead_to(out: Pdf, places: Mapping[str, int]) -> None:
    """Links between the parts become links within the file; every annotation is one that is printed."""
    for page in out.pages:
        for annotation in page.obj.get("/Annots", []):
            annotation.F = _PRINTED
            address = str(annotation.A.URI) if "/A" in annotation and "/URI" in annotation.A else ""
            if address.startswith(PLACE):
                name = address.removeprefix(PLACE)
                if name not in places:
                    raise CannotAssemble(f"A link leads to {name}, which is nowhere.")
                to = out.pages[places[name] - 1].obj
                annotation.Dest = Array([to, Name.XYZ, 0, to.MediaBox[3], 0])
                del annotation.A


def _outline(out: Pdf, entries: Sequence[tuple[Inserted, int]]) -> None:
    """What was put in stands in the outline among the parts of the frame."""
    numbers = {page.obj.objgen: number for number, page in enumerate(out.pages)}
    with out.open_outline() as outline:
        for one, page in entries:
            root = outline.root
            at = next((i for i, item in enumerate(root) if _page_of(item, numbers) > page), len(root))
            root.insert(at, OutlineItem(one.title, page, "Fit"))


def _page_of(item: OutlineItem, numbers: dict[Any, int]) -> int:
    where = item.destination
    if isinstance(where, Array):
        return numbers.get(where[0].objgen, -1)
    return where if isinstance(where, int) else -1


def _stamp(out: Pdf, stamps: bytes) -> None:
    """Draw the stamps over the pages as artifacts: they are no part of what is read aloud (ISO 32000-1, 14.8.2.2)."""
    with Pdf.open(BytesIO(stamps)) as drawn:
        if len(drawn.pages) != len(out.pages):
            raise CannotAssemble(f"{len(drawn.pages)} stamps for {len(out.pages)} pages.")
        before = out.make_indirect(Stream(out, b"q\n"))
        for number, (page, stamp) in enumerate(zip(out.pages, drawn.pages, strict=True), 1):
            name = f"/Stamp{number}"
            form = out.copy_foreign(stamp.as_form_xobject(handle_transformations=False))
            page.obj.Resources = _with_stamp(page.obj.Resources, name, form)
            after = Stream(
                out, f"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q {name} Do Q EMC\n".encode()
            )
            contents = page.obj.Contents
            body = list(contents) if isinstance(contents, Array) else [contents]
            page.obj.Contents = Array([before, *body, out.make_indirect(after)])


def _with_stamp(resources: Any, name: str, form: Any) -> Dictionary:
    """A page's own resources: what is shared with other pages stays as it is."""
    own = Dictionary({key: value for key, value in resources.items() if key != "/XObject"})
    pictures = dict(resources.get("/XObject", Dictionary()).items())
    own.XObject = Dictionary(pictures | {name: form})
    return own


def _attach(out: Pdf, attached: Sequence[Attached]) -> None:
    """Files with their relationship to the document, by name (ISO 19005-3, 6.8)."""
    specs = []
    for one in sorted(attached, key=lambda one: one.name):
        file = Stream(out, one.content)
        file.Type, file.Subtype = Name.EmbeddedFile, Name(f"/{one.media_type}")
        file.Params = Dictionary(
            Size=len(one.content),
            ModDate=String(one.modified.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")),
            CheckSum=String(hashlib.md5(one.content, usedforsecurity=False).digest()),
        )
        spec = Dictionary(
            Type=Name.Filespec,
            F=String(one.name),
            UF=String(one.name),
            Desc=String(one.description),
            AFRelationship=Name(f"/{one.relationship}"),
        )
        spec.EF = Dictionary(F=out.make_indirect(file), UF=out.make_indirect(file))
        specs.append((one.name, out.make_indirect(spec)))
    if not specs:
        return
    if "/Names" not in out.Root:
        out.Root.Names = Dictionary()
    flat = [value for name, spec in specs for value in (String(name), spec)]
    out.Root.Names.EmbeddedFiles = out.make_indirect(Dictionary(Names=Array(flat)))
    out.Root.AF = Array([spec for _, spec in specs])


def attached_in(content: bytes) -> dict[str, bytes]:
    """The files that a PDF carries, by name. Raises CannotAssemble where it is no PDF that can be read."""
    try:
        with Pdf.open(BytesIO(content)) as pdf:
            return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
    except pikepdf.PdfError as error:
        raise CannotAssemble("This is no PDF that can be read.") from error
