"""Pages of devices: how they are, their agents' keys, and what they recorded."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from devices import downloads, keys, rows, services
from devices.access import get_device, get_key, get_recording, get_stored
from devices.forms import DeviceForm
from devices.models import Device
from eecp_clinic.errors import Conflict
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

LOOKING = (*CLINICAL, Role.ADMINISTRATOR)


@require_GET
@staff_view(*LOOKING)
def index(request: StaffRequest) -> HttpResponse:
    """Each device with how it is now; htmx asks for the table alone, again and again."""
    now = timezone.now()
    devices = [rows.device_row(device, now) for device in rows.devices_of(request.clinic, now)]
    template = "devices/_devices.html" if request.htmx else "devices/list.html"
    return render(request, template, {"devices": devices, "may_edit": _may_edit(request)})


@require_GET
@staff_view(*LOOKING)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    return render(request, "devices/detail.html", _detail(request, get_device(request.clinic, code)))


def _detail(request: StaffRequest, device: Device) -> dict[str, object]:
    now = timezone.now()
    page = Paginator(rows.recordings_of(device), rows.PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "device": device,
        "row": rows.device_row(device, now),
        "keys": rows.keys_of(device, now),
        "page_obj": page,
        "recordings": [rows.recording_row(recording) for recording in page],
        "may_edit": _may_edit(request),
    }


def _may_edit(request: StaffRequest) -> bool:
    return Role.ADMINISTRATOR in request.roles


@require_http_methods(["GET", "POST"])
@staff_view(Role.ADMINISTRATOR)
def add(request: StaffRequest) -> HttpResponse:
    form = DeviceForm(request.POST or None)
    if form.is_valid():
        try:
            device = services.add_device(
                clinic=request.clinic, values=form.cleaned_data, actor=request.user, now=timezone.now()
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(device)s is on the list.") % {"device": device})
            return redirect(device)
    return _form(request, form, _("Add a device"), reverse("devices:list"))


@require_http_methods(["GET", "POST"])
@staff_view(Role.ADMINISTRATOR)
def edit(request: StaffRequest, code: str) -> HttpResponse:
    device = get_device(request.clinic, code)
    # The form gets a copy of its own: what was typed must not look like what is stored.
    form = DeviceForm(request.POST or None, instance=get_device(request.clinic, code))
    if form.is_valid():
        try:
            services.edit_device(
                device=device, values=form.cleaned_data, actor=request.user, now=timezone.now()
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(device)
    return _form(request, form, _("Edit %(device)s") % {"device": device}, device.get_absolute_url())


def _form(request: HttpRequest, form: DeviceForm, title: str, cancel_url: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": title, "cancel_url": cancel_url}
    return render(request, "devices/form.html", context, status=status)


@require_POST
@staff_view(Role.ADMINISTRATOR)
def make_key(request: StaffRequest, code: str) -> HttpResponse:
    """Answers with the secret itself: it is in no session, no log and no address, and shown this once."""
    device = get_device(request.clinic, code)
    key, secret = services.make_key(device=device, actor=request.user, now=timezone.now())
    context = {"device": device, "key": key, "secret": secret, "server": request.build_absolute_uri("/")[:-1]}
    return render(request, "devices/key.html", context)


@require_POST
@staff_view(Role.ADMINISTRATOR)
def enrol(request: StaffRequest, code: str) -> HttpResponse:
    """Answers with a code for a new agent: like a key, it is shown this once."""
    device = get_device(request.clinic, code)
    made = keys.make_code(device=device, actor=request.user, now=timezone.now())
    context = {
        "device": device,
        "code": keys.in_groups(made),
        "minutes": int(keys.CODE_LIFE.total_seconds() // 60),
        "server": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "devices/enrol.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(Role.ADMINISTRATOR)
def revoke_key(request: StaffRequest, code: str, prefix: str) -> HttpResponse:
    device = get_device(request.clinic, code)
    key = get_key(device, prefix)
    if request.method == "GET":
        return render(request, "devices/revoke_key.html", {"device": device, "key": key})
    services.revoke_key(key=key, actor=request.user, now=timezone.now())
    messages.success(request, _("The key %(key)s is refused from now on.") % {"key": key})
    return redirect(device)


@require_GET
@staff_view(*LOOKING)
def recording_file(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The EDF+ file, as it was stored or not at all; who took it stands in the audit trail.

    ``?as=wfdb`` gives the same as a WFDB record, ``?version=1`` an earlier version of the file.
    """
    recording = get_recording(request.clinic, uuid)
    stored = get_stored(recording, request.GET.get("version", ""))
    form = "wfdb" if request.GET.get("as") == "wfdb" else "edf"
    made = downloads.FORMS[form](recording, stored)
    services.note_download(
        recording=recording,
        actor=request.user,
        now=timezone.now(),
        file_sha256=stored.file_sha256,
        form=form,
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.data, content_type="application/octet-stream", headers=headers)
