"""One appointment: what it is, and who came."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_appointment
from courses.banner import course_banner
from courses.models import Appointment, SessionRepeat
from courses.scheduling.cards import LIGHTS
from courses.scheduling.forms import MoveForm, ReasonForm
from courses.scheduling.history import history_of
from courses.scheduling.services import cancel, mark_arrived, mark_missed, undo
from courses.scheduling.services.attendance import CHECK_IN, last_undoable
from courses.scheduling.views.today import board_context
from courses.scheduling.wishes import left_to_book
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, EVERYBODY, StaffRequest, staff_view
from patients.access import require_same_patient

State = Appointment.State
#: The hour was not used; its session may be made up.
NOT_GIVEN = {State.MISSED, State.CANCELLED, State.HELD}


@require_GET
@staff_view(*EVERYBODY)
def appointment(request: StaffRequest, code: str) -> HttpResponse:
    return page_of(request, get_appointment(request.clinic, code))


@require_POST
@staff_view(*CHECK_IN)
def arrive(request: StaffRequest, code: str) -> HttpResponse:
    found = get_appointment(request.clinic, code)
    require_same_patient(request, found.patient)
    mark_arrived(appointment=found, actor=request.user, now=timezone.now())
    return _back(request, found, gettext("Checked in. It can be undone until the day is past."))


@require_POST
@staff_view(*CLINICAL)
def miss(request: StaffRequest, code: str) -> HttpResponse:
    return _with_reason(
        request, code, "miss", mark_missed, gettext("Marked as missed. Choose where it is made up.")
    )


@require_POST
@staff_view(*CLINICAL)
def call_off(request: StaffRequest, code: str) -> HttpResponse:
    return _with_reason(
        request,
        code,
        "cancel",
        cancel,
        gettext("Cancelled. The hour is free. Choose where the session goes."),
    )


@require_POST
@staff_view(*CHECK_IN)
def take_back(request: StaffRequest, code: str) -> HttpResponse:
    found = get_appointment(request.clinic, code)
    require_same_patient(request, found.patient)
    undo(appointment=found, actor=request.user, now=timezone.now())
    return _back(request, found, gettext("Undone."))


def _with_reason(
    request: StaffRequest, code: str, prefix: str, service: Callable[..., Appointment], said: str
) -> HttpResponse:
    """Missed and cancelled alike: a reason, or the page again with what was typed."""
    found = get_appointment(request.clinic, code)
    require_same_patient(request, found.patient)
    form = ReasonForm(request.POST, prefix=prefix)
    if not form.is_valid():
        return page_of(request, found, {prefix: form}, status=422)
    try:
        service(appointment=found, reason=form.text, actor=request.user, now=timezone.now())
    except (Conflict, InvalidInput) as refusal:
        form.add_error(None, refusal.message)
        return page_of(request, get_appointment(request.clinic, code), {prefix: form}, status=refusal.status)
    if request.htmx or not left_to_book(found.course, timezone.now()):
        return _back(request, found, said)
    messages.success(request, said)
    return redirect("courses:make-up", found.code)


def page_of(
    request: StaffRequest,
    found: Appointment,
    typed: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The appointment's page; ``typed`` are forms that were refused, by name, and are shown as they were sent."""
    now = timezone.now()
    clinic = request.clinic
    clinical = bool(request.roles & set(CLINICAL))
    checks_in = bool(request.roles & set(CHECK_IN))
    session = getattr(found, "session", None)
    event = last_undoable(found, now)
    is_today = clinic.day_of(found.starts_at) == clinic.day_of(now)
    is_over = clinic.day_of(found.starts_at) <= clinic.day_of(now)
    free = session is None and clinical
    context = {
        "appointment": found,
        "patient": found.patient,
        "banner": course_banner(found.course, now),
        "session": session if clinical else None,
        "light": LIGHTS[State(found.state)],
        "clinical": clinical,
        "may_open": free and is_today and found.state in {State.BOOKED, State.ARRIVED, State.HELD},
        "may_arrive": checks_in and session is None and is_today and found.state == State.BOOKED,
        "may_undo": event is not None
        and session is None
        and checks_in
        and (clinical or event.action == "appointment.arrived"),
        "miss_form": _form("miss", typed)
        if free and is_over and found.state in {State.BOOKED, State.ARRIVED}
        else None,
        "cancel_form": _form("cancel", typed)
        if free and found.state in {State.BOOKED, State.ARRIVED, State.HELD}
        else None,
        "move_form": (typed or {}).get("move") or move_form(found)
        if free and found.state == State.BOOKED and found.starts_at > now
        else None,
        "is_free": is_free(found, now) and clinical,
        "day_url": day_url(found) if checks_in else "",
        "may_make_up": clinical and is_not_given(found) and bool(left_to_book(found.course, now)),
        "history": history_of(found) if clinical else [],
    }
    return render(request, "courses/scheduling/appointment.html", context, status=status)


def is_not_given(found: Appointment) -> bool:
    """Whether the hour was not given, or was cut short and is given again."""
    return found.state in NOT_GIVEN or SessionRepeat.objects.filter(session__appointment=found).exists()


def is_free(found: Appointment, now: datetime) -> bool:
    """Whether the hour can be given to somebody else."""
    return found.state in NOT_GIVEN and found.starts_at > now


def move_form(found: Appointment) -> MoveForm:
    """The form as it stands before anybody types: where the hour is now."""
    clinic = found.course.clinic
    local = clinic.local(found.starts_at)
    initial = {
        "day": local.date(),
        "time": local.time(),
        "device": found.device.code,
        "version": found.version,
    }
    return MoveForm(initial=initial, clinic=clinic)


def _form(prefix: str, typed: dict[str, forms.Form] | None) -> forms.Form:
    return (typed or {}).get(prefix) or ReasonForm(prefix=prefix)


def _back(request: StaffRequest, found: Appointment, said: str) -> HttpResponse:
    """To the board of that day; htmx gets the part of it that changed, with the message."""
    messages.success(request, said)
    if request.htmx:
        day = request.clinic.day_of(found.starts_at)
        context = {**board_context(request, day, timezone.now()), "with_messages": True}
        return render(request, "courses/scheduling/_board.html", context)
    return redirect(day_url(found))


def day_url(found: Appointment) -> str:
    day = found.course.clinic.day_of(found.starts_at)
    return f"{reverse('courses:today')}?day={day.isoformat()}"
