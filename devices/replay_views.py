"""What a replay fetches while it is looked at: tiles, valve events and beats. Who opened it is audited by its page."""

import zlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from devices import tile_store
from devices.access import get_recording, get_report, get_version
from devices.beat_marks import MARKS_VERSION, to_marks
from devices.edf import CannotStore
from devices.models import Recording, StoredFile
from devices.protocol import ProtocolError
from devices.report_files import DamagedReport, read_beats
from devices.tiles import TILE_VERSION, NoSuchTile
from devices.views import LOOKING
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.roles import StaffRequest, staff_view

#: The address names the bytes, so they never change; only this browser keeps them, for they are somebody's waves.
_FOR_EVER = "private, max-age=31536000, immutable"


@require_GET
@staff_view(*LOOKING)
def tile(request: StaffRequest, uuid: UUID, sha256: str, level: int, index: int) -> HttpResponse:
    tag = f'"{sha256}-t{TILE_VERSION}-{level}-{index}"'
    recording, stored = _named(request, uuid, sha256)
    if _known(request, tag):
        return HttpResponseNotModified()
    try:
        data = tile_store.tile_of(recording, stored, level, index)
    except NoSuchTile as error:
        raise NotFound(_("This recording has no such stretch. Open its replay again.")) from error
    except (CannotStore, ProtocolError, FileNotFoundError) as error:
        raise file_trouble() from error
    return _bytes(request, data, tag)


@require_GET
@staff_view(*LOOKING)
def events(request: StaffRequest, uuid: UUID, sha256: str) -> HttpResponse:
    tag = f'"{sha256}-e{TILE_VERSION}"'
    recording, stored = _named(request, uuid, sha256)
    if _known(request, tag):
        return HttpResponseNotModified()
    try:
        data = tile_store.events_of(recording, stored)
    except (CannotStore, ProtocolError, FileNotFoundError) as error:
        raise file_trouble() from error
    return _bytes(request, data, tag)


@require_GET
@staff_view(*LOOKING)
def beats(request: StaffRequest, code: str) -> HttpResponse:
    """The beats of one report, which is never changed."""
    report = get_report(request.clinic, code)
    tag = f'"{report.code}-m{MARKS_VERSION}"'
    if _known(request, tag):
        return HttpResponseNotModified()
    try:
        found = read_beats(report)
    except (DamagedReport, OSError) as error:
        raise Conflict(_("The beats of this report cannot be read. Tell your administrator.")) from error
    if found is None:
        raise NotFound(_("This report was made before beats were kept. Analyse the recording again."))
    return _bytes(request, to_marks(found, report.config), tag)


def file_trouble() -> Conflict:
    return Conflict(
        _(
            "The file of this recording is missing or has changed. Tell your administrator: a backup may hold it."
        ),
        code="file_changed",
    )


def _named(request: StaffRequest, uuid: UUID, sha256: str) -> tuple[Recording, Recording | StoredFile]:
    recording = get_recording(request.clinic, uuid)
    return recording, get_version(recording, sha256)


def _known(request: HttpRequest, tag: str) -> bool:
    return request.headers.get("If-None-Match") == tag


def _bytes(request: HttpRequest, data: bytes, tag: str) -> HttpResponse:
    """Compressed as it is kept, for a browser that takes it so."""
    response = HttpResponse(content_type="application/octet-stream")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response["Content-Encoding"] = "gzip"
        response.content = data
    else:
        response.content = zlib.decompress(data, wbits=31)
    response["Cache-Control"], response["ETag"] = _FOR_EVER, tag
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return response
