"""What a PDF does by itself, taken out (ISO 32000-2, 12.6 Actions, 7.11.4 Embedded files, 12.7.8 XFA).

Pure but for the document in hand, which is changed.
"""

from collections.abc import Iterator
from enum import StrEnum

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream


class Removed(StrEnum):
    """What was found; the last two are never only taken out: whoever asked refuses the file."""

    SCRIPT = "script"
    AT_OPENING = "at_opening"
    ACTION = "action"
    MEDIA = "media"
    FILES = "files"
    DYNAMIC_FORM = "dynamic_form"


SENTENCES = {
    Removed.SCRIPT: "a script",
    Removed.AT_OPENING: "what would start by itself",
    Removed.ACTION: "actions that open programs or send data",
    Removed.MEDIA: "sound, film or 3D",
}
#: Kinds of action that only move within the document or name a web address stay; a reader asks before it follows one.
_HARMLESS = {"/GoTo", "/URI", "/Named", "/Thread", "/Hide", "/SetOCGState", "/Trans"}
_SCRIPTS = {"/JavaScript", "/JS"}
_MEDIA = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_DEEPEST = 100


def take_out_actions(pdf: pikepdf.Pdf) -> set[Removed]:
    """Change ``pdf`` so that it does nothing by itself; what was found."""
    found: set[Removed] = set()
    for holder in _dictionaries(pdf):
        found |= _clean(holder)
    return found


def _clean(holder: Dictionary | Stream) -> set[Removed]:
    found: set[Removed] = set()
    for key, removed in (
        ("/OpenAction", Removed.AT_OPENING),
        ("/AA", Removed.AT_OPENING),
        ("/JavaScript", Removed.SCRIPT),
        ("/JS", Removed.SCRIPT),
        ("/EmbeddedFiles", Removed.FILES),
        ("/AF", Removed.FILES),
        ("/EF", Removed.FILES),
        ("/XFA", Removed.DYNAMIC_FORM),
        ("/RichMediaContent", Removed.MEDIA),
    ):
        if key in holder and not _only_moves(holder, key):
            del holder[key]
            found.add(removed)
    kind = str(holder.get("/S", ""))
    if _is_action(holder, kind) and kind not in _HARMLESS:
        found.add(Removed.SCRIPT if kind in _SCRIPTS else Removed.ACTION)
        for key in list(holder.keys()):
            del holder[key]
        # An action that goes nowhere is still one, so that what points here stays whole.
        holder["/S"], holder["/N"] = Name("/Named"), Name("/FirstPage")
    if str(holder.get("/Subtype", "")) in _MEDIA:
        holder["/Subtype"] = Name("/Link")
        found.add(Removed.MEDIA)
    return found


def _only_moves(holder: Dictionary | Stream, key: str) -> bool:
    """Opening at a page is not an action that does something."""
    if key != "/OpenAction":
        return False
    value = holder[key]
    return isinstance(value, Array) or (isinstance(value, Dictionary) and str(value.get("/S", "")) == "/GoTo")


def _is_action(holder: Dictionary | Stream, kind: str) -> bool:
    """Other dictionaries have an /S too: of these only actions have one of the kinds of action."""
    known = (
        _HARMLESS
        | _SCRIPTS
        | {
            "/Launch",
            "/SubmitForm",
            "/ImportData",
            "/ResetForm",
            "/GoToR",
            "/GoToE",
            "/GoTo3DView",
            "/GoToDp",
            "/Rendition",
            "/RichMediaExecute",
            "/Movie",
            "/Sound",
        }
    )
    return str(holder.get("/Type", "/Action")) == "/Action" and kind in known


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Dictionary | Stream]:
    """Every dictionary of the document: each indirect object, and what lies within it directly."""
    yield from _within(pdf.trailer, 0)
    for item in pdf.objects:
        yield from _within(item, 0)


def _within(item: Object, depth: int) -> Iterator[Dictionary | Stream]:
    if depth > _DEEPEST:
        raise RecursionError("nested deeper than any page is")
    if isinstance(item, Dictionary | Stream):
        yield item
        inner = (
            list(item.as_dict().values()) if isinstance(item, Dictionary) else [v for _, v in item.items()]
        )
    elif isinstance(item, Array):
        inner = list(item.as_list())
    else:
        return
    for value in inner:
        if isinstance(value, Object) and not value.is_indirect:
            yield from _within(value, depth + 1)
