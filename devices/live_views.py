"""What screens ask of running recordings: the last seconds, and notices of new ones."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from devices.access import get_recording
from devices.live import trace
from devices.live_wall import MOST_AT_ONCE, traces
from devices.models import Recording
from devices.protocol import ProtocolError
from devices.stream import hub
from eecp_clinic.errors import Conflict
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

LOOKING = (*CLINICAL, Role.ADMINISTRATOR)


@require_GET
@staff_view(*LOOKING)
def live(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The last seconds of a recording as JSON, for the sweep."""
    recording = get_recording(request.clinic, uuid)
    after_ms = _moment(request.GET.get("after_ms", ""))
    try:
        return JsonResponse(trace(recording, now=timezone.now(), after_ms=after_ms))
    except ProtocolError as error:
        raise Conflict(_("The chunks of this recording contradict each other."), code="chunks") from error


@require_GET
@staff_view(*LOOKING)
def stream(request: StaffRequest, uuid: UUID) -> StreamingHttpResponse:
    """Tells a screen, as server-sent events, whenever the trace has something new."""
    return _stream([get_recording(request.clinic, uuid).pk])


@require_GET
@staff_view(*CLINICAL)
def live_several(request: StaffRequest) -> JsonResponse:
    """The last seconds of the clinic's running recordings that ``?of=UUID@MS,UUID`` names; others are left out."""
    asked = dict(_asked(request))
    found = Recording.objects.open().filter(device__clinic=request.clinic, pk__in=asked)
    now = timezone.now()
    return JsonResponse({"traces": traces({row: asked[row.pk] for row in found}, now=now)})


@require_GET
@staff_view(*CLINICAL)
def stream_several(request: StaffRequest) -> StreamingHttpResponse:
    """The same notices for all of the clinic's running recordings that ``?of=`` names, over one connection."""
    asked = [uuid for uuid, _ in _asked(request)]
    found = Recording.objects.open().filter(device__clinic=request.clinic, pk__in=asked)
    return _stream(list(found.values_list("pk", flat=True)))


def _asked(request: StaffRequest) -> list[tuple[UUID, int | None]]:
    """What the query names; a word that is no UUID is passed over like a recording that is not there."""
    asked = []
    for word in request.GET.get("of", "").split(",")[:MOST_AT_ONCE]:
        name, _, after = word.partition("@")
        try:
            asked.append((UUID(name), _moment(after)))
        except ValueError:
            continue
    return asked


def _moment(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _stream(recordings: list[UUID]) -> StreamingHttpResponse:
    subscription = hub.join(*recordings)
    response = StreamingHttpResponse(
        subscription.events(), content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )
    # Also where the stream was never begun: Django closes these with the answer.
    response._resource_closers.append(subscription.close)  # type: ignore[attr-defined]
    return response
