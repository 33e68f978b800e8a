"""What a payer said of a coverage, and what it approved."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.coverage_forms import AuthorizationForm, VerificationForm, ask_why
from patients.forms import posted, show_refusal
from patients.models import Coverage, Patient, PriorAuthorization, Verification
from patients.roles import KEEPS_COVERAGES


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def verify(request: StaffRequest, code: str, coverage: str) -> HttpResponse:
    """Write down a call, or another inquiry."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_coverage(patient, coverage)
    form = VerificationForm(posted(request), instance=Verification(coverage=found))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.record_verification(
                    coverage=found, values=form.cleaned_data, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("Written down under your name."))
                return redirect(found)
    return _page(request, patient, found, form, _("Verify the coverage"))


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def authorization_add(request: StaffRequest, code: str, coverage: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    return _authorization(request, patient, access.get_coverage(patient, coverage), None)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def authorization_edit(request: StaffRequest, code: str, coverage: str, authorization: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    found = access.get_coverage(patient, coverage)
    return _authorization(request, patient, found, access.get_authorization(found, authorization))


def _authorization(
    request: StaffRequest, patient: Patient, coverage: Coverage, found: PriorAuthorization | None
) -> HttpResponse:
    now = timezone.now()
    form = AuthorizationForm(
        posted(request), instance=copy(found) if found else PriorAuthorization(coverage=coverage)
    )
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                if found:
                    services.edit_authorization(
                        authorization=found,
                        values=form.cleaned_data,
                        actor=request.user,
                        now=now,
                        opened=form.opened(),
                        because=request.POST.get("because", "")[:300],
                    )
                else:
                    services.add_authorization(
                        coverage=coverage, values=form.cleaned_data, actor=request.user, now=now
                    )
            except (InvalidInput, Conflict) as error:
                if error.code == "billed":
                    ask_why(form)
                form.show_stale(error) if error.code == "stale" else show_refusal(form, error)
            else:
                messages.success(request, _("The authorization is saved."))
                return redirect(coverage)
    title = _("Edit the authorization") if found else _("Add a prior authorization")
    return _page(request, patient, coverage, form, title)


def _page(
    request: StaffRequest,
    patient: Patient,
    coverage: Coverage,
    form: VerificationForm | AuthorizationForm,
    title: str,
) -> HttpResponse:
    context = {
        "patient": patient,
        "coverage": coverage,
        "form": form,
        "title": title,
        "banner": banner_for(patient, request.clinic.day_of(timezone.now())),
    }
    return render(request, "patients/coverage_form.html", context, status=422 if form.errors else 200)
