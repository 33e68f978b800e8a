"""A form that was answered with a redirect was saved: its draft is forgotten, whichever room the form is of.

Views whose saving must not happen twice settle the draft themselves, within the transaction that saves.
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from eecp_clinic.drafts import posted
from eecp_clinic.middleware import Handler

SAVED = "X-Draft-Saved"


class DraftsMiddleware:
    """Settles the drafts of forms that were saved, and tells htmx's answers apart: saved, or refused in the form."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or getattr(request, "clinic", None) is None:
            return response
        if response.status_code in {302, 303} and not hasattr(request, "draft_settled"):
            posted.settle(request, timezone.now())  # type: ignore[arg-type]  # it has a clinic: staff
        if hasattr(request, "draft_settled"):
            response[SAVED] = "1"
        return response
