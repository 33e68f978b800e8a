"""Finding a diagnosis code by its words, in the release of a day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from eecp_clinic.roles import StaffRequest, staff_view
from patients import icd10cm
from patients.clinic_rules import diagnosis_sets
from patients.diagnoses import CODE_SET
from patients.eligibility.diagnosis_set import Support
from patients.roles import READS_CLINICAL
from patients.verdicts import SUPPORT


@require_GET
@staff_view(*READS_CLINICAL)
def search(request: StaffRequest) -> HttpResponse:
    """``?q=`` words or the beginning of a code. Where no release of today is held, the newest is searched."""
    words = request.GET.get("q", "").strip()
    today = request.clinic.day_of(timezone.now())
    release = icd10cm.release_on(today)
    searched = release or icd10cm.releases()[0]
    known = diagnosis_sets()[CODE_SET]
    found = searched.search(words) if len(words) > 1 else []
    context = {
        "q": words,
        "rows": [
            (code, SUPPORT[known.support(code.code)] if code.billable else SUPPORT[Support.NOT_BILLABLE])
            for code in found
        ],
        "searched": searched,
        "is_checked": release is not None,
        "year": icd10cm.fiscal_year(today),
    }
    template = "patients/_codes.html" if request.htmx and not request.htmx.boosted else "patients/codes.html"
    return render(request, template, context)
