"""Amending a signed session, and a physician's countersignatures."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.access import get_session
from courses.models import Session
from courses.treatment import services
from courses.treatment.amend_forms import AmendForm, CountersignForm
from courses.treatment.amendable import values_of
from courses.treatment.countersign_page import rows_of
from courses.treatment.countersigning import waiting_for_me
from courses.treatment.page import banner_of
from courses.treatment.signed_page import amendments_shown, signature_shown
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def amend(request: StaffRequest, code: str) -> HttpResponse:
    """Write a late entry, a correction or an addendum and sign it in one act."""
    session, now = get_session(request.clinic, code), timezone.now()
    if not session.is_signed:
        raise Conflict(
            _("This session is not signed: what is wrong or missing is changed on its own page."),
            code="not_signed",
        )
    values = values_of(session)
    given = {"kind": request.GET.get("kind", "")}
    form = AmendForm(posted(request), values=values, zone=request.clinic.zone, initial=given)
    if request.method == "POST":
        require_same_patient(request, session.course.patient)
        if form.is_valid() and _amended(request, session, form, now):
            messages.success(request, _("The amendment is signed and stands beside the session."))
            return redirect(session)
    context = {
        "session": session,
        "course": session.course,
        "patient": session.course.patient,
        "banner": banner_of(session, now),
        "form": form,
        "amendments": amendments_shown(session),
        "signature": signature_shown(session.signature),
    }
    return render(request, "courses/treatment/amend.html", context, status=_status(form))


def _amended(request: StaffRequest, session: Session, form: AmendForm, now: datetime) -> bool:
    try:
        services.amend_session(session=session, **form.amendment(), actor=request.user, now=now)
    except ClinicError as error:
        _show(form, error)
    return not form.errors


@require_GET
@staff_view(Role.PHYSICIAN)
def countersign_list(request: StaffRequest) -> HttpResponse:
    """What waits for a countersignature, to read, and to sign all that is ticked; ``only`` names one session."""
    return _list(request, CountersignForm(), only=request.GET.get("only", ""))


@require_POST
@staff_view(Role.PHYSICIAN)
def countersign(request: StaffRequest) -> HttpResponse:
    form = CountersignForm(request.POST, codes=request.POST.getlist("sessions"))
    if form.is_valid():
        try:
            made = services.countersign_sessions(
                clinic=request.clinic,
                seen=_seen(form.cleaned_data["sessions"]),
                password=form.cleaned_data["password"],
                actor=request.user,
                now=timezone.now(),
            )
        except ClinicError as error:
            _show(form, error)
        else:
            said = ngettext("%(n)d session is countersigned.", "%(n)d sessions are countersigned.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("courses:countersign-list")
    return _list(request, form)


def _seen(chosen: list[str]) -> dict[str, int]:
    """Session code to how many amendments were shown; what is not of that form names no session."""
    pairs = (item.partition(".") for item in chosen)
    return {code: int(number) if number.isdecimal() else -1 for code, _dot, number in pairs}


def _list(request: StaffRequest, form: CountersignForm, only: str = "") -> HttpResponse:
    waiting = waiting_for_me(request)
    if only:
        waiting = waiting.filter(code=only)
    rows = rows_of(waiting, form)
    context: dict[str, Any] = {"form": form, "rows": rows, "number": waiting.count()}
    return render(request, "courses/treatment/countersign.html", context, status=_status(form))


def _show(form: AmendForm | CountersignForm, error: ClinicError) -> None:
    if error.code == "wrong_password":
        form.add_error("password", error.message)
    else:
        show_refusal(form, error)
    form.refused_with = error.status  # type: ignore[union-attr]  # read by _status


def _status(form: AmendForm | CountersignForm) -> int:
    refused = getattr(form, "refused_with", 200)
    return 200 if refused == InvalidInput.status else int(refused)
