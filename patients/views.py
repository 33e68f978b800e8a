"""Pages of this app."""

from django.http import HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    return HttpResponse("list")


def detail(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("detail")
