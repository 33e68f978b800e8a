"""Pages of this stage."""

from django.http import HttpRequest, HttpResponse


def today(request: HttpRequest) -> HttpResponse:
    return HttpResponse("today")


def week(request: HttpRequest) -> HttpResponse:
    return HttpResponse("week")
