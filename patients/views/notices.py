"""Notices of a patient: ABNs, and determinations of Medicare Advantage plans."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.clinic_rules import notice_rules
from patients.forms import posted, show_refusal
from patients.models import EligibilityAssessment, Notice, Patient
from patients.notice_form import AnswerForm, NoticeForm, first_values
from patients.notice_pdf import notice_sheet
from patients.roles import GIVES_NOTICES


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest, code: str) -> HttpResponse:
    """All notices of one patient, and which of them the patient's coverage asks for."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    kinds = {coverage.payer.kind for coverage in patient.coverages.all()}
    context = {
        **_patient(request, patient, now),
        "notices": patient.notices.select_related("coverage__payer", "given_by"),
        "determinations": [
            (found, found.is_overdue(now))
            for found in patient.determinations.select_related("coverage__payer", "requested_by")
        ],
        "has_plan": "medicare_advantage" in kinds,
        "has_medicare": bool(kinds & {"original_medicare", "self_pay"}),
        "can_give": bool(request.roles & set(GIVES_NOTICES)),
        "today": request.clinic.day_of(now),
    }
    return render(request, "patients/notices.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*GIVES_NOTICES)
def add(request: StaffRequest, code: str) -> HttpResponse:
    """An ABN, begun with the reasons of the decision in force."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    decision = EligibilityAssessment.objects.in_force().filter(patient=patient).first()
    today = request.clinic.day_of(now)
    form = NoticeForm(posted(request), patient=patient, initial=first_values(decision, today))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            values = dict(form.cleaned_data)
            try:
                notice = services.make_notice(
                    patient=patient,
                    coverage=values.pop("coverage"),
                    assessment=decision,
                    values=values,
                    actor=request.user,
                    now=now,
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(
                    request, _("The notice is made. Go through it with the patient, then record the answer.")
                )
                return redirect(notice)
    context = {**_patient(request, patient, now), "form": form, "rules": notice_rules(), "decision": decision}
    return render(request, "patients/notice_add.html", context, status=422 if form.errors else 200)


@require_GET
@staff_view(*EVERYBODY)
def notice(request: StaffRequest, code: str, notice: str) -> HttpResponse:
    """One ABN, with its blanks and the patient's answer."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    form = AnswerForm(initial={"signed_on": request.clinic.day_of(now)})
    return _page(request, patient, access.get_notice(patient, notice), form)


@require_POST
@staff_view(*GIVES_NOTICES)
def answer(request: StaffRequest, code: str, notice: str) -> HttpResponse:
    """What the patient chose and signed."""
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_notice(patient, notice)
    access.require_same_patient(request, patient)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_notice(notice=found, values=form.cleaned_data, actor=request.user, now=now)
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The answer is recorded. Assess the coverage again with it."))
            return redirect(found)
    return _page(request, patient, found, form)


def _page(request: StaffRequest, patient: Patient, found: Notice, form: AnswerForm) -> HttpResponse:
    now, rules = timezone.now(), notice_rules()
    can_give = bool(request.roles & set(GIVES_NOTICES))
    context = {
        **_patient(request, patient, now),
        "notice": found,
        "form": form,
        "rules": rules,
        "highest": rules.highest_charge(found.estimate_usd),
        "can_answer": can_give and not found.is_answered,
        "is_over": found.last_day < request.clinic.day_of(now),
    }
    return render(request, "patients/notice.html", context, status=422 if form.errors else 200)


@require_GET
@staff_view(*EVERYBODY)
def sheet(request: StaffRequest, code: str, notice: str) -> HttpResponse:
    """The values of the form's blanks as PDF."""
    found = access.get_notice(access.get_patient(request.clinic, code), notice)
    return HttpResponse(
        notice_sheet(found).content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="abn-{found.code}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _patient(request: StaffRequest, patient: Patient, now: datetime) -> dict[str, Any]:
    return {"patient": patient, "banner": banner_for(patient, request.clinic.day_of(now))}
