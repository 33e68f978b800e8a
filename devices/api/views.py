"""The agent protocol over HTTP: bytes to ``devices.ingest``, its answer back to bytes."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices import ingest, keys
from devices.api.authentication import Agent, AgentKeyAuthentication, IsAgent
from devices.api.bodies import BytesParser, BytesRenderer, body_of
from devices.api.entrance import post_chunks
from devices.api.problems import problem_handler
from devices.api.schema import CHUNKS_REQUEST, AgentSchema, answers, request_of
from devices.api.throttling import Attempts, KeyThrottle, address_of
from devices.models import Device
from devices.protocol import (
    ChunksAnswer,
    Close,
    Enrolment,
    Heartbeat,
    Manifest,
    NewKey,
    RecordingState,
    decode_json,
    encode_json,
)
from devices.recordings import state


class AgentView(APIView):
    """An address for agents: a key instead of a person, problems instead of pages."""

    authentication_classes = [AgentKeyAuthentication]
    permission_classes = [IsAgent]
    throttle_classes = [KeyThrottle]
    parser_classes = [BytesParser]
    renderer_classes = [BytesRenderer]
    schema = AgentSchema()

    def get_exception_handler(self) -> Any:
        return problem_handler

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return self.get_renderers()[0], BytesRenderer.media_type  # there is one kind of answer

    def device_of(self, request: Request) -> Device:
        return cast(Agent, request.user).device


class RecordingView(AgentView):
    @extend_schema(
        request=request_of(Manifest), responses=answers(RecordingState, 200, 201, refusals="404 409 413 422")
    )
    def put(self, request: Request, uuid: UUID) -> Response:
        """Open a recording, or find it opened by the same manifest."""
        now = timezone.now()
        device = self.device_of(request)
        opened = ingest.open_recording(device=device, uuid=uuid, body=body_of(request._request), now=now)
        status = 201 if opened.is_new else 200
        return Response(encode_json(state(opened.recording, now)), status=status)


class ChunksView(AgentView):
    @extend_schema(
        request=CHUNKS_REQUEST, responses=answers(ChunksAnswer, 200, 409, 422, refusals="404 413 415 422")
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Send chunks: a MessagePack array of at most 64 envelopes ``[seq, sha256, data]``."""
        return post_chunks(request._request, uuid)  # as ChunksEntrance does, which comes first


class CloseView(AgentView):
    @extend_schema(
        request=request_of(Close), responses=answers(RecordingState, 200, refusals="404 409 413 422")
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Say which chunk is the last; missing ones may still come."""
        found = ingest.close_recording(
            device=self.device_of(request), uuid=uuid, body=body_of(request._request), now=timezone.now()
        )
        return Response(encode_json(found))


class StateView(AgentView):
    @extend_schema(responses=answers(RecordingState, 200, refusals="404"))
    def get(self, request: Request, uuid: UUID) -> Response:
        """What has arrived of a recording."""
        found = ingest.state_of(device=self.device_of(request), uuid=uuid, now=timezone.now())
        return Response(encode_json(found))


class HeartbeatView(AgentView):
    @extend_schema(request=request_of(Heartbeat), responses=answers(None, 204, refusals="413 422"))
    def post(self, request: Request) -> Response:
        """Every ten seconds, recording or not."""
        ingest.take_heartbeat(
            device=self.device_of(request), body=body_of(request._request), now=timezone.now()
        )
        return Response(status=204)


class EnrolView(AgentView):
    """The one address without a key: it is where an agent gets its first."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    attempts = Attempts()

    @extend_schema(
        request=request_of(Enrolment),
        responses=answers(NewKey, 201, refusals="403 413 422", needs_key=False),
    )
    def post(self, request: Request) -> Response:
        """Exchange the code of a device's page for a key of that device."""
        self.attempts.count(address_of(request._request))
        asked = decode_json(body_of(request._request), Enrolment)
        made = keys.enrol(code=asked.code, now=timezone.now())
        return _new_key(made)


class KeyView(AgentView):
    @extend_schema(request=None, responses=answers(NewKey, 201, refusals=""))
    def post(self, request: Request) -> Response:
        """Ask for another key; the one in use is good until the other is first used, and for 24 hours at most."""
        return _new_key(keys.rotate_key(key=cast(Agent, request.user).key, now=timezone.now()))


def _new_key(made: keys.Made) -> Response:
    told = encode_json(NewKey(key=made.secret, device=made.key.device.name))
    return Response(told, status=201, headers={"Cache-Control": "no-store"})


@extend_schema(exclude=True)
class NothingView(AgentView):
    """Every other address below the API's: an agent is refused by a problem there too, not by a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


class SchemaView(SpectacularAPIView):
    """This API as OpenAPI; like every address of it, for agents only."""

    authentication_classes = [AgentKeyAuthentication]
    permission_classes = [IsAgent]
    throttle_classes = [KeyThrottle]

    def get_exception_handler(self) -> Any:
        return problem_handler
