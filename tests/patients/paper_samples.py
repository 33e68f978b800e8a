"""Small invented papers, good and bad."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

Edit = Callable[[Pdf], None]


def pdf_of(edit: Edit | None = None, **save: object) -> bytes:
    """One empty page, changed by ``edit``; the same bytes every time."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    if edit:
        edit(pdf)
    written = io.BytesIO()
    if "encryption" not in save:  # a locked file's id is part of its lock
        save["deterministic_id"] = True
    pdf.save(written, **save)  # type: ignore[arg-type]
    return written.getvalue()


def picture_of(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **save: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, kind, **save)
    return written.getvalue()


def runs_a_script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def names_a_script(pdf: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def launches_a_program(pdf: Pdf) -> None:
    action = pdf.make_indirect(Dictionary(S=Name.Launch, F=String("cmd.exe")))
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)])


def reacts_on_its_page(pdf: Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def links_to_the_web(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://clinic.example.org"))
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)])


def opens_at_its_page(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])


def carries_a_file(pdf: Pdf) -> None:
    pdf.attachments["report.exe"] = b"MZ"


def is_drawn_by_a_program(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(XFA=Array([]), Fields=Array([]))
