"""The safety page: what was looked through, what was raised, and what a physician decided of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import InvalidInput, NotAllowed, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.forms import posted, show_refusal
from patients.roles import READS_CLINICAL
from patients.safety_form import OverrideForm, ScreeningForm, first_values
from patients.safety_page import safety_page


@require_GET
@staff_view(*READS_CLINICAL)
def safety(request: StaffRequest, code: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    screenings = list(access.screenings_of(patient))
    newest = screenings[0] if screenings else None
    context = {
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(timezone.now())),
        "screening": newest,
        "page": safety_page(newest) if newest else None,
        "earlier": [(screening, safety_page(screening).light) for screening in screenings[1:]],
        "can_screen": bool(request.roles & set(CLINICAL)),
        "can_decide": Role.PHYSICIAN in request.roles,
    }
    return render(request, "patients/safety.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def add(request: StaffRequest, code: str) -> HttpResponse:
    """A new screening; standing facts begin as they were last time, readings of the day never do."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    last = patient.safety_screenings.first()
    today = request.clinic.day_of(now)
    form = ScreeningForm(
        posted(request), initial={"as_of": today, **first_values(last, patient.workups.first())}
    )
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            values = dict(form.cleaned_data)
            try:
                services.screen_patient(
                    patient=patient, as_of=values.pop("as_of"), values=values, actor=request.user, now=now
                )
            except InvalidInput as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The screening is recorded."))
                return redirect("patients:safety", patient.code)
    context = {"form": form, "patient": patient, "banner": banner_for(patient, today), "last": last}
    return render(request, "patients/safety_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_view(Role.PHYSICIAN)
def override(request: StaffRequest, code: str, screening: str, rule: str) -> HttpResponse:
    """A physician decides on one rule that was raised."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_screening(patient, screening)
    finding = next((f for f in found.findings if f["code"] == rule), None)
    if finding is None:
        raise NotFound(_("This rule was not raised in this screening. Open the patient's safety page."))
    form = OverrideForm(posted(request))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.override_rule(
                    screening=found, rule=rule, **form.cleaned_data, actor=request.user, now=now
                )
            except InvalidInput as error:
                if error.data.get("fields"):
                    show_refusal(form, error)
                else:
                    form.add_error("password", error.message)
            except NotAllowed as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The decision is signed."))
                return redirect("patients:safety", patient.code)
    context = {
        "form": form,
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "finding": finding,
        "screening": found,
    }
    return render(request, "patients/safety_override.html", context, status=422 if form.errors else 200)
