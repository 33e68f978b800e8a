"""Assessing coverage, reading a decision, and signing it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for, primary_coverage
from patients.clinic_rules import prices
from patients.decision_page import decision_page, signature_shown
from patients.eligibility.conclusion import Pathway
from patients.eligibility.notices import NoticeKind
from patients.forms import AssessForm, SignForm, posted, show_refusal
from patients.models import EligibilityAssessment, Patient
from patients.notice_form import SESSIONS
from patients.prices import estimate
from patients.roles import GIVES_NOTICES, READS_CLINICAL
from patients.verdicts import pathway_shown


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def assess(request: StaffRequest, code: str) -> HttpResponse:
    """Choose workup, coverage and day; the decision page follows."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    form = AssessForm(posted(request), patient=patient, initial=_proposal(patient, now))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            try:
                assessment = services.assess(**form.cleaned_data, actor=request.user, now=now)
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                return redirect("patients:assessment", patient.code, assessment.code)
    banner = banner_for(patient, request.clinic.day_of(now))
    context = {"form": form, "patient": patient, "banner": banner, "has_workup": patient.workups.exists()}
    return render(request, "patients/assess.html", context, status=422 if form.errors else 200)


def _proposal(patient: Patient, now: datetime) -> dict[str, Any]:
    """The newest workup and what pays first today; shown, and chosen by whoever assesses."""
    today = patient.clinic.day_of(now)
    workup, coverage = patient.workups.first(), primary_coverage(patient, today)
    return {
        "workup": workup.code if workup else None,
        "coverage": coverage.code if coverage else None,
        "as_of": today,
    }


@require_GET
@staff_view(*READS_CLINICAL)
def assessment(request: StaffRequest, code: str, assessment: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    found = access.get_assessment(patient, assessment)
    return _page(request, patient, found, SignForm())


@require_POST
@staff_view(Role.PHYSICIAN)
def sign(request: StaffRequest, code: str, assessment: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_assessment(patient, assessment)
    access.require_same_patient(request, patient)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            services.sign_assessment(
                assessment=found, password=form.cleaned_data["password"], actor=request.user, now=now
            )
        except InvalidInput as error:
            form.add_error("password", error.message)
        except NotAllowed as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The decision is signed."))
            return redirect("patients:assessment", patient.code, found.code)
    return _page(request, patient, found, form)


def _page(
    request: StaffRequest, patient: Patient, found: EligibilityAssessment, form: SignForm
) -> HttpResponse:
    can_mend = bool(request.roles & set(CLINICAL))
    newer = getattr(found, "superseded_by", None)
    today = request.clinic.day_of(timezone.now())
    context = {
        "patient": patient,
        "banner": banner_for(patient, today),
        "assessment": found,
        "notice_action": _notice_action(patient, found) if newer is None and _may_notify(request) else None,
        "estimate": estimate(prices(), sessions=SESSIONS, on=today) if found.pathway in MAY_PAY else None,
        "prices": prices(),
        "page": decision_page(found, can_mend=can_mend),
        "form": form,
        "signature_shown": signature_shown(found),
        "newer": newer,
        "newer_shown": pathway_shown(newer.pathway) if newer else None,
        "can_mend": can_mend,
        "can_sign": Role.PHYSICIAN in request.roles and newer is None and not found.is_signed,
    }
    return render(request, "patients/assessment.html", context, status=422 if form.errors else 200)


#: Where the patient may come to pay, and so is told what it costs.
MAY_PAY = {
    Pathway.NOT_COVERED,
    Pathway.REVIEW,
    Pathway.MA_DETERMINATION,
    Pathway.PAYER_NOT_MET,
    Pathway.SELF_PAY,
}


def _may_notify(request: StaffRequest) -> bool:
    return bool(request.roles & set(GIVES_NOTICES))


def _notice_action(patient: Patient, found: EligibilityAssessment) -> dict[str, str] | None:
    """The notice that the decision asks for, as one click."""
    match found.decision.get("notice", {}).get("kind"):
        case NoticeKind.ABN | NoticeKind.ABN_OPTION_2:
            return {"url": reverse("patients:notice-add", args=[patient.code]), "label": _("Make the ABN")}
        case NoticeKind.PLAN_DETERMINATION:
            url = reverse("patients:determination-add", args=[patient.code])
            return {"url": url, "label": _("Note that the plan was asked")}
        case _:
            return None
