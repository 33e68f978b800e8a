"""Asking a Medicare Advantage plan, recording its answer, and the list of what is due."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.forms import posted, show_refusal
from patients.models import EligibilityAssessment, PlanDetermination
from patients.notice_form import AskPlanForm, PlanAnswerForm
from patients.roles import GIVES_NOTICES


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest) -> HttpResponse:
    """What plans of all patients were asked and have not answered; what is due first on top."""
    now = timezone.now()
    waiting = PlanDetermination.objects.of(request.clinic).open().select_related("patient", "coverage__payer")
    context = {"rows": [(found, found.is_overdue(now)) for found in waiting]}
    return render(request, "patients/determinations.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*GIVES_NOTICES)
def add(request: StaffRequest, code: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    form = AskPlanForm(posted(request), patient=patient, initial={"requested_at": now})
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            decision = EligibilityAssessment.objects.in_force().filter(patient=patient).first()
            try:
                services.ask_plan(
                    patient=patient, assessment=decision, **form.cleaned_data, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("Noted. The plan's clock runs."))
                return redirect("patients:notices", patient.code)
    context = {"form": form, "patient": patient, "banner": banner_for(patient, request.clinic.day_of(now))}
    return render(request, "patients/determination_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_view(*GIVES_NOTICES)
def answer(request: StaffRequest, code: str, determination: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_determination(patient, determination)
    form = PlanAnswerForm(
        posted(request), instance=PlanDetermination(), initial={"answered_on": request.clinic.day_of(now)}
    )
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.record_answer(
                    determination=found, values=form.cleaned_data, actor=request.user, now=now
                )
            except InvalidInput as error:
                show_refusal(form, error)
            else:
                messages.success(
                    request, _("The plan's answer is recorded. Assess the coverage again with it.")
                )
                return redirect("patients:notices", patient.code)
    context = {
        "form": form,
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "determination": found,
    }
    return render(request, "patients/determination.html", context, status=422 if form.errors else 200)
