"""The list of patients, registering and editing one, and the patient's own page."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import CLINICAL, EVERYBODY, Role, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for, primary_coverage
from patients.forms import PatientForm, RegisterForm, posted, show_refusal
from patients.hub import panels_for
from patients.models import EligibilityAssessment, Patient
from patients.roles import EDITS, KEEPS_PAYERS, READS_CLINICAL, REGISTERS
from patients.verdicts import pathway_shown

PAGE_SIZE = 25


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest) -> HttpResponse:
    """Patients of the clinic, found by any words of name, MRN or date of birth."""
    now, words = timezone.now(), request.GET.get("q", "").strip()
    clinical = bool(request.roles & set(READS_CLINICAL))
    found = access.with_coverages(Patient.objects.of(request.clinic).matching(words))
    if clinical:
        in_force = EligibilityAssessment.objects.in_force().defer("facts", "decision")
        found = found.prefetch_related(Prefetch("assessments", in_force, to_attr="in_force"))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(patient, clinical, request.clinic.day_of(now)) for patient in page],
        "q": words,
        "clinical": clinical,
        "can_register": bool(request.roles & set(REGISTERS)),
        "can_take_over": bool(request.roles & set(CLINICAL)),
        "can_see_payers": bool(request.roles & {*KEEPS_PAYERS, Role.FRONT_DESK}),
    }
    template = "patients/_list.html" if request.htmx and not request.htmx.boosted else "patients/list.html"
    return render(request, template, context)


def _row(patient: Patient, clinical: bool, today: Any) -> dict[str, Any]:
    coverage = primary_coverage(patient, today)
    decision = next(iter(patient.in_force), None) if clinical else None  # type: ignore[attr-defined]
    return {
        "patient": patient,
        "age": patient.age_on(today),
        "payer": coverage.payer.name if coverage else "",
        "decision": decision,
        "shown": pathway_shown(decision.pathway) if decision else None,
    }


@require_http_methods(["GET", "POST"])
@staff_view(*REGISTERS)
def register(request: StaffRequest) -> HttpResponse:
    form = RegisterForm(posted(request), instance=Patient(clinic=request.clinic))
    twins: list[Patient] = []
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
                names = {name: values[name] for name in ("family_name", "birth_date")}
                twins = list(services.look_alikes(clinic=request.clinic, **names))
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
    form = PatientForm(posted(request), instance=copy(patient))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                services.edit_patient(patient=patient, values=form.cleaned_data, actor=request.user, now=now)
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect(patient)
    banner = banner_for(patient, request.clinic.day_of(now))
    context = {"form": form, "patient": patient, "banner": banner}
    return render(request, "patients/edit.html", context, status=422 if form.errors else 200)


@require_GET
@staff_view(*EVERYBODY)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    """The patient's own page, from which everything about them is reached."""
    now = timezone.now()
    patient, today = access.get_patient(request.clinic, code), request.clinic.day_of(now)
    context: dict[str, Any] = {
        "patient": patient,
        "banner": banner_for(patient, today),
        "coverages": [
            {"coverage": coverage, "current": coverage.ends_on is None or coverage.ends_on >= today}
            for coverage in patient.coverages.all()
        ],
        "panels": panels_for(patient, request.roles, now),
        "can_edit": bool(request.roles & set(EDITS)),
        "can_work_up": bool(request.roles & set(CLINICAL)),
        "clinical": bool(request.roles & set(READS_CLINICAL)),
    }
    if context["clinical"]:
        context |= _clinical(patient)
    return render(request, "patients/detail.html", context)


def _clinical(patient: Patient) -> dict[str, Any]:
    assessments = list(patient.assessments.select_related("signature", "made_by", "superseded_by"))
    in_force = next((a for a in assessments if not hasattr(a, "superseded_by")), None)
    findings = in_force.decision.get("findings", []) if in_force else []
    required = [finding for finding in findings if finding["weight"] == "required"]
    return {
        "workups": list(patient.workups.select_related("recorded_by")),
        "decision": in_force,
        "decision_shown": pathway_shown(in_force.pathway) if in_force else None,
        "required_count": len(required),
        "met_count": sum(finding["state"] == "met" for finding in required),
        "earlier": [
            {"decision": a, "shown": pathway_shown(a.pathway)} for a in assessments if a is not in_force
        ],
    }
