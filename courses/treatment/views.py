"""Pages of this stage."""

from django.http import HttpRequest, HttpResponse


def session(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("session")
