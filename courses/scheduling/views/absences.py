"""The days on which a patient cannot come, entered where the course is planned."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.scheduling.services.absences import add_absence, remove_absence
from courses.scheduling.week_forms import AbsenceForm
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient


@require_POST
@staff_view(*CLINICAL, Role.FRONT_DESK)
def add(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    form = AbsenceForm(request.POST)
    form.instance.patient = course.patient
    if not form.is_valid():
        context = {
            "course": course,
            "patient": course.patient,
            "banner": course_banner(course, timezone.now()),
            "form": form,
        }
        return render(request, "courses/scheduling/absence.html", context, status=422)
    add_absence(absence=form.instance, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Noted. Proposals leave these days out from now on."))
    return redirect("courses:plan", course.code)


@require_POST
@staff_view(*CLINICAL, Role.FRONT_DESK)
def remove(request: StaffRequest, code: str, number: int) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    absence = get_object_or_404(course.patient.absences, pk=number)
    remove_absence(absence=absence, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Removed. These days are used again."))
    return redirect("courses:plan", course.code)
