"""OpenAPI from the protocol's own structs, so that the schema cannot say anything else than the code does."""

from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from devices.protocol import (
    CHUNKS_CONTENT_TYPE,
    PROBLEM_CONTENT_TYPE,
    ChunksAnswer,
    Close,
    Enrolment,
    Heartbeat,
    Manifest,
    NewKey,
    Problem,
    RecordingState,
)

_MESSAGES = (Manifest, Close, Heartbeat, ChunksAnswer, RecordingState, Enrolment, NewKey, Problem)
_TEMPLATE = "#/components/schemas/{name}"
_REFUSALS = {
    "401": "The key is missing, unknown or revoked.",
    "403": "The code is wrong, was used, or is too old.",
    "404": "No such recording of this device.",
    "409": "Something else was said before.",
    "413": "Too large; it was not read.",
    "415": "Another content type than this version's.",
    "422": "Malformed.",
    "429": "Too many requests; see Retry-After.",
}


def said(message: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of one message, its parts written out in place."""
    (schema,), components = msgspec.json.schema_components([message], ref_template=_TEMPLATE)
    inlined: dict[str, Any] = _inline(schema, components)
    return inlined


def _inline(node: Any, components: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            return _inline(components[node["$ref"].rpartition("/")[2]], components)
        inlined = {key: _inline(value, components) for key, value in node.items()}
        if "prefixItems" in inlined:  # a pair, which DRF's generator would write as JSON Schema once did
            inlined["items"] = inlined.pop("prefixItems")[0]
        return inlined
    if isinstance(node, list | tuple):
        return [_inline(item, components) for item in node]
    return node


def request_of(message: type[msgspec.Struct]) -> dict[str, Any]:
    return {"application/json": said(message)}


CHUNKS_REQUEST: dict[Any, Any] = {CHUNKS_CONTENT_TYPE: {"type": "string", "format": "binary"}}


def answers(
    message: type[msgspec.Struct] | None, *statuses: int, refusals: str, needs_key: bool = True
) -> dict[Any, Any]:
    """Responses: ``message`` (None: no body) for ``statuses``, and a problem for each of ``refusals``."""
    found: dict[Any, Any] = {}
    for status in statuses:
        found[(status, "application/json") if message else status] = said(message) if message else None
    for status_text in [*(["401"] if needs_key else []), *refusals.split(), "429"]:
        found[(int(status_text), PROBLEM_CONTENT_TYPE)] = {
            **said(Problem),
            "description": _REFUSALS[status_text],
        }
    return found


class AgentSchema(AutoSchema):
    """Groups every operation under one heading."""

    def get_tags(self) -> list[str]:
        return ["agent"]


class AgentKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "devices.api.authentication.AgentKeyAuthentication"
    name = "agentKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The key of one device's agent."}
