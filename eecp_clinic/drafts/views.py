"""Where the browser brings what is typed, and asks for it again. Answers are JSON; refusals are what every page gives."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eecp_clinic.drafts import browser, presence, store
from eecp_clinic.drafts.subjects import open_subject
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view


@require_GET
@staff_view(*EVERYBODY)
def ping(request: StaffRequest) -> HttpResponse:
    """Whether the server answers, who is signed in, and the token for the next form."""
    return JsonResponse(_state(request, timezone.now()) | {"csrf": get_token(request)})


@require_GET
@staff_view(*EVERYBODY)
def subject(request: StaffRequest, subject: str) -> HttpResponse:
    """What this person typed of the record and did not save."""
    open_subject(request, subject)
    found = store.drafts_of(clinic=request.clinic, user=request.user, subject=subject)
    drafts = {draft.form: {"fields": draft.fields, "settled": draft.settled} for draft in found}
    return JsonResponse({"drafts": drafts} | _state(request, timezone.now()))


@require_POST
@staff_view(*EVERYBODY)
def here(request: StaffRequest, subject: str) -> HttpResponse:
    """This person has the record open, or leaves it; answered with who else has."""
    _require_same_person(request)
    open_subject(request, subject)
    now, said = timezone.now(), _body(request)
    if said.get("leaves"):
        presence.left(clinic=request.clinic, user=request.user, subject=subject)
        return JsonResponse({})
    others = presence.told(
        clinic=request.clinic, user=request.user, subject=subject, writing=bool(said.get("writing")), now=now
    )
    return JsonResponse({"others": [_shown(person) for person in others]} | _state(request, now))


@require_http_methods(["POST", "DELETE"])
@staff_view(*EVERYBODY)
def form(request: StaffRequest, subject: str, form: str) -> HttpResponse:
    """Keep the fields that changed; or, discarded by the person, forget those of the lives that are named."""
    _require_same_person(request)
    open_subject(request, subject)
    now, said = timezone.now(), _body(request)
    place = store.Place(clinic=request.clinic, user=request.user, subject=subject, form=form)
    if request.method == "DELETE":
        lives = [str(life) for life in said.get("lives", [])]
        store.settle(place=place, lives=lives, now=now)
        return JsonResponse({"settled": lives})
    fields, gone = said.get("fields", {}), said.get("gone", [])
    if not isinstance(fields, dict) or not isinstance(gone, list):
        raise InvalidInput(gettext("This is not the draft of a form. Load the page again."), code="draft")
    draft = store.keep(place=place, fields=fields, gone=[str(name) for name in gone], now=now)
    saved = date_format(timezone.localtime(draft.updated_at), "H:i:s")
    return JsonResponse({"saved_at": saved, "settled": draft.settled})


def _state(request: StaffRequest, now: datetime) -> dict[str, Any]:
    return {
        "user": browser.name_of(request.user, request.clinic),
        "now_ms": int(now.timestamp() * 1000),
    }


def _shown(person: presence.Present) -> dict[str, str]:
    since = person.writing_since or person.since
    return {
        "name": person.name,
        "since": date_format(timezone.localtime(since), "TIME_FORMAT"),
        "does": "writes" if person.writing_since else "looks",
    }


def _require_same_person(request: StaffRequest) -> None:
    """A page that was opened by one person never writes as another who signed in since, in another window."""
    if request.headers.get("X-Draft-User") != browser.name_of(request.user, request.clinic):
        raise Conflict(
            gettext("Somebody else is signed in on this computer now. What was typed here is not theirs."),
            code="other_person",
        )


def _body(request: StaffRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body or b"{}")
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise InvalidInput(gettext("This is not the draft of a form. Load the page again."), code="draft")
    return said
