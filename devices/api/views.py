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

from devices import ingest
from devices.api.authentication import Agent, AgentKeyAuthentication, IsAgent
from devices.api.bodies import BytesParser, BytesRenderer, body_of
from devices.api.entrance import post_chunks
from devices.api.problems import problem_handler
from devices.api.schema import CHUNKS_REQUEST, AgentSchema, answers, request_of
from devices.api.throttling import KeyThrottle
from devices.models import Device
from devices.protocol import (
    ChunksAnswer,
    Close,
    Heartbeat,
    Manifest,
    RecordingState,
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
