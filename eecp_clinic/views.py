"""The door, the health check and the refusals that belong to no app."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from eecp_clinic.context import FIRST_PAGE
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view


@require_GET
@staff_view(*EVERYBODY)
def home(request: StaffRequest) -> HttpResponse:
    """Everybody begins where their day begins."""
    name = next(name for role, name in FIRST_PAGE if role in request.roles)
    return redirect(name)


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answers 'ok' when the database answers; for the process that waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it by this name before they have read the page."""
    return redirect(static("img/favicon.svg"), permanent=False)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
