"""Events, changes of settings, and striking a row."""

from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.access import get_session
from courses.models import Session
from courses.treatment import page, services
from courses.treatment.happenings import happenings_of
from courses.treatment.happenings_forms import ChangeForm, EventForm, OutcomeForm, StrikeForm
from courses.treatment.views.session import MOVED_ON, shown
from eecp_clinic.errors import ClinicError, NotFound
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal

#: What may be struck, by the word in the address.
ROWS = {"reading": "readings", "event": "treatment_events", "change": "setting_changes"}


@require_POST
@staff_view(*CLINICAL)
def add_event(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    form = EventForm(request.POST, over=not session.is_running)
    return _add(request, session, "event_form", form, services.record_event)


@require_POST
@staff_view(*CLINICAL)
def add_change(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    form = ChangeForm(request.POST, over=not session.is_running)
    return _add(request, session, "change_form", form, services.change_setting)


def _add(
    request: StaffRequest, session: Session, name: str, form: EventForm | ChangeForm, act: Any
) -> HttpResponse:
    """Save one; htmx gets the list with fresh forms, anybody else the page. A refused form keeps what was typed."""
    require_same_patient(request, session.course.patient)
    now = timezone.now()
    if form.is_valid():
        at = form.moment(session, request.clinic)
        try:
            act(session=session, values=form.values(), at=at, actor=request.user, now=now)
        except ClinicError as error:
            if error.code in MOVED_ON:
                raise
            show_refusal(form, error)
        else:
            return _list(request, session) if request.htmx else redirect(session)
    if request.htmx:
        return _list(request, session, **{name: form})
    return shown(request, session, now, 200, **{name: form})


@require_POST
@staff_view(*CLINICAL)
def say_outcome(request: StaffRequest, code: str, event: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    require_same_patient(request, session.course.patient)
    row = session.treatment_events.select_related("session").filter(code=event).first()
    if row is None:
        raise NotFound(_("This session has no such event. Load its page again."))
    form = OutcomeForm(request.POST)
    if form.is_valid():
        services.say_outcome(event=row, actor=request.user, now=timezone.now(), **form.cleaned_data)
    return _list(request, session) if request.htmx else redirect(session)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def strike(request: StaffRequest, code: str, kind: str, number: int) -> HttpResponse:
    """Ask why a row is wrong, then strike it."""
    session = get_session(request.clinic, code)
    row = _row(session, kind, number)
    form = StrikeForm(request.POST or None)
    if request.method == "POST":
        require_same_patient(request, session.course.patient)
        if form.is_valid():
            services.strike(row=row, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Struck. It stays to be read, with your reason."))
            return redirect(session)
    context = {"session": session, "patient": session.course.patient, "row": row, "kind": kind, "form": form}
    context["banner"] = page.banner_of(session, timezone.now())
    return render(request, "courses/treatment/strike.html", context)


def _row(session: Session, kind: str, number: int) -> Any:
    rows: QuerySet[Model] | None = getattr(session, ROWS[kind]).all() if kind in ROWS else None
    row = (
        rows.filter(pk=number).select_related("session", "recorded_by").first() if rows is not None else None
    )
    if row is None:
        raise NotFound(_("This session has no such row. Load its page again."))
    return row


def _list(request: StaffRequest, session: Session, **bound: Any) -> HttpResponse:
    session = page.fetched(session)
    context = {
        "session": session,
        "patient": session.course.patient,
        "may_chart": True,
        "saved_at": None if bound else timezone.now(),
        **happenings_of(session),
        **bound,
    }
    return render(request, "courses/treatment/_happenings.html", context)
