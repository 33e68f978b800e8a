"""A chart from elsewhere: uploaded, looked at with the source of each value, then saved or discarded."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from eecp_clinic.errors import Conflict, InvalidInput, TooLarge
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients import access
from patients.fhir import services
from patients.fhir.access import get_chart
from patients.fhir.chart_page import look_alikes, preview_context, saved_context
from patients.fhir.forms import NEW, ChartForms
from patients.forms import posted, show_refusal
from patients.look_alike import Identity
from patients.models import ChartImport, Patient
from patients.services import look_alikes as look_alikes_of

#: A whole life as a bundle takes one to five megabytes.
MOST_BYTES = min(24 * 1024 * 1024, settings.UPLOAD_MAX_BYTES)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def upload(request: StaffRequest) -> HttpResponse:
    """The file, and below it those that wait to be looked at."""
    now = timezone.now()
    if request.method == "GET":
        waiting = ChartImport.objects.of(request.clinic).waiting(now).select_related("uploaded_by")
        return render(
            request, "patients/charts/upload.html", {"most_bytes": MOST_BYTES, "waiting": list(waiting)}
        )
    name, data = _given(request)
    chart = services.take_chart(clinic=request.clinic, file_name=name, data=data, actor=request.user, now=now)
    url = chart.get_absolute_url()
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _given(request: StaffRequest) -> tuple[str, bytes]:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    file = request.FILES.get("file")
    too_large = stated.isdecimal() and int(stated) > settings.UPLOAD_MAX_BYTES
    if too_large or (file is not None and (file.size or 0) > MOST_BYTES):
        raise TooLarge(
            _("At most %(most)s can be taken at once. Ask the sender for one file a patient.")
            % {"most": filesizeformat(MOST_BYTES)}
        )
    if file is None:
        raise InvalidInput(_("No file was chosen. Choose the FHIR bundle that the sender gave, as JSON."))
    return file.name or "", file.read()


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def chart(request: StaffRequest, chart: str) -> HttpResponse:
    """What the file says, in forms that can be corrected; saved, what came from it."""
    now = timezone.now()
    waiting = get_chart(request.clinic, chart, now)
    if waiting.patient is not None:
        return render(request, "patients/charts/saved.html", saved_context(waiting, waiting.patient, now))
    findings = services.findings_of(waiting)
    alike = look_alikes(request.clinic, findings)
    forms = ChartForms(findings, request.clinic, alike, posted(request))
    if request.method == "POST" and forms.are_valid():
        patient = _save(request, waiting, forms, alike)
        if patient is not None:
            messages.success(request, _("The chart is saved. Each value shows where it came from."))
            return redirect(patient)
    context = preview_context(waiting, findings, alike, forms)
    return render(
        request, "patients/charts/chart.html", context, status=422 if forms.target.is_bound else 200
    )


def _save(
    request: StaffRequest, waiting: ChartImport, forms: ChartForms, alike: list[Patient]
) -> Patient | None:
    """Save what was chosen; a refusal is put into the form it speaks of."""
    target = forms.target.cleaned_data["patient"]
    workup: dict[str, Any] = forms.workup.cleaned_data
    chosen = services.Chosen(
        existing=None if target == NEW else access.get_patient(request.clinic, target),
        person=forms.person.cleaned_data if target == NEW else {},
        is_another_person=target == NEW and _all_were_shown(request, forms, alike),
        coverages={
            number: {name: value for name, value in form.cleaned_data.items() if name != "take"}
            for number, form in forms.taken().items()
        },
        workup=workup if any(value not in (None, "", []) for value in workup.values()) else None,
    )
    try:
        return services.save_chart(chart=waiting, chosen=chosen, actor=request.user, now=timezone.now())
    except (InvalidInput, Conflict) as error:
        show_refusal(forms.part(error.data.get("part", "")), error)
        return None


def _all_were_shown(request: StaffRequest, forms: ChartForms, alike: list[Patient]) -> bool:
    """Whether everybody who looks like the person as typed stood on the page when "somebody else" was chosen."""
    typed = forms.person.cleaned_data
    identity = Identity(typed["family_name"], typed["given_name"], typed["birth_date"], typed["phone"])
    return all(one.patient in alike for one in look_alikes_of(clinic=request.clinic, identity=identity))


@require_POST
@staff_view(*CLINICAL)
def discard(request: StaffRequest, chart: str) -> HttpResponse:
    now = timezone.now()
    services.discard_chart(chart=get_chart(request.clinic, chart, now), actor=request.user, now=now)
    messages.success(request, _("The file was discarded; nothing of it is kept."))
    return redirect("patients:chart-upload")
