"""Move one appointment: by the form on its page, or by dropping it in the week."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from courses.access import get_appointment
from courses.models import Appointment, Move
from courses.scheduling.agenda import spoken
from courses.scheduling.feed import moment_of
from courses.scheduling.forms import MoveForm
from courses.scheduling.plan import Slot
from courses.scheduling.services import move
from courses.scheduling.views.appointments import page_of
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@require_POST
@staff_view(*CLINICAL)
def move_to(request: StaffRequest, code: str) -> HttpResponse:
    """The page asks for a page, the calendar for JSON; both get the same sentence when it cannot be."""
    found = get_appointment(request.clinic, code)
    form = MoveForm(request.POST, clinic=request.clinic)
    try:
        require_same_patient(request, found.patient)
        made = _move(request, found, form)
    except (Conflict, InvalidInput) as refusal:
        if _wants_json(request):
            return JsonResponse({"message": refusal.message, "code": refusal.code}, status=refusal.status)
        if not form.errors:
            form.add_error(None, refusal.message)
        return page_of(request, get_appointment(request.clinic, code), {"move": form}, refusal.status)
    said = _said(request.clinic, made)
    if _wants_json(request):
        return JsonResponse({"message": said, "version": made.appointment.version})
    messages.success(request, said)
    return redirect("courses:appointment", code=found.code)


def _move(request: StaffRequest, found: Appointment, form: MoveForm) -> Move:
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        raise InvalidInput(str(first), code="form")
    wish = form.cleaned_data
    wall = datetime.combine(wish["day"], wish["time"])
    starts_at = moment_of(request.clinic, wall.isoformat())
    ends_at = starts_at + (found.ends_at - found.starts_at)
    return move(
        appointment=found,
        version=wish["version"],
        slot=Slot(starts_at, ends_at, wish["device"].code, in_window=True),
        reason=wish["reason"],
        fewer_nurses=wish["fewer_nurses"],
        actor=request.user,
        now=timezone.now(),
    )


def _said(clinic: Clinic, made: Move) -> str:
    local = clinic.local(made.to_starts_at)
    return gettext("Moved to %(day)s %(time)s, %(device)s. Tell the patient.") % {
        "day": spoken(local.date()),
        "time": f"{local:%H:%M}",
        "device": made.to_device.name,
    }


def _wants_json(request: StaffRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
