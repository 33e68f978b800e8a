"""Packets: asked for, watched while they are made, downloaded."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.billing import services
from courses.billing.access import get_packet
from courses.billing.packet.packet_forms import ScopeForm
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient

MAKES = (Role.BILLING, Role.PHYSICIAN)
OPENS = (*MAKES, Role.ADMINISTRATOR)


@require_POST
@staff_view(*MAKES)
def request_one(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    form = ScopeForm(request.POST, course=course)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(course)
    found = services.request_packet(
        course=course, actor=request.user, now=timezone.now(), **form.cleaned_data
    )
    return redirect(found)


@require_GET
@staff_view(*OPENS)
def packet(request: StaffRequest, code: str) -> HttpResponse:
    """How far it is; the fragment asks again by itself until it is ready or has failed."""
    found = get_packet(request.clinic, code)
    context = {
        "packet": found,
        "course": found.course,
        "patient": found.course.patient,
        "is_under_way": found.is_under_way,
        "can_make": bool(request.roles & set(MAKES)),
    }
    if request.htmx:
        return render(request, "courses/billing/_packet_status.html", context)
    context["banner"] = course_banner(found.course, timezone.now())
    return render(request, "courses/billing/packet.html", context)


@require_POST
@staff_view(*MAKES)
def retry(request: StaffRequest, code: str) -> HttpResponse:
    found = get_packet(request.clinic, code)
    services.retry_packet(packet=found, actor=request.user, now=timezone.now())
    return redirect("courses:packet", code)


@require_GET
@staff_view(*OPENS)
def download(request: StaffRequest, code: str) -> HttpResponse:
    found = get_packet(request.clinic, code)
    content = services.hand_out(packet=found, actor=request.user, now=timezone.now())
    name = f"eecp-packet-{found.course.code}-{found.code}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
