"""One analysis of a session's recording, and one of its minutes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from courses.access import get_report, get_session
from courses.treatment import page
from courses.treatment.hour_page import analysis_of
from courses.treatment.report_page import report_context
from courses.treatment.report_section import panel_alone, section_of
from courses.treatment.views.replay import REPLAYS
from courses.treatment.views.session import READS
from eecp_clinic.errors import NotFound
from eecp_clinic.roles import StaffRequest, staff_view


@require_GET
@staff_view(*READS)
def detail(request: StaffRequest, code: str, report: str) -> HttpResponse:
    """Any report of the session's recording; htmx gets what the session's page lacks of it, anybody else its page."""
    session = get_session(request.clinic, code)
    found = get_report(session, report)
    if request.htmx:
        rest = {"session": session, "report": section_of(found)} | may_download(request)
        return render(request, "courses/treatment/_report_rest.html", rest)
    context = report_context(page.with_rows(session), section_of(found), timezone.now()) | may_download(
        request
    )
    return render(request, "courses/treatment/report.html", context)


@require_GET
@staff_view(*READS)
def analysis(request: StaffRequest, code: str) -> HttpResponse:
    """For the page of an ended session that waits for its report: the section as it is now. Anybody else gets the page."""
    session = get_session(request.clinic, code)
    if not request.htmx:
        return redirect(session)
    context = {"session": session, **analysis_of(session), **may_download(request)}
    return render(request, "courses/treatment/_analysis.html", context)


@require_GET
@staff_view(*READS)
def minute(request: StaffRequest, code: str, report: str, number: int) -> HttpResponse:
    """What happened in one minute; htmx gets the panel, anybody else the report with the minute open."""
    session = get_session(request.clinic, code)
    found = get_report(session, report)
    if request.htmx:
        panel = panel_alone(found, number)
        if panel is None:
            raise _no_such_minute()
        context = {"session": session, "code": found.code, "panel": panel, **may_download(request)}
        return render(request, "courses/treatment/_report_minute.html", context)
    section = section_of(found, number)
    if section.panel is None:
        raise _no_such_minute()
    context = report_context(page.fetched(session), section, timezone.now()) | may_download(request)
    return render(request, "courses/treatment/report.html", context)


def may_download(request: StaffRequest) -> dict[str, bool]:
    """Whether to lead to the waves; as on the session's page."""
    return {"may_download": bool(request.roles & set(REPLAYS))}


def _no_such_minute() -> NotFound:
    return NotFound(_("The recording has no such minute. Choose one from the strip of its report."))
