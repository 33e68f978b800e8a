"""The wait list, and whom a free hour fits."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.access import get_course, get_offer, get_waiting
from courses.banner import course_banner
from courses.models import WaitListOffer
from courses.scheduling.forms import WaitForm
from courses.scheduling.outlook import outlooks
from courses.scheduling.services.waiting import answer_offer, join_wait_list, leave_wait_list, offer_hour
from courses.scheduling.waiting import fits_of, waiting_of
from devices.access import get_device
from devices.models import Device
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@require_GET
@staff_view(*CLINICAL)
def wait_list(request: StaffRequest) -> HttpResponse:
    """Who waits, the most urgent first, and the offers that wait for an answer."""
    clinic, now = request.clinic, timezone.now()
    entries = waiting_of(clinic)
    found = outlooks(clinic, [entry.course for entry in entries], now)
    offers = (
        WaitListOffer.objects.filter(entry__course__clinic=clinic, state="open", starts_at__gt=now)
        .select_related("entry__course__patient", "device")
        .order_by("expires_at")
    )
    context = {
        "rows": [(entry, found[entry.course_id]) for entry in entries],
        "offers": [(offer, offer.expires_at <= now) for offer in offers],
    }
    return render(request, "courses/scheduling/wait_list.html", context)


@require_GET
@staff_view(*CLINICAL)
def free_hour(request: StaffRequest) -> HttpResponse:
    """``?device=`` and ``?at=`` name an hour: whom it fits, best first, and what is in the way of the others."""
    device, starts_at = _asked_hour(request)
    context = {
        "device": device,
        "starts_at": starts_at,
        "fits": fits_of(request.clinic, device, starts_at, timezone.now()),
        "is_over": starts_at <= timezone.now(),
    }
    return render(request, "courses/scheduling/free_hour.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def join(request: StaffRequest, code: str) -> HttpResponse:
    """Put a course on the list, or change what it waits for."""
    course = get_course(request.clinic, code)
    now = timezone.now()
    entry = course.wait_list.filter(closed_at=None).first()
    form = WaitForm(request.POST or None, instance=entry, clinic=request.clinic)
    status = 200
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                join_wait_list(course=course, values=form.cleaned_data, actor=request.user, now=now)
            except (Conflict, InvalidInput) as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, gettext("On the wait list. The booked hours stay as they are."))
                return redirect("courses:wait-list")
        status = 422
    context = {
        "course": course,
        "patient": course.patient,
        "banner": course_banner(course, now),
        "form": form,
        "entry": entry,
    }
    return render(request, "courses/scheduling/wait_join.html", context, status=status)


@require_POST
@staff_view(*CLINICAL)
def leave(request: StaffRequest, code: str) -> HttpResponse:
    entry = get_waiting(request.clinic, code)
    require_same_patient(request, entry.course.patient)
    leave_wait_list(entry=entry, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Taken off the wait list."))
    return redirect("courses:wait-list")


@require_POST
@staff_view(*CLINICAL)
def offer(request: StaffRequest, code: str) -> HttpResponse:
    entry = get_waiting(request.clinic, code)
    require_same_patient(request, entry.course.patient)
    device, starts_at = _asked_hour(request)
    made = offer_hour(entry=entry, device=device, starts_at=starts_at, actor=request.user, now=timezone.now())
    messages.success(
        request,
        gettext("Offered until %(time)s. Enter the answer here or on the wait list.")
        % {"time": f"{request.clinic.local(made.expires_at):%H:%M}"},
    )
    return redirect(_address(device, starts_at))


@require_POST
@staff_view(*CLINICAL)
def answer(request: StaffRequest, code: str) -> HttpResponse:
    found = get_offer(request.clinic, code)
    require_same_patient(request, found.entry.course.patient)
    accepted = request.POST.get("answer") == "accepted"
    answered = answer_offer(offer=found, accepted=accepted, actor=request.user, now=timezone.now())
    if answered.appointment is None:
        messages.success(request, gettext("Declined. The hour can be offered to the next."))
        return redirect(_address(found.device, found.starts_at))
    messages.success(request, gettext("Booked, and taken off the wait list."))
    return redirect("courses:appointment", code=answered.appointment.code)


def _asked_hour(request: StaffRequest) -> tuple[Device, datetime]:
    """Device and moment of the query string or form. Raises NotFound, InvalidInput."""
    given = request.POST if request.method == "POST" else request.GET
    device = get_device(request.clinic, given.get("device", ""))
    try:
        starts_at = datetime.fromisoformat(given.get("at", ""))
    except ValueError:
        starts_at = None
    if starts_at is None or starts_at.tzinfo is None:
        raise InvalidInput(gettext("The address names no hour. Open it from the appointment that was freed."))
    return device, starts_at


def _address(device: Device, starts_at: datetime) -> str:
    query = urlencode({"device": device.code, "at": starts_at.isoformat()})
    return f"{reverse('courses:free-hour')}?{query}"
