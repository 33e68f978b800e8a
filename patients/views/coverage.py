"""A patient's coverages: added, edited, and each with what its payer said and approved."""

from copy import copy
from typing import Any

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
from patients.coverage_forms import CoverageForm, EditCoverageForm, ask_why
from patients.delivered import counted
from patients.forms import posted, show_refusal
from patients.models import Coverage, Document, Payer
from patients.roles import KEEPS_COVERAGES


@require_GET
@staff_view(*EVERYBODY)
def detail(request: StaffRequest, code: str, coverage: str) -> HttpResponse:
    """One insurance: card, dates, what the payer said, what it approved and how much of it is used."""
    now, patient = timezone.now(), access.get_patient(request.clinic, code)
    found = access.get_coverage(patient, coverage)
    approvals = found.authorizations.select_related(
        "coverage__patient__clinic", "coverage__patient__merged_into"
    )
    verifications = list(found.verifications.select_related("made_by"))
    context = {
        "patient": patient,
        "coverage": found,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "cards": list(found.documents.in_use().filter(kind__in=Document.CARDS).order_by("-kind")),
        "authorizations": counted(list(approvals), now),
        "verifications": verifications,
        "can_keep": bool(request.roles & set(KEEPS_COVERAGES)),
    }
    return render(request, "patients/coverage_detail.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def add(request: StaffRequest, code: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    form = CoverageForm(posted(request), instance=Coverage(patient=patient))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                coverage = services.add_coverage(
                    patient=patient, values=form.cleaned_data, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The coverage is saved."))
                return redirect(coverage)
    return _page(request, {"form": form, "patient": patient, "back": patient.get_absolute_url()})


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def edit(request: StaffRequest, code: str, coverage: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_coverage(patient, coverage)
    form = EditCoverageForm(posted(request), instance=copy(found))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.edit_coverage(
                    coverage=found,
                    values=form.cleaned_data,
                    actor=request.user,
                    now=now,
                    opened=form.opened(),
                    because=request.POST.get("because", "")[:300],
                )
            except (InvalidInput, Conflict) as error:
                if error.code == "billed":
                    ask_why(form)
                form.show_stale(error) if error.code == "stale" else show_refusal(form, error)
            else:
                messages.success(request, _("The coverage is saved."))
                return redirect(found)
    return _page(
        request, {"form": form, "patient": patient, "coverage": found, "back": found.get_absolute_url()}
    )


def _page(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "banner": banner_for(context["patient"], request.clinic.day_of(timezone.now())),
        "has_payers": Payer.objects.filter(clinic=request.clinic).exists(),
    }
    status = 422 if context["form"].errors else 200
    return render(request, "patients/coverage.html", context, status=status)
