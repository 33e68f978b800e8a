"""The check before the hour: saved, started, held for today; and what a physician does about a hold.

Starting and holding send the whole form of the check with them, so that nothing typed is lost by the other button.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.access import get_session
from courses.models import Session, VitalSigns
from courses.treatment import before_form, body_map, forms, services
from courses.treatment.locks import UNSIGNED, lock
from courses.treatment.services.charting import VITALS_FIELDS
from courses.treatment.views.session import MOVED_ON, shown, step
from eecp_clinic.errors import ClinicError
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal

BEFORE = VitalSigns.Phase.BEFORE


@require_POST
@staff_view(*CLINICAL)
def ready(request: StaffRequest, code: str) -> HttpResponse:
    """Identity, vital signs, signs and marks before."""
    session = get_session(request.clinic, code)
    form = before_form.before_form(session, request.POST)

    def act(values: dict[str, Any], now: datetime) -> None:
        _save(request, session, form, now, {*VITALS_FIELDS, "identity_checked", body_map.PREFIX})

    return step(request, session, "before_form", form, act, _("Saved and checked against the limits."))


@require_POST
@staff_view(*CLINICAL)
def start(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    form = forms.StartForm(request.POST)
    unsaved = _typed(request, session)
    if unsaved is not None:
        return shown(request, session, timezone.now(), before_form=unsaved, start_form=form)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.start_session(session=session, actor=request.user, now=now, **values)

    return step(request, session, "start_form", form, act, _("The session runs."))


@require_POST
@staff_view(*CLINICAL)
def hold(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    form = forms.HoldForm(request.POST, use_required_attribute=False)
    unsaved = _typed(request, session)
    if unsaved is not None:
        return shown(request, session, timezone.now(), before_form=unsaved, hold_form=form)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.hold_session(session=session, actor=request.user, now=now, **values)

    done = _("Held for today. The hour is given back and the physicians are told.")
    return step(request, session, "hold_form", form, act, done)


@require_POST
@staff_view(Role.PHYSICIAN)
def see(request: StaffRequest, code: str) -> HttpResponse:
    """The physician has looked at the hold, and may answer the nurse."""
    session = get_session(request.clinic, code)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.see_hold(
            hold=services.open_hold(session), answer=values["answer"], actor=request.user, now=now
        )

    form = forms.AnswerForm(request.POST)
    return step(request, session, "answer_form", form, act, _("Noted: you have looked at this hold."))


@require_POST
@staff_view(Role.PHYSICIAN)
def release(request: StaffRequest, code: str) -> HttpResponse:
    """The physician takes the hold back."""
    session = get_session(request.clinic, code)

    def act(values: dict[str, Any], now: datetime) -> None:
        services.release_hold(session=session, answer=values["answer"], actor=request.user, now=now)

    form = forms.AnswerForm(request.POST)
    return step(request, session, "answer_form", form, act, _("Released. The hour is the patient's again."))


def _typed(request: StaffRequest, session: Session) -> before_form.BeforeForm | None:
    """Save what was typed beside another button; the form comes back where it cannot be saved."""
    if not before_form.was_sent(request.POST):
        return None
    require_same_patient(request, session.course.patient)
    form = before_form.before_form(session, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                _save(request, session, form, timezone.now(), _changed(form))
        except ClinicError as error:
            if error.code in MOVED_ON:
                raise
            show_refusal(form, error)
        else:
            for sentence in form.taken_over():
                messages.info(request, sentence)
    return form if form.errors else None


def _changed(form: before_form.BeforeForm) -> set[str]:
    """What differs from what is saved; the marks count as one."""
    return {body_map.PREFIX if body_map.is_mark(name) else name for name in form.changed_data}


def _save(
    request: StaffRequest, session: Session, form: before_form.BeforeForm, now: datetime, changed: set[str]
) -> None:
    form.require_unchanged(before_form.before_form(lock(session, *UNSIGNED)))
    actor = request.user
    if changed & set(VITALS_FIELDS):
        services.chart_vitals(session=session, phase=BEFORE, values=form.vitals(), actor=actor, now=now)
    if body_map.PREFIX in changed:
        services.mark_legs(session=session, phase=BEFORE, marks=form.marks(), actor=actor, now=now)
    if "identity_checked" in changed:
        checked = form.cleaned_data["identity_checked"]
        services.check_identity(session=session, checked=checked, actor=actor, now=now)
