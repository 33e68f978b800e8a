"""The supervision board, with a click to begin and a click to end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.models import SupervisionPeriod, TreatmentRules
from courses.progress import services
from courses.progress.supervision_board import board
from courses.progress.supervision_forms import BeginForm, EndForm, NoteForm
from courses.treatment.audio_video import refusal
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.forms import show_refusal

READS = (*CLINICAL, Role.ADMINISTRATOR)


@require_GET
@staff_view(*READS)
def supervision(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff_view(Role.PHYSICIAN)
def begin(request: StaffRequest) -> HttpResponse:
    form = BeginForm(request.POST)
    form.full_clean()
    try:
        services.begin_supervision(
            clinic=request.clinic,
            practitioner=request.user,
            mode=request.POST.get("mode", ""),
            evidence=form.cleaned_data.get("evidence", ""),
            now=timezone.now(),
        )
    except InvalidInput as error:
        show_refusal(form, error)
        return _page(request, begin_form=form)
    messages.success(request, _("You supervise from now on. End it here when you leave."))
    return redirect("courses:supervision")


@require_POST
@staff_view(Role.PHYSICIAN)
def end(request: StaffRequest) -> HttpResponse:
    """End the running period: now, or at the time given where it was forgotten on an earlier day."""
    form = EndForm(request.POST if "ended_at" in request.POST else None)
    if form.is_bound and not form.is_valid():
        return _page(request, end_form=form)
    try:
        services.end_supervision(
            clinic=request.clinic,
            practitioner=request.user,
            now=timezone.now(),
            **(form.cleaned_data if form.is_bound else {}),
        )
    except InvalidInput as error:
        form = EndForm(request.POST)
        form.full_clean()
        form.errors.clear()
        show_refusal(form, error)
        return _page(request, end_form=form)
    messages.success(request, _("Your supervision has ended. Sign the log of the day below."))
    return redirect("courses:supervision")


@require_POST
@staff_view(Role.PHYSICIAN)
def note(request: StaffRequest) -> HttpResponse:
    """Write down a time that is over and was not noted."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            services.note_supervision(
                clinic=request.clinic, practitioner=request.user, **form.cleaned_data, now=timezone.now()
            )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The period is noted, with the time at which you wrote it."))
            return redirect("courses:supervision")
    return _page(request, note_form=form)


def _page(request: StaffRequest, **forms: Any) -> HttpResponse:
    now = timezone.now()
    rules = TreatmentRules.objects.in_force(request.clinic, now)
    not_from_afar = refusal(request.clinic.day_of(now), clinic_allows=rules.audio_video_supervision)
    context = {
        "board": board(request.clinic, request.user, now),
        "on_site": SupervisionPeriod.Mode.ON_SITE,
        "audio_video": SupervisionPeriod.Mode.AUDIO_VIDEO,
        "no_audio_video": not_from_afar and _(not_from_afar),
        "can_supervise": Role.PHYSICIAN in request.roles,
        "can_explain": bool(request.roles & set(CLINICAL)),
        "begin_form": BeginForm(),
        "end_form": EndForm(),
        "note_form": NoteForm(),
        **forms,
    }
    return render(request, "courses/progress/supervision.html", context)
