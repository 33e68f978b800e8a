"""Chunks come in here: before sessions, languages, forms and people, which an agent has nothing to do with.

Every device asks for this address every second, so it is answered by as little as can be: no view of DRF, no
middleware but the one that insists on HTTPS. The schema and the other addresses of the API are in ``devices.api.views``.
"""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from devices.api.authentication import key_sha256
from devices.api.bodies import chunks_body_of
from devices.api.problems import problem_response
from devices.api.throttling import count_request
from devices.chunk_store import known_manifest, take_chunks
from devices.keys import LAST_USED_EVERY, note_use
from devices.protocol import ChunksAnswer, Outcome, encode_json

_CHUNKS = re.compile(r"/api/v1/recordings/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/chunks")
_used: dict[str, datetime] = {}


class ChunksEntrance:
    """Middleware that answers ``POST /api/v1/recordings/{uuid}/chunks`` itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _CHUNKS.fullmatch(request.path_info) if request.method == "POST" else None
        return post_chunks(request, UUID(found[1])) if found else self._get_response(request)


def post_chunks(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one request's chunks; every refusal is a problem, and what is no refusal is a bug and stays one."""
    now = timezone.now()
    try:
        request.get_host()  # refuses a host that is not ours, as for every other address
        sha256 = key_sha256(request.META.get("HTTP_AUTHORIZATION", ""))
        count_request(sha256)
        manifest = known_manifest(sha256, uuid)
        body = chunks_body_of(request)
        answer = take_chunks(key_sha256=sha256, uuid=uuid, manifest=manifest, body=body, now=now)
        _note_use(sha256, now)
    except Exception as error:
        response = problem_response(error)
        if response is None:
            raise
        return response
    told = encode_json(answer)
    headers = {"Content-Length": str(len(told))}
    return HttpResponse(told, status=_status(answer), content_type="application/json", headers=headers)


def _status(answer: ChunksAnswer) -> int:
    outcomes = {result.outcome for result in answer.results}
    if Outcome.CONFLICT in outcomes:
        return 409
    return 422 if outcomes - {Outcome.STORED, Outcome.DUPLICATE} else 200


def _note_use(sha256: str, now: datetime) -> None:
    used = _used.get(sha256)
    if used is None or now - used >= LAST_USED_EVERY:
        note_use(sha256, now)
        _used[sha256] = now
