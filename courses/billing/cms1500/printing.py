"""Pages as a PDF for bought red forms: data alone, in Courier 12 on the form's grid. PURE.

Courier is one of the fourteen fonts that every reader of PDF has, and its letters are exactly one column wide, so what
is printed falls where a line printer would put it. The same pages give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from courses.billing.cms1500.boxes import BOXES
from courses.billing.cms1500.paper import Page

POINTS_A_MM = 72 / 25.4
_LETTER = (612, 792)
_FONT_POINTS = 12


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a printer is to move everything: millimetres to the right and down, each within 20."""

    right_mm: float = 0.0
    down_mm: float = 0.0

    def __post_init__(self) -> None:
        if max(abs(self.right_mm), abs(self.down_mm)) > 20:
            raise ValueError("Move the print by at most 20 mm; for more, reload the paper.")


def print_pages(pages: Sequence[Page], offset: Offset | None = None) -> bytes:
    """One PDF page a form."""
    return _pdf([page.texts for page in pages], offset or Offset())


def alignment_page(offset: Offset | None = None) -> bytes:
    """A page that fills every box with its own number, to be laid over a form and held against the light."""
    return _pdf([{key: _filled(key, box.width) for key, box in BOXES.items()}], offset or Offset())


def _filled(key: str, width: int) -> str:
    """'1A------': where the box begins, which it is, where it ends."""
    number = key.split()[0].upper()
    return "X" if width == 1 else number.ljust(width, "-")[:width]


def _pdf(forms: Sequence[dict[str, str]], offset: Offset) -> bytes:
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier, Encoding=Name.WinAnsiEncoding)
    )
    for texts in forms:
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, *_LETTER]),
            Resources=Dictionary(Font=Dictionary(F1=font)),
            Contents=pdf.make_stream(_drawn(texts, offset)),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    target = BytesIO()
    pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _drawn(texts: dict[str, str], offset: Offset) -> bytes:
    """The drawing commands of one page: each text at its place."""
    right, down = offset.right_mm * POINTS_A_MM, offset.down_mm * POINTS_A_MM
    commands = ["BT", f"/F1 {_FONT_POINTS} Tf"]
    for key, text in texts.items():
        box = BOXES[key]
        commands.append(f"1 0 0 1 {box.x + right:.2f} {box.y - down:.2f} Tm ({_escaped(text)}) Tj")
    return "\n".join([*commands, "ET"]).encode("ascii")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
