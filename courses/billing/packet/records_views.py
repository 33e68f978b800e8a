"""Payers' requests for records: which are open and how long, what each asks for, its packet, its answer."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.billing import services
from courses.billing.access import get_records_request
from courses.billing.packet.packet_forms import RecordsRequestForm
from courses.billing.packet.packet_views import MAKES, OPENS
from courses.billing.services.records_requests import RECORDS
from courses.models import RecordsRequest
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal

#: From so many days on the list says that it is urgent.
SOON = 7
LATEST = 25


@require_GET
@staff_view(*OPENS)
def index(request: StaffRequest) -> HttpResponse:
    today = request.clinic.day_of(timezone.now())
    ours = RecordsRequest.objects.of(request.clinic).select_related("course__patient", "claim", "answered_by")
    context = {
        "rows": [{"of": one, **clock_of(one, today)} for one in ours.open()],
        "answered": ours.filter(answered_at__isnull=False).order_by("-answered_at")[:LATEST],
    }
    return render(request, "courses/billing/records_requests.html", context)


def clock_of(request: RecordsRequest, today: date) -> dict[str, Any]:
    """How many days are left, below 0 where it is overdue; None where no day is known."""
    left = (request.due_on - today).days if request.due_on is not None else None
    light = "look" if left is None else "stop" if left < 0 else "look" if left <= SOON else "go"
    return {"left": left, "light": light}


@require_http_methods(["GET", "POST"])
@staff_view(*RECORDS)
def new(request: StaffRequest, code: str) -> HttpResponse:
    course, now = get_course(request.clinic, code), timezone.now()
    form = RecordsRequestForm(posted(request), instance=RecordsRequest(course=course))
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                found = services.record_request(
                    course=course, values=form.cleaned_data, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The request is kept. Make its packet from here."))
                return redirect(found)
    context = {
        "course": course,
        "patient": course.patient,
        "form": form,
        "banner": course_banner(course, now),
    }
    return render(request, "courses/billing/records_request_new.html", context)


@require_GET
@staff_view(*OPENS)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    found, now = get_records_request(request.clinic, code), timezone.now()
    context = {
        "asked": found,
        "course": found.course,
        "patient": found.course.patient,
        "packets": found.packets.select_related("requested_by").order_by("-requested_at"),
        "can_make": bool(request.roles & set(MAKES)),
        "banner": course_banner(found.course, now),
        **clock_of(found, request.clinic.day_of(now)),
    }
    return render(request, "courses/billing/records_request.html", context)


@require_POST
@staff_view(*MAKES)
def packet(request: StaffRequest, code: str) -> HttpResponse:
    """Make the packet that answers it, with its cover letter."""
    found = get_records_request(request.clinic, code)
    require_same_patient(request, found.course.patient)
    made = services.request_packet(
        course=found.course,
        claim=found.claim,
        records_request=found,
        actor=request.user,
        now=timezone.now(),
    )
    return redirect(made)


@require_POST
@staff_view(*RECORDS)
def answer(request: StaffRequest, code: str) -> HttpResponse:
    found = get_records_request(request.clinic, code)
    require_same_patient(request, found.course.patient)
    services.answer_request(
        request=found, how=request.POST.get("how", ""), actor=request.user, now=timezone.now()
    )
    messages.success(request, _("The answer is noted."))
    return redirect(found)
