"""Exceptions: the reason of one, and a month of a clinic's."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_appointment
from courses.models import Appointment, ExceptionNote
from courses.progress import services
from courses.progress.due import outcomes_due
from courses.progress.exception_rows import others_without_reason
from courses.progress.forms import WhyForm
from courses.progress.month_page import month_page
from courses.progress.unexplained import by_course
from courses.progress.views import about
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal

READS_MONTHS = (*CLINICAL, Role.ADMINISTRATOR)
#: What nobody explained of so many courses stands on one page of a month.
COURSES_A_PAGE = 20


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def explain(request: StaffRequest, code: str, parameter: str) -> HttpResponse:
    """Choose why this hour differs in this parameter."""
    if parameter not in ExceptionNote.Parameter.values:
        raise NotFound(_("There is no such parameter. Open the reason from the course's page."))
    hour, now = get_appointment(request.clinic, code), timezone.now()
    known = ExceptionNote.objects.filter(appointment=hour, parameter=parameter).select_related("by").first()
    others = others_without_reason(hour, parameter)
    initial = {"why": known.why, "text": known.text} if known else {}
    form = WhyForm(posted(request), initial=initial, others=others)
    if request.method == "POST":
        require_same_patient(request, hour.course.patient)
        if form.is_valid() and _explained(request, form, hour, parameter):
            return redirect(f"{hour.course.get_absolute_url()}#exceptions-title")
    context = {
        **about(hour.course, now),
        "hour": hour,
        "session": getattr(hour, "session", None),
        "form": form,
        "known": known,
        "parameter": parameter,
        "label": ExceptionNote.Parameter(parameter).label,
    }
    return render(request, "courses/progress/explain.html", context)


def _explained(request: StaffRequest, form: WhyForm, hour: Appointment, parameter: str) -> bool:
    also = form.cleaned_data["also"]
    hours = [hour, *Appointment.objects.filter(course=hour.course, code__in=also)]
    try:
        services.explain_exceptions(
            appointments=hours,
            parameter=parameter,
            why=form.cleaned_data["why"],
            text=form.cleaned_data["text"],
            actor=request.user,
            now=timezone.now(),
        )
    except InvalidInput as error:
        show_refusal(form, error)
        return False
    said = ngettext("The reason is saved.", "The reason is saved for %(n)d hours.", len(hours))
    messages.success(request, said % {"n": len(hours)})
    return True


@require_GET
@staff_view(*READS_MONTHS)
def month(request: StaffRequest) -> HttpResponse:
    """A month of the clinic: how often each parameter was beyond its threshold, and why; ``?month=2026-11``."""
    today = request.clinic.day_of(timezone.now())
    first = _first_day(request.GET.get("month", ""), today)
    page = month_page(request.clinic, first, today)
    courses = Paginator(by_course(page.unexplained), COURSES_A_PAGE).get_page(request.GET.get("page"))
    can_explain = bool(request.roles & set(CLINICAL))
    context = {"page": page, "courses": courses, "page_obj": courses, "can_explain": can_explain}
    return render(request, "courses/progress/month.html", context)


@require_GET
@staff_view(*CLINICAL)
def due(request: StaffRequest) -> HttpResponse:
    """Outcomes that are due at the clinic, the longest due first."""
    return render(
        request, "courses/progress/due.html", {"items": outcomes_due(request.clinic, timezone.now())}
    )


def _first_day(text: str, today: date) -> date:
    """The first day of the month that is asked for; of this month without, or of one that has not come."""
    try:
        asked = date.fromisoformat(f"{text}-01") if text else today
    except ValueError as error:
        raise NotFound(_("Write the month as year and month, such as 2026-11.")) from error
    return min(asked, today).replace(day=1)
