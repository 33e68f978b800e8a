"""Registering a patient, and editing one."""

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
from patients.forms import posted, show_refusal
from patients.models import Patient
from patients.person_forms import EditPatientForm, RegisterForm
from patients.roles import EDITS, REGISTERS
from patients.services.people import LookAlike, identity_of


@require_http_methods(["GET", "POST"])
@staff_view(*REGISTERS)
def register(request: StaffRequest) -> HttpResponse:
    form = RegisterForm(posted(request), instance=Patient(clinic=request.clinic))
    twins: list[LookAlike] = []
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        confirmed = values.pop("confirmed")
        try:
            patient = services.register_patient(
                clinic=request.clinic,
                values=values,
                actor=request.user,
                now=timezone.now(),
                look_alike_confirmed=confirmed,
            )
        except (InvalidInput, Conflict) as error:
            if error.code == "look_alike":
                twins = services.look_alikes(clinic=request.clinic, identity=identity_of(form.instance))
            else:
                show_refusal(form, error)
        else:
            messages.success(request, _("%(patient)s is registered.") % {"patient": patient})
            return redirect(patient)
    context = {"form": form, "twins": twins}
    return render(request, "patients/register.html", context, status=422 if form.errors or twins else 200)


@require_http_methods(["GET", "POST"])
@staff_view(*EDITS)
def edit(request: StaffRequest, code: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    # The form writes into its instance; the banner goes on showing what is saved.
    form = EditPatientForm(posted(request), instance=copy(patient))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.edit_patient(
                    patient=patient,
                    values=form.cleaned_data,
                    actor=request.user,
                    now=now,
                    opened=form.opened(),
                )
            except (InvalidInput, Conflict) as error:
                form.show_stale(error) if error.code == "stale" else show_refusal(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect(patient)
    banner = banner_for(patient, request.clinic.day_of(now))
    context = {"form": form, "patient": patient, "banner": banner}
    return render(request, "patients/edit.html", context, status=422 if form.errors else 200)
