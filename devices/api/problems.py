"""Refusals as RFC 9457 problems, with the stable codes that ``docs/agent-protocol.md`` lists."""

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from devices.api.throttling import WAIT_S
from devices.protocol import (
    CHUNKS_CONTENT_TYPE,
    PROBLEM_CONTENT_TYPE,
    Problem,
    ProtocolError,
    TooLargeBody,
    encode_json,
)
from eecp_clinic.errors import ClinicError

_UNKNOWN_KEY = "The key is missing, unknown or revoked. Ask an administrator of the clinic for a new key."
_TITLES = {
    401: "Unknown key",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Malformed",
    429: "Too many requests",
}


class BodyTooLarge(exceptions.APIException):
    """The body is longer than is accepted; it was not read."""

    status_code = 413
    default_detail = "The body is longer than is accepted in one request; send less at once."
    default_code = "too_large"


def problem_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler for this API; None (a 500) for what is a bug."""
    response = problem_response(error)
    if response is not None:
        set_rollback()
        # DRF knows what else may be asked at the address of its view.
        if response.status_code == 405 and "view" in context:
            response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def problem_response(error: Exception) -> HttpResponse | None:
    """The refusal that an error is, or None where it is none."""
    found = _problem(error)
    if found is None:
        return None
    body = encode_json(found)
    headers = {"Content-Length": str(len(body)), **_headers(found.status)}
    if isinstance(error, ClinicError) and "retry_after_s" in error.data:
        headers["Retry-After"] = str(error.data["retry_after_s"])
    return HttpResponse(body, status=found.status, content_type=PROBLEM_CONTENT_TYPE, headers=headers)


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, ProtocolError):
        status = 413 if isinstance(error, TooLargeBody) else 422
        return _of(status, error.code, str(error))
    if isinstance(error, ClinicError):
        return _of(error.status, error.code, error.message)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _of(401, "unknown_key", _UNKNOWN_KEY)
    if isinstance(error, exceptions.Throttled):
        return _of(429, "too_many_requests", "Too many requests in one second; wait and go on.")
    if isinstance(error, DisallowedHost):
        return _of(400, "unknown_host", "This server does not answer under that name.")
    if isinstance(error, Http404):
        return _of(404, "not_found", "There is nothing at this address.")
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return _of(error.status_code, codes if isinstance(codes, str) else "refused", str(error.detail))
    return None


def _of(status: int, code: str, detail: str) -> Problem:
    return Problem(status=status, code=code, title=_TITLES.get(status, "Refused"), detail=detail)


def _headers(status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if status == 415:
        return {"Accept-Post": CHUNKS_CONTENT_TYPE}
    return {"Retry-After": str(WAIT_S)} if status == 429 else {}
