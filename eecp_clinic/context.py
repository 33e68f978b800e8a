"""The head of every page: where a person of this role can go."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.roles import CLINICAL, EVERYBODY, Role

#: Label, URL name, the path it stands for, and who sees it.
PLACES = [
    (_("Today"), "courses:today", (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR)),
    (_("Schedule"), "courses:week", (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK)),
    (_("Patients"), "patients:list", EVERYBODY),
    (_("Reviews"), "courses:reviews", CLINICAL),
    (_("Claims"), "courses:claims", (Role.BILLING, Role.ADMINISTRATOR)),
    (_("Books"), "courses:day-sheet", (Role.BILLING, Role.ADMINISTRATOR)),
    (_("Plan answers"), "patients:determinations", (Role.BILLING, Role.FRONT_DESK)),
    (_("Devices"), "devices:list", (Role.NURSE, Role.ADMINISTRATOR)),
    (_("Hours"), "courses:hours", (Role.ADMINISTRATOR,)),
    (_("Rules"), "courses:treatment-rules", (Role.ADMINISTRATOR, Role.PHYSICIAN)),
]

#: Pages that belong to a place although their address does not begin with its own.
WITHIN = {
    "courses:week": ("/month/", "/wait-list/", "/plan/", "/repair/", "/moves/"),
    "courses:day-sheet": ("/billing/",),
    "courses:treatment-rules": ("/limits/",),
}

#: The first page after login, by role, the most particular first.
FIRST_PAGE = [
    (Role.PHYSICIAN, "courses:reviews"),
    (Role.BILLING, "courses:claims"),
    (Role.NURSE, "courses:today"),
    (Role.FRONT_DESK, "courses:today"),
    (Role.ADMINISTRATOR, "devices:list"),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``nav``: the places this person may go, each with whether it is where they are."""
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    nav = []
    for label, name, allowed in PLACES:
        if roles & set(allowed):
            url = reverse(name)
            here = request.path.startswith((url, *WITHIN.get(name, ())))
            nav.append({"label": label, "url": url, "current": here})
    # Of two places, one inside the other, only the inner one is where they are.
    inner = max((str(item["url"]) for item in nav if item["current"]), key=len, default="")
    nav = [{**item, "current": item["url"] == inner} for item in nav]
    return {"nav": nav, "clinic": getattr(request, "clinic", None), "roles": roles}
