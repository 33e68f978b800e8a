"""Recording a workup, and reading one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.fhir.sources import origins_of
from patients.forms import posted, show_refusal
from patients.models import Workup
from patients.roles import READS_CLINICAL
from patients.workup_fields import GROUPS, label, shown
from patients.workup_form import WorkupForm


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def add(request: StaffRequest, code: str) -> HttpResponse:
    """A new workup; ``?from=CODE`` begins with the values of an earlier one, and the page says so."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    copied = access.get_workup(patient, request.GET["from"]) if "from" in request.GET else None
    last = patient.workups.first()
    form = WorkupForm(
        posted(request),
        instance=Workup(patient=patient),
        initial=WorkupForm.copied(copied) if copied else None,
        last=last,
    )
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.record_workup(patient=patient, values=form.cleaned_data, actor=request.user, now=now)
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The workup is recorded. Assess the coverage with it."))
                return redirect("patients:assess", patient.code)
    context = {
        "form": form,
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "copied": copied,
        "last": last,
    }
    return render(request, "patients/workup_add.html", context, status=422 if form.errors else 200)


@require_GET
@staff_view(*READS_CLINICAL)
def detail(request: StaffRequest, code: str, workup: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    found = access.get_workup(patient, workup)
    origins = origins_of(found)
    context: dict[str, Any] = {
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(timezone.now())),
        "workup": found,
        "groups": [
            (group.title, [(label(name), shown(found, name), origins.get(name)) for name in group.names])
            for group in GROUPS
        ],
        "can_work_up": bool(request.roles & set(CLINICAL)),
    }
    return render(request, "patients/workup.html", context)
