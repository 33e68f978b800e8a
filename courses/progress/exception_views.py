"""Exceptions: the reason of one, and a month of a clinic's."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_appointment
from courses.models import ExceptionNote
from courses.progress import services
from courses.progress.due import outcomes_due
from courses.progress.forms import WhyForm
from courses.progress.month_page import month_page
from courses.progress.views import about
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal

READS_MONTHS = (*CLINICAL, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def explain(request: StaffRequest, code: str, parameter: str) -> HttpResponse:
    """Choose why this hour differs in this parameter."""
    if parameter not in ExceptionNote.Parameter.values:
        raise NotFound(_("There is no such parameter. Open the reason from the course's page."))
    hour, now = get_appointment(request.clinic, code), timezone.now()
    known = ExceptionNote.objects.filter(appointment=hour, parameter=parameter).select_related("by").first()
    form = WhyForm(posted(request), initial={"why": known.why, "text": known.text} if known else {})
    if request.method == "POST":
        require_same_patient(request, hour.course.patient)
        if form.is_valid():
            try:
                services.explain_exception(
                    appointment=hour, parameter=parameter, **form.cleaned_data, actor=request.user, now=now
                )
            except InvalidInput as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The reason is saved."))
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


@require_GET
@staff_view(*READS_MONTHS)
def month(request: StaffRequest) -> HttpResponse:
    """A month of the clinic: how often each parameter was beyond its threshold, and why; ``?month=2026-11``."""
    today = request.clinic.day_of(timezone.now())
    first = _first_day(request.GET.get("month", ""), today)
    page = month_page(request.clinic, first, today)
    context = {"page": page, "can_explain": bool(request.roles & set(CLINICAL))}
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
