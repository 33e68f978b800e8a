"""Other services of the days of a course: what was noted, and the form of the next."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.billing import services
from courses.billing.facts import service_day
from courses.billing.services.other_services import NOTES_OTHER_SERVICES
from courses.models import Course, OtherService, Session
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import plain_dates_and_not_known, posted, show_refusal

READS = (*NOTES_OTHER_SERVICES, Role.ADMINISTRATOR)


class OtherServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = OtherService
        fields = ["service_date", "hcpcs", "billed_by", "separate_because"]
        help_texts = {
            "hcpcs": gettext_lazy("Such as 99213 (office visit) or 93040 (rhythm ECG)"),
            "separate_because": gettext_lazy("What the record shows for it. Empty: nobody has said so"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["billed_by"].choices = [  # type: ignore[attr-defined]  # a field of choices
            ("", gettext_lazy("Choose")),
            *OtherService.BilledBy.choices,
        ]

    def clean_hcpcs(self) -> str:
        return str(self.cleaned_data["hcpcs"]).upper()


@require_http_methods(["GET", "POST"])
@staff_view(*READS)
def index(request: StaffRequest, code: str) -> HttpResponse:
    course, now = get_course(request.clinic, code), timezone.now()
    form = OtherServiceForm(
        posted(request),
        instance=OtherService(course=course),
        initial={"service_date": request.GET.get("day")},
    )
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                services.note_other_service(
                    course=course, values=form.cleaned_data, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("Noted. The lines of that day were checked again."))
                return redirect("courses:other-services", code)
    return render(request, "courses/billing/other_services.html", _context(request, course, form, now))


@require_POST
@staff_view(*NOTES_OTHER_SERVICES)
def strike(request: StaffRequest, code: str, service: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    other = course.other_services.filter(code=service).select_related("course__clinic").first()
    if other is None:
        raise NotFound(_("There is no such entry in this course. Open the page again."))
    services.strike_other_service(
        other=other, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now()
    )
    messages.success(request, _("Struck. The entry stays to be read."))
    return redirect("courses:other-services", code)


def _context(request: StaffRequest, course: Course, form: OtherServiceForm, now: datetime) -> dict[str, Any]:
    completed = Session.objects.completed().filter(course=course).select_related("course__clinic")
    numbers: dict[Any, list[int | None]] = {}
    for session in completed.order_by("started_at"):
        numbers.setdefault(service_day(session), []).append(session.number)
    noted = course.other_services.select_related("recorded_by", "struck_by")
    return {
        "course": course,
        "patient": course.patient,
        "banner": course_banner(course, now),
        "form": form,
        "rows": [{"of": one, "sessions": numbers.get(one.service_date, [])} for one in noted],
        "may_note": bool(request.roles & set(NOTES_OTHER_SERVICES)),
    }
