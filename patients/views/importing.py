"""Bringing in a list of patients: uploaded, looked at, confirmed, reported."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from eecp_clinic.errors import InvalidInput
from eecp_clinic.roles import StaffRequest, staff_view
from patients import access, services
from patients.csv_list import COLUMNS, MOST_ROWS, REQUIRED
from patients.document_forms import ListForm
from patients.forms import given_files, posted, show_refusal
from patients.models import Patient, PatientImport
from patients.roles import MERGES
from patients.services.importing import look_at

SHOWN_EARLIER = 10


@require_http_methods(["GET", "POST"])
@staff_view(*MERGES)
def index(request: StaffRequest) -> HttpResponse:
    """The way in, and what was brought before."""
    form = ListForm(posted(request), given_files(request))
    if request.method == "POST" and form.is_valid():
        try:
            taken, ignored = services.take_list(
                clinic=request.clinic,
                given=form.cleaned_data["file"].read(),
                actor=request.user,
                now=timezone.now(),
            )
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            if ignored:
                messages.warning(
                    request,
                    _("Not taken from the list: the columns %(names)s.") % {"names": ", ".join(ignored)},
                )
            return redirect("patients:import", taken.code)
    context = {
        "form": form,
        "columns": [names[0] for field, names in COLUMNS.items() if field not in REQUIRED],
        "required": [COLUMNS[field][0] for field in REQUIRED],
        "most_rows": MOST_ROWS,
        "earlier": PatientImport.objects.filter(clinic=request.clinic).select_related("uploaded_by")[
            :SHOWN_EARLIER
        ],
    }
    return render(request, "patients/imports.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_view(*MERGES)
def detail(request: StaffRequest, taken: str) -> HttpResponse:
    """Before: each row as it would be taken, and the button. After: what became of each."""
    found = access.get_import(request.clinic, taken)
    if request.method == "POST":
        other_people = {int(number) for number in request.POST.getlist("other") if number.isdecimal()}
        services.confirm_list(taken=found, other_people=other_people, actor=request.user, now=timezone.now())
        return redirect("patients:import", found.code)
    if found.state == PatientImport.State.WAITING:
        rows = look_at(found, timezone.now())
        counts = {light: sum(row.light == light for row in rows) for light in ("go", "look", "stop")}
        return render(
            request, "patients/import_preview.html", {"taken": found, "rows": rows, "counts": counts}
        )
    codes = [row["patient"] for row in found.report if row["patient"]]
    people = {patient.code: patient for patient in Patient.objects.of(request.clinic).filter(code__in=codes)}
    report = [row | {"who": people.get(row["patient"])} for row in found.report]
    context = {"taken": found, "report": report, "registered": len(codes), "left": len(report) - len(codes)}
    return render(request, "patients/import_report.html", context)


@require_POST
@staff_view(*MERGES)
def discard(request: StaffRequest, taken: str) -> HttpResponse:
    found = access.get_import(request.clinic, taken)
    services.discard_list(taken=found, actor=request.user, now=timezone.now())
    messages.success(request, _("The list is discarded; nothing of it was kept."))
    return redirect("patients:imports")
