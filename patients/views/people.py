"""The list of patients, and the patient's own page."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from eecp_clinic.roles import CLINICAL, EVERYBODY, Role, StaffRequest, staff_view
from patients import access
from patients.banner import banner_for, primary_coverage
from patients.hub import panels_for
from patients.in_force import decisions_in_force
from patients.models import Document, EligibilityAssessment, Patient, PatientMerge
from patients.roles import EDITS, KEEPS_COVERAGES, KEEPS_PAYERS, MERGES, READS_CLINICAL, REGISTERS
from patients.search import find
from patients.verdicts import pathway_shown


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest) -> HttpResponse:
    """Patients of the clinic, found by any words of name, MRN, phone or date of birth."""
    now, words = timezone.now(), request.GET.get("q", "").strip()
    clinical = bool(request.roles & set(READS_CLINICAL))
    found = find(request.clinic, words, request.GET.get("page"))
    patients = list(found.page)
    decisions = decisions_in_force(patients) if clinical else {}
    today = request.clinic.day_of(now)
    context = {
        "page_obj": found.page,
        "alike": found.alike,
        "rows": [_row(patient, decisions.get(patient.pk), today) for patient in patients],
        "q": words,
        "clinical": clinical,
        "can_register": bool(request.roles & set(REGISTERS)),
        "can_import": bool(request.roles & set(MERGES)),
        "can_take_over": bool(request.roles & set(CLINICAL)),
        "can_see_payers": bool(request.roles & {*KEEPS_PAYERS, Role.FRONT_DESK}),
    }
    template = "patients/_list.html" if request.htmx and not request.htmx.boosted else "patients/list.html"
    return render(request, template, context)


def _row(patient: Patient, decision: EligibilityAssessment | None, today: date) -> dict[str, Any]:
    coverage = primary_coverage(patient, today)
    return {
        "patient": patient,
        "age": patient.age_on(today),
        "payer": coverage.payer.name if coverage else "",
        "decision": decision,
        "shown": pathway_shown(decision.pathway) if decision else None,
    }


@require_GET
@staff_view(*EVERYBODY)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    """The patient's own page, from which everything about them is reached."""
    now = timezone.now()
    patient, today = access.get_patient(request.clinic, code), request.clinic.day_of(now)
    if patient.code != code:  # the address of a record that was merged into this one
        return redirect(patient)
    context: dict[str, Any] = {
        "patient": patient,
        "banner": banner_for(patient, today),
        "coverages": [
            {"coverage": coverage, "current": coverage.ends_on is None or coverage.ends_on >= today}
            for coverage in patient.coverages.all()
        ],
        "documents": list(
            Document.objects.filter(patient.of_person()).papers().in_use().select_related("uploaded_by")
        ),
        "merges": list(
            PatientMerge.objects.filter(kept=patient, undone_at__isnull=True).select_related(
                "merged", "made_by"
            )
        ),
        "panels": panels_for(patient, request.roles, now),
        "can_edit": bool(request.roles & set(EDITS)),
        "can_keep_coverage": bool(request.roles & set(KEEPS_COVERAGES)),
        "can_merge": bool(request.roles & set(MERGES)),
        "can_work_up": bool(request.roles & set(CLINICAL)),
        "clinical": bool(request.roles & set(READS_CLINICAL)),
    }
    if context["clinical"]:
        context |= _clinical(patient)
    return render(request, "patients/detail.html", context)


def _made(assessment: EligibilityAssessment) -> tuple[datetime, int]:
    return assessment.made_at, assessment.pk


def _clinical(patient: Patient) -> dict[str, Any]:
    assessments = list(
        EligibilityAssessment.objects.filter(patient.of_person()).select_related(
            "signature", "made_by", "superseded_by", "patient"
        )
    )
    ends = [a for a in assessments if not hasattr(a, "superseded_by")]
    in_force = max(ends, key=_made, default=None)
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
