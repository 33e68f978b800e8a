"""A session that was not given: where it could go, each with its consequence and one click."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from courses.access import get_appointment
from courses.banner import course_banner
from courses.models import Appointment
from courses.scheduling.agenda import spoken
from courses.scheduling.forms import slot_text, slots_from
from courses.scheduling.makeup import Way
from courses.scheduling.services import book, propose_make_ups
from courses.scheduling.views.appointments import is_free
from courses.scheduling.wishes import left_to_book
from devices.models import Device
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def make_up(request: StaffRequest, code: str) -> HttpResponse:
    """The ranked proposals by GET; by POST the one that was clicked is booked."""
    found = get_appointment(request.clinic, code)
    now = timezone.now()
    refusal: ClinicError | None = None
    if request.method == "POST":
        require_same_patient(request, found.patient)
        try:
            slots = slots_from(request.POST.getlist("slot"), found.course)
            booked = book(course=found.course, slots=slots[:1], actor=request.user, now=now)
        except (Conflict, InvalidInput) as error:
            refusal = error
        else:
            local = request.clinic.local(booked[0].starts_at)
            messages.success(
                request,
                gettext("Booked: %(day)s %(time)s.")
                % {"day": spoken(local.date()), "time": f"{local:%H:%M}"},
            )
            return redirect(found.course)
    context = _context(request, found, now) | {"refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "courses/scheduling/make_up.html", context, status=status)


def _context(request: StaffRequest, found: Appointment, now: datetime) -> dict[str, Any]:
    left = left_to_book(found.course, now)
    over = found.course.state in {"completed", "discontinued"}
    proposals = propose_make_ups(appointment=found, now=now) if left and not over else ()
    best = next((each for each in proposals if not each.needs_order), None)
    names = dict(Device.objects.of(request.clinic).values_list("code", "name"))
    titles = {
        Way.SAME_DAY: gettext("The same day"),
        Way.SAME_WEEK: gettext("The same week"),
        Way.SECOND_SESSION: gettext("Two on one day"),
        Way.EXTRA_DAY: gettext("An extra day"),
        Way.LATER_END: gettext("At the end"),
    }
    return {
        "appointment": found,
        "course": found.course,
        "patient": found.patient,
        "banner": course_banner(found.course, now),
        "left": left,
        "is_free": is_free(found, now),
        "best": best,
        "rows": [
            (titles[each.way], each, names.get(each.slot.device_id, ""), slot_text(each.slot))
            for each in proposals
        ],
    }
