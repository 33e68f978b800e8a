"""The clinic's figures: the page, the rows behind each, and the table."""

import csv
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from courses.months import months_after
from courses.progress.clinic_figures import DEFINITIONS
from courses.progress.figure_facts import Period
from courses.progress.figure_rows import rows_of
from courses.progress.figure_words import MEANINGS, NAMES
from courses.progress.figures_page import counted, csv_rows, figures_page
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

READS_FIGURES = (*CLINICAL, Role.ADMINISTRATOR)
#: Who answers for the work of nurses may see them beside each other.
SEES_NURSES = {Role.PHYSICIAN, Role.ADMINISTRATOR}
USUAL_MONTHS, MOST_MONTHS, ROWS_A_PAGE = 12, 60, 50


@require_GET
@staff_view(*READS_FIGURES)
def figures(request: StaffRequest) -> HttpResponse:
    """Twelve months, or ``?from=2025-12&to=2026-11``."""
    period = period_of(request)
    page = figures_page(period, nurses=bool(request.roles & SEES_NURSES))
    context = {
        "page": page,
        "can_follow": True,
        "can_export": bool(request.roles & {Role.PHYSICIAN, Role.ADMINISTRATOR}),
        "spans": [(count, _span(period, count, request)) for count in (3, 12, 36)],
        "earlier": _query(months_after(period.first, -len(period.months)), len(period.months)),
    }
    return render(request, "courses/progress/figures.html", context)


@require_GET
@staff_view(*READS_FIGURES)
def figure_csv(request: StaffRequest) -> HttpResponse:
    """The same figures as a table, by the same definitions and with the same cells hidden."""
    period = period_of(request)
    found = counted(period, nurses=bool(request.roles & SEES_NURSES))
    name = f"clinic-figures-{period.months[0]:%Y-%m}-to-{period.months[-1]:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    csv.writer(answer).writerows(csv_rows(found, period))
    return answer


@require_GET
@staff_view(*READS_FIGURES)
def figure_rows(request: StaffRequest, figure: str) -> HttpResponse:
    """Every course, session or hour behind a figure, and what each adds to it."""
    definition = DEFINITIONS.get(figure)
    if definition is None:
        raise NotFound(_("There is no such figure. Open it from the clinic's figures."))
    period = period_of(request)
    found = rows_of(definition, period)
    page = Paginator(found.found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "name": NAMES[figure],
        "meaning": MEANINGS[figure],
        "period": period,
        "last": period.months[-1],
        "device": period.clinic.devices.filter(code=period.device).first() if period.device else None,
        "columns": found.columns,
        "rows": found.write(list(page.object_list)),
        "page_obj": page,
    }
    return render(request, "courses/progress/figure_rows.html", context)


def period_of(request: StaffRequest) -> Period:
    """The months that are asked for, of this clinic; not later than this month."""
    this = request.clinic.day_of(timezone.now()).replace(day=1)
    last = min(_month(request.GET.get("to", ""), this), this)
    first = _month(request.GET.get("from", ""), months_after(last, 1 - USUAL_MONTHS))
    if first > last or months_after(first, MOST_MONTHS) <= last:
        raise InvalidInput(
            _("Ask for months in order, at most %(most)d of them, such as ?from=2025-12&to=2026-11.")
            % {"most": MOST_MONTHS}
        )
    return Period(request.clinic, first, months_after(last, 1), request.GET.get("device", ""))


def _month(text: str, usual: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text else usual
    except ValueError as error:
        raise InvalidInput(_("Write the month as year and month, such as 2026-11.")) from error


def _span(period: Period, months: int, request: StaffRequest) -> str:
    """The address of as many months up to now; '' where these are shown."""
    this = request.clinic.day_of(timezone.now()).replace(day=1)
    shown = len(period.months) == months and period.months[-1] == this
    return "" if shown else _query(months_after(this, 1 - months), months)


def _query(first: date, months: int) -> str:
    return f"?from={first:%Y-%m}&to={months_after(first, months - 1):%Y-%m}"
