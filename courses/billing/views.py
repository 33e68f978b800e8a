"""Pages of this stage."""

from django.http import HttpRequest, HttpResponse


def claims(request: HttpRequest) -> HttpResponse:
    return HttpResponse("claims")
