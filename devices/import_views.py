"""A console's file, uploaded, shown and confirmed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from devices import importing, moving, rows
from devices.access import get_device, get_import, get_recording
from devices.forms import ConfirmImportForm, MoveForm
from devices.models import Device, RecordingImport
from devices.records.given import Given
from eecp_clinic.errors import InvalidInput, TooLarge
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

IMPORTING = (*CLINICAL, Role.ADMINISTRATOR)
MOST_FILES = 20


@require_http_methods(["GET", "POST"])
@staff_view(*IMPORTING)
def upload(request: StaffRequest, code: str) -> HttpResponse:
    """The file that a console gave; what is refused leaves the page, and the chosen files, as they are."""
    device = get_device(request.clinic, code)
    if request.method == "GET":
        context = {"device": device, "most_bytes": settings.UPLOAD_MAX_BYTES}
        return render(request, "devices/import.html", context)
    try:
        taken = importing.take_file(
            device=device, given=_given(request), actor=request.user, now=timezone.now()
        )
    except importing.ImportedBefore as before:
        return _go(request, _shown(request, before))
    return _go(request, taken.get_absolute_url())


def _given(request: StaffRequest) -> list[Given]:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if stated.isdecimal() and int(stated) > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(
            _("At most %(most)s can be taken at once. Give the hour of one session.")
            % {"most": filesizeformat(settings.UPLOAD_MAX_BYTES)}
        )
    files = request.FILES.getlist("files")
    if not files:
        raise InvalidInput(_("No file was chosen. Choose an EDF file, or all files of a WFDB record."))
    if len(files) > MOST_FILES:
        raise InvalidInput(_("Too many files were chosen. Choose those of one record."))
    return [Given(file.name or "", file.read()) for file in files]


def _shown(request: StaffRequest, before: importing.ImportedBefore) -> str:
    """The page on which the recording that is there already stands."""
    messages.warning(request, before.message)
    return rows.place_of(before.recording)


def _go(request: StaffRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_http_methods(["GET", "POST"])
@staff_view(*IMPORTING)
def confirm(request: StaffRequest, code: str, taken: str) -> HttpResponse:
    """What was found, with a start that can be corrected; confirmed, it is a recording."""
    device = get_device(request.clinic, code)
    waiting = get_import(device, taken)
    if waiting.recording is not None:
        return redirect(rows.place_of(waiting.recording))
    form = ConfirmImportForm(request.POST or None, initial=_initial(waiting))
    if not form.is_valid():
        return _page(request, device, waiting, form)
    try:
        recording = importing.confirm(
            taken=waiting, **form.confirmed(waiting.started_at), actor=request.user, now=timezone.now()
        )
    except importing.ImportedBefore as before:
        return redirect(_shown(request, before))
    except InvalidInput as refusal:
        form.add_error("started_at", refusal.message)
        return _page(request, device, waiting, form)
    messages.success(
        request, _("The recording is taken. It is stored and analysed now, which takes about a minute.")
    )
    return redirect(rows.place_of(recording))


def _initial(waiting: RecordingImport) -> dict[str, Any]:
    """The start as the file says it, and the trigger source as the device's last recording had it."""
    last = waiting.device.recordings.order_by("-started_at").values_list("manifest", flat=True).first()
    source = last.get("trigger_source", "") if isinstance(last, dict) else ""
    return {"started_at": waiting.started_at, "trigger_source": source}


def _page(
    request: StaffRequest, device: Device, waiting: RecordingImport, form: ConfirmImportForm
) -> HttpResponse:
    started_at = waiting.started_at
    if form.is_bound and form.cleaned_data.get("started_at"):
        started_at = form.cleaned_data["started_at"]
    context = {
        "device": device,
        "taken": waiting,
        "form": form,
        "found": rows.found_row(waiting),
        "overlapping": importing.overlapping(waiting, started_at) if started_at else [],
    }
    return render(request, "devices/import_confirm.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff_view(*IMPORTING)
def discard(request: StaffRequest, code: str, taken: str) -> HttpResponse:
    device = get_device(request.clinic, code)
    importing.discard(taken=get_import(device, taken), actor=request.user, now=timezone.now())
    messages.success(request, _("The file was discarded; nothing of it is kept."))
    return redirect("devices:import", device.code)


@require_http_methods(["GET", "POST"])
@staff_view(*IMPORTING)
def move(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """An imported recording that was given for the wrong device."""
    recording = get_recording(request.clinic, uuid)
    form = MoveForm(request.POST if request.method == "POST" else None, recording=recording)
    if form.is_valid():
        device = form.cleaned_data["device"]
        moved = moving.move_import(recording=recording, device=device, actor=request.user, now=timezone.now())
        messages.success(request, _("The recording is of %(device)s now.") % {"device": device})
        return redirect(rows.place_of(moved))
    context = {"form": form, "recording": recording, "device": recording.device}
    return render(request, "devices/move.html", context, status=422 if form.is_bound else 200)
