"""FHIR over HTTP: who may come in, in which form answers go out, and refusals as OperationOutcome."""

import json
from collections.abc import Callable
from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from eecp_clinic.errors import ClinicError, NotAllowed
from eecp_clinic.fhir.outcomes import refusal
from eecp_clinic.fhir.resources import Json
from eecp_clinic.roles import Role, StaffRequest
from eecp_clinic.roles import refusal as role_refusal

MEDIA_TYPE = "application/fhir+json"
_FORMATS = {"json", "application/json", MEDIA_TYPE, "text/json"}
_ACCEPTED = ("*/*", "application/*", "application/json", MEDIA_TYPE)
#: No browser shows it as a page, so a browser that asks for pages is given the JSON all the same.
_PAGE = "text/html"

FhirView = Callable[..., Json]


class NotAcceptable(ClinicError):
    status = 406
    default_code = "not_acceptable"


def answer(resource: Json, status: int = 200) -> HttpResponse:
    text = json.dumps(resource, ensure_ascii=False, allow_nan=False)
    return HttpResponse(text, status=status, content_type=f"{MEDIA_TYPE}; fhirVersion=4.0; charset=utf-8")


def refuse(status: int, text: str) -> HttpResponse:
    return answer(refusal(status, text), status)


def open_view(view: FhirView) -> Callable[..., HttpResponse]:
    """A view for anybody, read only. Nothing is changed by it, so no token against forgery is asked for."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            response = refuse(405, gettext("This API is read only: use GET."))
            response["Allow"] = "GET, HEAD"
            return response
        try:
            _require_json(request)
            return answer(view(request, *args, **kwargs))
        except ClinicError as error:
            return refuse(error.status, error.message)

    return guarded


def staff_only(view: FhirView) -> Callable[..., HttpResponse]:
    """A view for members of a clinic, who must be logged in; which roles, the view itself asks."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            response = refuse(401, gettext("Log in first; this API knows a person by their session."))
            response["WWW-Authenticate"] = 'Session realm="EECP Clinic"'
            return response
        return open_view(view)(request, *args, **kwargs)

    return guarded


def require(request: HttpRequest, roles: tuple[Role, ...]) -> StaffRequest:
    """The request as that of a member with one of the roles. Raises NotAllowed."""
    staff = cast(StaffRequest, request)
    if not staff.roles & set(roles):
        raise NotAllowed(role_refusal(roles), code="role")
    return staff


def _require_json(request: HttpRequest) -> None:
    """``_format`` counts before Accept. Raises NotAcceptable."""
    asked = request.GET.get("_format", "").split(";")[0].strip()
    if asked:
        # A plus sign that was not escaped arrives as a space.
        fits = asked.replace(" ", "+") in _FORMATS
    else:
        given = [part.split(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")]
        fits = any(part in (*_ACCEPTED, _PAGE, "") for part in given)
    if not fits:
        raise NotAcceptable(gettext("This API answers in JSON only (application/fhir+json)."))
