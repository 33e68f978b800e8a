"""Papers of a patient: filed, given out, withdrawn."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view
from patients import access, services
from patients.banner import banner_for
from patients.document_forms import CardForm, DocumentForm, WithdrawForm
from patients.forms import given_files, posted, show_refusal
from patients.models import Coverage, Document, Patient
from patients.papers import MOST_BYTES
from patients.pdf_actions import SENTENCES
from patients.roles import KEEPS_COVERAGES


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def add(request: StaffRequest, code: str) -> HttpResponse:
    patient = access.get_patient(request.clinic, code)
    form = DocumentForm(posted(request), given_files(request))
    return _upload(request, patient, None, form)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def card(request: StaffRequest, code: str, coverage: str) -> HttpResponse:
    """The picture of one side of a coverage's card."""
    patient = access.get_patient(request.clinic, code)
    form = CardForm(posted(request), given_files(request))
    return _upload(request, patient, access.get_coverage(patient, coverage), form)


def _upload(
    request: StaffRequest, patient: Patient, coverage: Coverage | None, form: forms.Form
) -> HttpResponse:
    now, back = timezone.now(), coverage.get_absolute_url() if coverage else patient.get_absolute_url()
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            values = dict(form.cleaned_data)
            try:
                document = services.add_document(
                    patient=coverage.patient if coverage else patient,
                    given=values.pop("file").read(),
                    coverage=coverage,
                    actor=request.user,
                    now=now,
                    **values,
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                _say(request, document)
                return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
        if request.htmx:  # the page stays as it is, with the file still chosen
            raise InvalidInput(
                " ".join(str(sentence) for texts in form.errors.values() for sentence in texts)
            )
    context = {
        "form": form,
        "patient": patient,
        "coverage": coverage,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "back": back,
        "most_bytes": MOST_BYTES,
    }
    return render(request, "patients/document_add.html", context, status=422 if form.errors else 200)


def _say(request: StaffRequest, document: Document) -> None:
    messages.success(request, _("%(document)s is filed.") % {"document": document})
    taken_out = [SENTENCES[code] for code in document.removed if code in SENTENCES]
    if taken_out:
        messages.warning(
            request,
            _("Taken out of the PDF before it was stored: %(what)s. Its pages are unchanged.")
            % {"what": ", ".join(taken_out)},
        )


@require_GET
@staff_view(*EVERYBODY)
def file(request: StaffRequest, code: str, document: str) -> HttpResponse:
    """The stored file, always as an attachment: nothing of it runs in the clinic's pages."""
    patient = access.get_patient(request.clinic, code)
    found = access.get_document(patient, document)
    content = services.open_document(document=found, actor=request.user, now=timezone.now())
    extension = found.file.name.rsplit(".", 1)[-1]
    return HttpResponse(
        content,
        content_type=found.content_type,
        headers={
            # No name of a patient in the name of a file: it lies in a downloads folder afterwards.
            "Content-Disposition": f'attachment; filename="{found.kind}-{found.code}.{extension}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_COVERAGES)
def withdraw(request: StaffRequest, code: str, document: str) -> HttpResponse:
    patient, now = access.get_patient(request.clinic, code), timezone.now()
    found = access.get_document(patient, document)
    form = WithdrawForm(posted(request))
    if request.method == "POST":
        access.require_same_patient(request, patient)
        if form.is_valid():
            services.withdraw_document(
                document=found, reason=form.cleaned_data["reason"], actor=request.user, now=now
            )
            messages.success(request, _("The document is withdrawn."))
            return redirect(patient)
    context = {
        "form": form,
        "patient": patient,
        "document": found,
        "banner": banner_for(patient, request.clinic.day_of(now)),
    }
    return render(request, "patients/document_withdraw.html", context, status=422 if form.errors else 200)
