"""Uploaded papers, made safe: bytes in, other bytes out, or a sentence.

Neither the name nor the announced type of a file is believed: its first bytes say what it is. A picture is decoded and
written anew, so that nothing but its pixels is left. A PDF is parsed and written anew without whatever acts: scripts,
actions that start at opening, and those that launch, send or fetch. Its pages are not touched, and what was taken out is
said. What would lose content without being noticed is refused instead: a locked file, one that carries other files, and
a dynamic form whose pages are made by a program (XFA).

No antivirus: nothing that a reader would run is kept, so there is nothing for it to find but in the decoders of whoever
opens the file.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

import filetype
import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from patients.pdf_actions import Removed, take_out_actions

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a page at 600 dpi has 33 million
MOST_PAGES = 300
JPEG_QUALITY = 90
PDF = "application/pdf"
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}
_EXTENSIONS = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png"}


class BadPaper(ValueError):
    """A file that cannot be taken; the sentence says what to do instead."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it is stored. ``removed``: codes of ``Removed``, sorted; ``given_sha256`` of what was uploaded."""

    content: bytes
    content_type: str
    pages: int
    given_sha256: str
    removed: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def extension(self) -> str:
        return _EXTENSIONS[self.content_type]


def read_paper(given: bytes, *, pictures_only: bool = False) -> Paper:
    """The safe form of an uploaded file. Raises BadPaper."""
    if not given:
        raise BadPaper("The file is empty. Choose it again, or scan the paper again.")
    if len(given) > MOST_BYTES:
        raise BadPaper(
            f"The file has {len(given) / 1024 / 1024:.0f} MB; at most {MOST_BYTES // 1024 // 1024} MB can be taken. "
            "Scan it at 200 dpi, or split it."
        )
    kind = filetype.guess(given)
    mime = kind.mime if kind else ""
    if mime in _PICTURES:
        return _picture(given, mime)
    if mime == PDF and not pictures_only:
        return _pdf(given)
    wanted = "JPEG or PNG picture" if pictures_only else "PDF, JPEG or PNG"
    raise BadPaper(
        f"By its content this is not a {wanted} file, whatever its name says. Print or scan it as one and choose "
        "that file."
    )


def _picture(given: bytes, mime: str) -> Paper:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb is a warning first
            with Image.open(io.BytesIO(given), formats=[_PICTURES[mime]]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise BadPaper(
                        f"The picture has {opened.width} x {opened.height} pixels. Take it again in less detail."
                    )
                upright = ImageOps.exif_transpose(opened)
                plain = upright.convert("RGB")
    except BadPaper:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Warning,
        Image.DecompressionBombError,
    ) as error:
        raise BadPaper(
            "The picture is damaged and cannot be read to its end. Take or send it again."
        ) from error
    written = io.BytesIO()
    if mime == "image/jpeg":
        plain.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        plain.save(written, "PNG")
    return Paper(written.getvalue(), mime, 1, hashlib.sha256(given).hexdigest())


def _pdf(given: bytes) -> Paper:
    try:
        with pikepdf.open(io.BytesIO(given)) as pdf:
            pages = len(pdf.pages)
            if not 1 <= pages <= MOST_PAGES:
                raise BadPaper(f"The PDF has {pages} pages; 1 to {MOST_PAGES} can be taken. Split it.")
            removed = take_out_actions(pdf)
            if Removed.FILES in removed:
                raise BadPaper(
                    "This PDF carries other files inside it, which would stay hidden here. Open it, save each file "
                    "as a PDF of its own, and upload those."
                )
            if Removed.DYNAMIC_FORM in removed:
                raise BadPaper(
                    "This PDF is a form that a program draws when it is opened. Print it to a new PDF, and upload that."
                )
            written = io.BytesIO()
            pdf.save(written, deterministic_id=True, encryption=False)
    except pikepdf.PasswordError as error:
        raise BadPaper(
            "This PDF is locked with a password. Open it with the password, print it to a new PDF, and upload that."
        ) from error
    except (pikepdf.PdfError, pikepdf.PikepdfError, RecursionError, UnicodeDecodeError) as error:
        raise BadPaper("The PDF is damaged and cannot be read. Print or scan it again.") from error
    sha256 = hashlib.sha256(given).hexdigest()
    return Paper(written.getvalue(), PDF, pages, sha256, tuple(sorted(removed)))
