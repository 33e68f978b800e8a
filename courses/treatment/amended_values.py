"""A value that was corrected after signing, shown where the value stands: what was signed is struck, never replaced."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from courses.treatment.signed_page import AmendmentShown

#: Corrections by the path of their value (``amendable``), as the page of a signed session has them at hand.
Corrections = Mapping[str, AmendmentShown]
NO_CORRECTIONS: Corrections = MappingProxyType({})


def corrections_of(amendments: Iterable[AmendmentShown]) -> Corrections:
    """Of amendments, oldest first: the last one of each value."""
    return {amendment.path: amendment for amendment in amendments if amendment.path}


def found_at(corrections: Corrections, place: str, names: Iterable[str] = ()) -> list[AmendmentShown]:
    """Those of the values ``names`` of a place such as 'vital_signs/before'; without names all that stand there."""
    paths = [f"{place}/{name}" if place else name for name in names]
    if paths:
        return [corrections[path] for path in paths if path in corrections]
    return [shown for path, shown in corrections.items() if path.startswith(f"{place}/")]


def amended_html(found: Iterable[AmendmentShown], *, named: bool = False) -> SafeString:
    """One line a correction: signed, correct, and the mark that leads to author, time and reason.

    ``named``: it says what it is of, for several values stand there. Else the value above it is the signed one and is struck itself.
    """
    return format_html_join("", "{}", ((_line(shown, named=named),) for shown in found))


def _line(shown: AmendmentShown, *, named: bool) -> SafeString:
    not_known = gettext("Not known")
    return format_html(
        '{}<span class="amended{}">{}<s>{}</s> <b>{}</b> <a href="#amendment-{}" title="{}">{}</a></span>',
        "" if named else SafeString("<br>"),
        "" if named else " is-alone",
        format_html("{}: ", shown.label) if named else "",
        shown.original or not_known,
        shown.corrected or not_known,
        shown.code,
        f"{shown.reason} · {shown.author}, {date_format(localtime(shown.made_at), 'd-M-Y H:i')}",
        gettext("amended %(mark)s") % {"mark": shown.mark},
    )
