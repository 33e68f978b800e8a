"""The head of every page: where a person of this role can go."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.roles import CLINICAL, EVERYBODY, Role, StaffRequest

#: Label, URL name, the path it stands for, and who sees it.
PLACES = [
    (_("Today"), "courses:today", (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR)),
    (_("Schedule"), "courses:week", (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK)),
    (_("Patients"), "patients:list", EVERYBODY),
    (_("Reviews"), "courses:reviews", CLINICAL),
    (_("Figures"), "courses:figures", (Role.PHYSICIAN, Role.ADMINISTRATOR)),
    (_("Claims"), "courses:claims", (Role.BILLING, Role.ADMINISTRATOR)),
    (_("Books"), "courses:day-sheet", (Role.BILLING, Role.ADMINISTRATOR)),
    (_("Plan answers"), "patients:determinations", (Role.BILLING, Role.FRONT_DESK)),
    (_("Devices"), "devices:list", (Role.NURSE, Role.ADMINISTRATOR)),
    (_("Hours"), "courses:hours", (Role.ADMINISTRATOR,)),
    (_("Rules"), "courses:treatment-rules", (Role.ADMINISTRATOR, Role.PHYSICIAN)),
]

#: Pages that belong to a place although their address does not begin with its own.
WITHIN = {
    "courses:today": ("/wall/", "/sessions/", "/appointments/"),
    "courses:week": ("/month/", "/wait-list/", "/plan/", "/repair/", "/moves/"),
    "patients:list": ("/courses/", "/orders/", "/patient-hours/", "/research/", "/papers/"),
    "courses:reviews": ("/supervision/", "/outcomes/"),
    "courses:figures": ("/exceptions/",),
    "courses:claims": ("/packets/", "/records-requests/", "/billing/setup/", "/billing/rules/"),
    "courses:day-sheet": ("/billing/",),
    "devices:list": ("/unmatched/",),
    "courses:treatment-rules": ("/limits/", "/billing/rules/", "/billing/overrides/"),
}

#: The first page after login, by role, the most particular first.
FIRST_PAGE = [
    (Role.PHYSICIAN, "courses:reviews"),
    (Role.BILLING, "courses:claims"),
    (Role.NURSE, "courses:today"),
    (Role.FRONT_DESK, "courses:today"),
    (Role.ADMINISTRATOR, "devices:list"),
]


#: How much waits at a place for this person, by the place's URL name; rooms above register themselves.
Count = Callable[[StaffRequest], int]
_counts: dict[str, Count] = {}


def register_count(place: str, count: Count) -> None:
    """Have the number of ``count`` stand beside ``place`` in the head of every page."""
    _counts[place] = count


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``nav``: the places this person may go, each with whether it is where they are."""
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    places = [(label, name) for label, name, allowed in PLACES if roles & set(allowed)]
    # Of two places, one inside the other, only the inner one is where they are.
    here = max((name for _label, name in places), key=lambda name: _depth(name, request.path), default="")
    nav = [
        {
            "label": label,
            "url": reverse(name),
            "current": name == here and _depth(name, request.path) > 0,
            "count": _counts[name](cast(StaffRequest, request)) if name in _counts else 0,
        }
        for label, name in places
    ]
    return {"nav": nav, "clinic": getattr(request, "clinic", None), "roles": roles}


def _depth(name: str, path: str) -> int:
    """How much of ``path`` belongs to the place: the length of its longest start there, 0 for none."""
    starts = (reverse(name), *WITHIN.get(name, ()))
    return max((len(start) for start in starts if path.startswith(start)), default=0)
