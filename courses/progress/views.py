"""Pages of this stage."""

from django.http import HttpRequest, HttpResponse


def reviews(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reviews")


def detail(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("detail")
