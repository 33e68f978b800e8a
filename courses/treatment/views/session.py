"""The session's page, and each of its steps as one address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_appointment, get_session
from courses.models import Session, VitalSigns
from courses.treatment import end_forms, forms, page, services
from courses.treatment.completeness import next_hour
from courses.treatment.locks import OVER, lock
from courses.treatment.signed_page import verification_shown
from courses.treatment.verifying import verify
from eecp_clinic.drafts import posted
from eecp_clinic.drafts.forms import MergingForm
from eecp_clinic.errors import ClinicError, InvalidInput
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal

READS = (*CLINICAL, Role.BILLING, Role.ADMINISTRATOR)
#: Refusals because the session has moved on: its form is no longer on the page that would show them.
MOVED_ON = {"state", "signed"}


@require_POST
@staff_view(*CLINICAL)
def open_hour(request: StaffRequest, code: str) -> HttpResponse:
    """From a card of the day's board to the session of that hour."""
    appointment = get_appointment(request.clinic, code)
    require_same_patient(request, appointment.course.patient)
    return redirect(services.open_session(appointment=appointment, actor=request.user, now=timezone.now()))


@require_GET
@staff_view(*READS)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    session = page.with_rows(get_session(request.clinic, code))
    return _page(request, session, timezone.now())


@require_GET
@staff_view(*READS)
def verification(request: StaffRequest, code: str) -> HttpResponse:
    """Whether a signed session is as it was signed: apart, because to compare all of it takes as long as the page."""
    session = get_session(request.clinic, code)
    if not session.is_signed or not request.htmx:
        return redirect(session)
    context = {"verification": verification_shown(verify(session))}
    return render(request, "courses/treatment/_verification.html", context)


def shown(
    request: StaffRequest, session: Session, now: datetime, status: int = 200, **bound: BaseForm
) -> HttpResponse:
    """The page where the session stands now, after something was tried on it."""
    return _page(request, page.fetched(session), now, status, **bound)


def _page(
    request: StaffRequest, session: Session, now: datetime, status: int = 200, **bound: BaseForm
) -> HttpResponse:
    context = page.context_of(request, session, now, **bound)
    return render(request, "courses/treatment/page.html", context, status=status)


def step(
    request: StaffRequest,
    session: Session,
    name: str,
    form: BaseForm,
    act: Callable[[dict[str, Any], datetime], object],
    done: str,
) -> HttpResponse:
    """Do what a valid form asks; a refusal comes back in the form, with what was typed."""
    now, status = timezone.now(), 200
    require_same_patient(request, session.course.patient)
    if form.is_valid():
        try:
            with transaction.atomic():
                act(form.cleaned_data, now)
                posted.settle(request, now)
        except ClinicError as error:
            if error.code in MOVED_ON:
                raise
            show_refusal(form, error)
            status = 200 if isinstance(error, InvalidInput) else error.status
        else:
            messages.success(request, done)
            for sentence in form.taken_over() if isinstance(form, MergingForm) else ():
                messages.info(request, sentence)
            return redirect(session)
    return shown(request, session, now, status, **{name: form})


@require_POST
@staff_view(*CLINICAL)
def pause(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.pause_session(session=session, actor=request.user, now=now, **values)

    return step(request, session, "pause_form", forms.PauseForm(request.POST), act, _("Paused."))


@require_POST
@staff_view(*CLINICAL)
def resume(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    require_same_patient(request, session.course.patient)
    services.resume_session(session=session, actor=request.user, now=timezone.now())
    messages.success(request, _("The session runs again."))
    return redirect(session)


@require_POST
@staff_view(*CLINICAL)
def end(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.end_session(session=session, actor=request.user, now=now, **values)

    done = _("The session has ended. Chart how the patient leaves, then sign.")
    return step(request, session, "end_form", end_forms.EndForm(request.POST), act, done)


@require_POST
@staff_view(*CLINICAL)
def after(request: StaffRequest, code: str) -> HttpResponse:
    """Vital signs after, skin, symptoms."""
    session = get_session(request.clinic, code)
    form = page.after_form(session, next_hour(session), request.POST)

    def act(values: dict[str, Any], now: datetime) -> None:
        form.require_unchanged(page.after_form(locked := lock(session, *OVER), next_hour(locked)))
        phase = VitalSigns.Phase.AFTER
        services.chart_vitals(session=session, phase=phase, values=form.vitals(), actor=request.user, now=now)
        services.mark_legs(session=session, phase=phase, marks=form.marks(), actor=request.user, now=now)
        services.chart_end(session=session, values=form.ending(), actor=request.user, now=now)

    return step(request, session, "after_form", form, act, _("Saved."))


@require_POST
@staff_view(*CLINICAL)
def sign(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    form = forms.SignForm(request.POST, ask_reason=True)

    def act(values: dict[str, Any], now: datetime) -> None:
        try:
            services.sign_session(session=session, actor=request.user, now=now, **values)
        except InvalidInput as error:
            error.data["fields"] = {"password": [error.message]}
            raise

    return step(request, session, "sign_form", form, act, _("Signed. The session is final."))
