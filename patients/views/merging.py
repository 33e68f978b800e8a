"""Merging two records of one person, and undoing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.forms import posted, show_refusal
from patients.merge_page import holdings_of, lines_of
from patients.person_forms import MergeForm
from patients.roles import MERGES
from patients.search import find
from patients.services.merging import UNDO_WITHIN
from patients.services.people import identity_of


@require_GET
@staff_view(*MERGES)
def choose(request: StaffRequest, code: str) -> HttpResponse:
    """Which other record is of the same person: those that look alike, or what is searched for."""
    patient, words = access.get_patient(request.clinic, code), request.GET.get("q", "").strip()
    alike = services.look_alikes(clinic=request.clinic, identity=identity_of(patient))
    found = find(request.clinic, words, None).page if words else []
    context = {
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(timezone.now())),
        "alike": [twin for twin in alike if twin.patient != patient],
        "found": [other for other in found if other != patient],
        "q": words,
    }
    return render(request, "patients/merge_choose.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*MERGES)
def merge(request: StaffRequest, code: str, other: str) -> HttpResponse:
    """Both records side by side; confirmed, the other becomes a part of this one."""
    kept, now = access.get_patient(request.clinic, code), timezone.now()
    merged = access.get_patient(request.clinic, other)
    form = MergeForm(posted(request))
    if request.method == "POST":
        access.require_same_patient(request, kept)
        if form.is_valid():
            try:
                services.merge_patients(
                    kept=kept, merged=merged, reason=form.cleaned_data["reason"], actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The two records are one. You can undo it from here."))
                return redirect(kept)
    context = {
        "form": form,
        "patient": kept,
        "other": merged,
        "lines": lines_of(kept, merged),
        "holdings": holdings_of(merged),
        "undo_days": UNDO_WITHIN.days,
        "banner": banner_for(kept, request.clinic.day_of(now)),
    }
    return render(request, "patients/merge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_view(*MERGES)
def undo(request: StaffRequest, code: str, merge: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_merge(patient, merge)
    refused = ""
    if request.method == "POST":
        access.require_same_patient(request, patient)
        try:
            other = services.undo_merge(merge=found, actor=request.user, now=now)
        except Conflict as error:
            refused = error.message
        else:
            messages.success(request, _("These are two records again. This is the one that had been merged."))
            return redirect(other)
    context = {
        "patient": patient,
        "merge": found,
        "refused": refused,
        "banner": banner_for(patient, request.clinic.day_of(now)),
    }
    return render(request, "patients/merge_undo.html", context, status=409 if refused else 200)
