"""The sheet of a signed session: watched while it is made, opened to read, print or keep."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_session
from courses.billing import services
from courses.billing.access import get_sheet
from courses.treatment.signed_page import sheet_parts
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient

READS = (*CLINICAL, Role.BILLING, Role.ADMINISTRATOR)


@require_GET
@staff_view(*READS)
def status(request: StaffRequest, code: str) -> HttpResponse:
    """How far it is; the fragment asks again by itself until it is there or has failed."""
    session = get_session(request.clinic, code)
    if not request.htmx:
        return redirect(session)
    context = {"session": session, "patient": session.course.patient, **sheet_parts(session)}
    return render(request, "courses/treatment/_session_sheet.html", context)


@require_POST
@staff_view(*READS)
def retry(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    require_same_patient(request, session.course.patient)
    services.retry_sheet(session=session, actor=request.user, now=timezone.now())
    return redirect(session)


@require_GET
@staff_view(*READS)
def download(request: StaffRequest, code: str, version: int) -> HttpResponse:
    """Shown by the browser itself, which prints or keeps it."""
    sheet = get_sheet(request.clinic, code, version)
    content = services.hand_out_sheet(sheet=sheet, actor=request.user, now=timezone.now())
    name = f"eecp-session-{code}-{version}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
