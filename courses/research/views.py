"""Research exports of a course: asked for, watched while they are made, downloaded."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_course
from courses.banner import course_banner
from courses.research import services
from courses.research.access import get_export
from courses.research.forms import ExportForm
from courses.research.tables import pseudonym_of
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import require_same_patient


@require_http_methods(["GET", "POST"])
@staff_view(*services.MAKES)
def of_course(request: StaffRequest, code: str) -> HttpResponse:
    """The exports that there are, and the form for another."""
    course, now = get_course(request.clinic, code), timezone.now()
    form = ExportForm(request.POST or None)
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            export = services.request_export(
                course=course,
                reason=form.cleaned_data["reason"],
                deidentified=form.cleaned_data["deidentified"],
                actor=request.user,
                now=now,
            )
            return redirect(export)
    context = {
        "course": course,
        "patient": course.patient,
        "banner": course_banner(course, now),
        "form": form,
        "exports": course.research_exports.select_related("requested_by"),
    }
    return render(request, "courses/research/course.html", context, status=422 if form.errors else 200)


@require_GET
@staff_view(*services.MAKES)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    """How far it is; the fragment asks again by itself until it is ready or has failed."""
    export = get_export(request.clinic, code)
    context: dict[str, Any] = {"export": export, "course": export.course, "patient": export.course.patient}
    if request.htmx:
        return render(request, "courses/research/_status.html", context)
    context["banner"] = course_banner(export.course, timezone.now())
    return render(request, "courses/research/export.html", context)


@require_GET
@staff_view(*services.MAKES)
def download(request: StaffRequest, code: str) -> FileResponse:
    export = get_export(request.clinic, code)
    file = services.hand_out(export=export, actor=request.user, now=timezone.now())
    name = f"eecp-research-{pseudonym_of(export.course)}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
