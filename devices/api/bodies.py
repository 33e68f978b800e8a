"""Bodies in and out as bytes: the protocol has its own coders, and nothing is read before its length is known."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from devices.api.problems import BodyTooLarge
from devices.protocol import CHUNKS_CONTENT_TYPE, MAX_BODY_BYTES, ProtocolError

MAX_JSON_BYTES = 64 * 1024


def body_of(request: HttpRequest, limit: int = MAX_JSON_BYTES) -> bytes:
    """The body, refused before it is read where it says that it is longer, and never read beyond the limit."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if not stated.isdecimal() or len(stated) > 18:
        raise ProtocolError("The length that the request states is no number of bytes.")
    if int(stated) > limit:
        raise BodyTooLarge
    body: bytes = request.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


def chunks_body_of(request: HttpRequest) -> bytes:
    """The body of a request with chunks; another content type is another version of them."""
    content_type = request.META.get("CONTENT_TYPE", "")
    if content_type.partition(";")[0].strip().lower() != CHUNKS_CONTENT_TYPE:
        raise UnsupportedMediaType(content_type)
    return body_of(request, MAX_BODY_BYTES)


class BytesParser(BaseParser):
    """For DRF, which wants one; the views read the body themselves."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raise NotImplementedError


class BytesRenderer(BaseRenderer):
    """Hands on what the protocol's own coder made."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return b"" if data is None else data
