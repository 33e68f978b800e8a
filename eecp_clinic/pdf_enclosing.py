"""Papers of others on pages of ours: each page of a PDF, or a picture, drawn where a document left room for it.

The document has a blank picture of one point there, tagged as a figure with a text of its own; what it draws is replaced.
A paper's pages keep their content and lose what only a screen shows. Whether they keep to PDF/A is known of scans, which
hold nothing but pictures in plain colours, and said by files that claim it; of others it is not known, and then the
whole file does not claim it (ISO 19005-3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image

from eecp_clinic.pdf import CannotAssemble

PDF, JPEG = "application/pdf", "image/jpeg"
#: Of the room for one page, width over height: as ``static/css/frame.css`` has it in mm.
ROOM = 180 / 212
#: Colour and filters that PDF/A-3 allows beside an sRGB output intent (ISO 19005-2, 6.1.7 and 6.2.4).
_PLAIN_COLOURS = {"/DeviceRGB", "/DeviceGray", "/CalRGB", "/CalGray", "/ICCBased", "/Indexed"}
_PLAIN_FILTERS = {"/DCTDecode", "/FlateDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/RunLengthDecode"}
#: What the content of a scan may do: place pictures, draw and clip paths, in grey or RGB.
_PLAIN_OPERATORS = {"q", "Q", "cm", "gs", "Do", "re", "m", "l", "h", "w", "W", "W*", "n", "f", "F", "f*"}
_PLAIN_OPERATORS |= {"S", "s", "g", "G", "rg", "RG", "BMC", "BDC", "EMC"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a paper is: how many pages, and whether they are known to keep to PDF/A."""

    pages: int
    is_archival: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """One paper, and the pages (from 1) of the document that have room for its pages, in order."""

    content: bytes
    content_type: str
    pages: Sequence[int]


def look(content: bytes, content_type: str) -> Looked:
    """Raises CannotAssemble where the file cannot be read."""
    try:
        if content_type != PDF:
            with Image.open(BytesIO(content)) as picture:
                picture.verify()
            return Looked(1, is_archival=True)
        with Pdf.open(BytesIO(content)) as pdf:
            return Looked(len(pdf.pages), _claims_it(pdf) or all(_is_scan(page) for page in pdf.pages))
    except (pikepdf.PdfError, OSError) as error:
        raise CannotAssemble("The stored file cannot be read.") from error


def _claims_it(pdf: Pdf) -> bool:
    with pdf.open_metadata() as metadata:
        return str(metadata.get("pdfaid:part", "")) in {"1", "2", "3"}


def _is_scan(page: pikepdf.Page) -> bool:
    resources = page.obj.get("/Resources", Dictionary())
    if "/Font" in resources or "/Shading" in resources or "/Pattern" in resources or "/Annots" in page.obj:
        return False
    operators = {str(step.operator) for step in pikepdf.parse_content_stream(page)}
    return operators <= _PLAIN_OPERATORS and all(
        _is_plain(one) for one in resources.get("/XObject", Dictionary()).values()
    )


def _is_plain(image: Any) -> bool:
    """A picture whose colours and packing PDF/A takes; a form is none."""
    if image.get("/Subtype") != Name.Image or "/Alternates" in image or "/OPI" in image:
        return False
    space = image.get("/ColorSpace", Name.DeviceGray)
    family = space if isinstance(space, Name) else space[0]
    base = space[1] if family == Name.Indexed else space
    if family == Name.Indexed and str(base if isinstance(base, Name) else base[0]) not in _PLAIN_COLOURS:
        return False
    filters = image.get("/Filter", [])
    names = {str(filters)} if isinstance(filters, Name) else {str(one) for one in filters}
    return str(family) in _PLAIN_COLOURS and names <= _PLAIN_FILTERS


def enclose(document: bytes, placed: Sequence[Placed], *, archival: bool) -> bytes:
    """``document`` with the papers in their places; without its claim to PDF/A where ``archival`` is False."""
    with Pdf.open(BytesIO(document)) as out:
        for one in placed:
            for number, drawn in zip(one.pages, _drawings(out, one), strict=True):
                _put(out, out.pages[number - 1].obj, drawn)
        if not archival:
            with out.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                for name in ("pdfaid:part", "pdfaid:conformance", "pdfaid:rev"):
                    if name in metadata:
                        del metadata[name]
        target = BytesIO()
        out.save(target, deterministic_id=True)
        return target.getvalue()


def _drawings(out: Pdf, one: Placed) -> Iterator[Any]:
    """For each page a form within the unit square, upright, whole and in the middle."""
    if one.content_type != PDF:
        with Image.open(BytesIO(one.content)) as picture:
            yield _fitted(out, _image(out, one, picture), (0, 0, picture.width, picture.height), picture.size)
        return
    with Pdf.open(BytesIO(one.content)) as source:
        source.generate_appearance_streams()
        source.flatten_annotations("print")
        for page in source.pages:
            form = out.copy_foreign(page.as_form_xobject())
            yield _fitted(out, form, _box_of(form), (1, 1))


def _image(out: Pdf, one: Placed, picture: Image.Image) -> Stream:
    colours = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray}.get(picture.mode)
    jpeg = one.content_type == JPEG and colours is not None  # others, such as four inks, are drawn in RGB
    image = Stream(out, one.content if jpeg else picture.convert("RGB").tobytes())
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.ColorSpace = colours if jpeg else Name.DeviceRGB
    image.Width, image.Height, image.BitsPerComponent = picture.width, picture.height, 8
    if jpeg:
        image.Filter = Name.DCTDecode
    return image


def _box_of(form: Any) -> tuple[float, float, float, float]:
    """Where the form draws: its box, turned as the page is shown."""
    a, b, c, d, e, f = (float(value) for value in form.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    left, low, right, high = (float(value) for value in form.BBox)
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (low, high)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _fitted(out: Pdf, drawn: Any, box: Sequence[float], unit: tuple[float, float]) -> Any:
    """``drawn`` covers ``box`` when its own coordinates are stretched by ``unit`` (a picture's are its whole size)."""
    left, low, right, high = box
    width, height = max(right - left, 1e-6), max(high - low, 1e-6)
    scale = min(ROOM / width, 1 / height)
    across, up = scale / ROOM, scale
    x, y = (1 - width * across) / 2 - left * across, (1 - height * up) / 2 - low * up
    matrix = " ".join(f"{value:.8f}" for value in (across * unit[0], 0, 0, up * unit[1], x, y))
    form = Stream(out, f"q {matrix} cm /Paper Do Q".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 1, 1]
    form.Resources = Dictionary(XObject=Dictionary(Paper=out.make_indirect(drawn)))
    return out.make_indirect(form)


def _put(out: Pdf, page: Any, drawn: Any) -> None:
    """In place of the page's blank picture; resources that it shares with other pages stay as they are."""
    shared = page.Resources
    blank = [
        name
        for name, one in shared.get("/XObject", Dictionary()).items()
        if one.get("/Subtype") == Name.Image and (one.Width, one.Height) == (1, 1)
    ]
    if not blank:
        raise CannotAssemble("The page has no room for a paper.")
    own = Dictionary({key: value for key, value in shared.items() if key != "/XObject"})
    own.XObject = Dictionary({**dict(shared.XObject.items()), **dict.fromkeys(blank, drawn)})
    page.Resources = own
