"""What surrounds every request: the clinic in hand, and refusals put into words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from eecp_clinic.errors import ClinicError
from eecp_clinic.models import Clinic, Membership

Handler = Callable[[HttpRequest], HttpResponse]


class ClinicMiddleware:
    """Sets ``request.clinic`` and ``request.roles`` from the user's memberships, and the clinic's time zone.

    A person of several clinics chooses one for the browser session; everything they see is of that clinic.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clinic, roles = self.place_of(request)
        request.clinic = clinic  # type: ignore[attr-defined]
        request.roles = roles  # type: ignore[attr-defined]
        if clinic is not None:
            with timezone.override(clinic.zone):
                response = self.get_response(request)
        else:
            response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    @staticmethod
    def place_of(request: HttpRequest) -> tuple[Clinic | None, frozenset[str]]:
        if not request.user.is_authenticated:
            return None, frozenset()
        memberships = list(
            Membership.objects.filter(user=request.user)
            .select_related("clinic")
            .order_by("clinic_id", "role")
        )
        chosen = request.session.get("clinic")
        clinics = [m.clinic for m in memberships]
        clinic = next((c for c in clinics if c.code == chosen), clinics[0] if clinics else None)
        return clinic, frozenset(m.role for m in memberships if clinic and m.clinic_id == clinic.pk)


class RefusalMiddleware:
    """Turns a ClinicError into a page (or, for htmx, a fragment) that says the rule and the way out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ClinicError):
            return None
        template = "partials/_refusal.html" if getattr(request, "htmx", False) else "refusal.html"
        return render(request, template, {"error": exception}, status=exception.status)
