"""The rows of an hour that a page has sixty of, written here and not by a template's loop.

``{% minute_links session report %}`` are the minutes of a report as links, ``{% flowsheet_rows session readings may_chart %}`` the rows of the flowsheet. As
loops they took more than half of the session page's time, most of it to look up an address for every row.
"""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from courses.models import Session
from courses.treatment.flowsheet import FlowRow
from courses.treatment.report_section import ReportSection
from eecp_clinic.markup import shown

register = template.Library()

#: Columns of the flowsheet, with the time and the note.
COLUMNS = 10
_STRUCK = ' class="is-struck"'


@register.simple_tag
def minute_links(session: Session, report: ReportSection) -> SafeString:
    """Letter, colour and words of each minute say the same; the one that is open is marked."""
    before = reverse("courses:session-minute", args=[session.code, report.code, 0]).removesuffix("0/")
    opened = report.panel.line.minute if report.panel is not None else None
    return format_html_join(
        "\n",
        '<li class="cell {0}"><a href="{1}#minute" hx-get="{1}" title="{2}" aria-label="{2}"{3}><span aria-hidden="true">{4}</span></a></li>',
        (
            (
                line.cell.css,
                f"{before}{line.minute}/",
                line.cell.title,
                SafeString(' aria-current="true"') if line.minute == opened else "",
                line.cell.letter,
            )
            for line in report.minutes
        ),
    )


@register.simple_tag
def flowsheet_rows(session: Session, readings: Iterable[FlowRow], may_chart: object) -> SafeString:
    """The readings by time, and the stretches without one; who may chart gets the way to strike each."""
    strike = None
    if may_chart and not session.is_signed:
        strike = reverse("courses:session-strike", args=[session.code, "reading", 0]).removesuffix("0/")
    rows = "\n".join(_row(row, strike) for row in readings)
    return SafeString(
        rows or f'<tr><td colspan="{COLUMNS}" class="unknown">{shown(_("No reading yet"))}</td></tr>'
    )


def _row(row: FlowRow, strike: str | None) -> str:
    if row.unread:
        return f'<tr class="is-unread"><td colspan="{COLUMNS}">{shown(row.unread)}</td></tr>'
    note = f'<span class="what">{shown(row.note)}</span>{shown(row.note_amended)}'
    return (
        f'<tr{_STRUCK if row.struck else ""}><th scope="row">{shown(row.time)}</th>{row.cells_html}'
        f'<td class="note">{note} <small>{shown(row.by)}{_end(row, strike)}</small></td></tr>'
    )


def _end(row: FlowRow, strike: str | None) -> str:
    if row.struck:
        return f" <b>{shown(row.struck)}</b>"
    if strike is None:
        return ""
    return (
        f' · <a href="{strike}{row.number}/" aria-label="{shown(row.strike_label)}">{shown(_("Strike"))}</a>'
    )
