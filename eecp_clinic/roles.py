"""Who may do what: roles, and the decorator that every view carries.

The whole policy can be read in one place, ``tests/permissions/``: each URL with each role's answer.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eecp_clinic.errors import NotAllowed

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from eecp_clinic.models import Clinic, User


class Role(models.TextChoices):
    """What a person is at a clinic; one person may be several things."""

    NURSE = "nurse", _("Nurse")
    PHYSICIAN = "physician", _("Physician")
    BILLING = "billing", _("Billing")
    FRONT_DESK = "front_desk", _("Front desk")
    ADMINISTRATOR = "administrator", _("Administrator")


CLINICAL = (Role.NURSE, Role.PHYSICIAN)
EVERYBODY = tuple(Role)


class StaffRequest(HttpRequest):
    """A request by a logged-in member of a clinic (what ``staff_view`` guarantees)."""

    user: "User"
    clinic: "Clinic"
    roles: frozenset[str]
    htmx: "HtmxDetails"


P = ParamSpec("P")
StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
PlainView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_view(*roles: Role) -> Callable[[StaffView[P]], PlainView[P]]:
    """Let in whoever is logged in and has one of ``roles`` at the clinic in hand; refuse others in words."""

    def decorate(view: StaffView[P]) -> PlainView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            staff = cast(StaffRequest, request)
            if not staff.roles & set(roles):
                raise NotAllowed(refusal(roles), code="role")
            return view(staff, *args, **kwargs)

        return cast(PlainView[P], login_required(guarded))

    return decorate


def refusal(roles: tuple[Role, ...]) -> str:
    """The sentence for somebody without the role."""
    names = ", ".join(str(role.label) for role in roles)
    return gettext(
        "This page is for: %(roles)s. Ask an administrator of your clinic if you should have that role."
    ) % {"roles": names}


def require_role(user: "User", clinic: "Clinic", *roles: Role) -> Role:
    """Refuse ``user`` unless they hold one of ``roles`` at ``clinic``; for services that act on a signature.

    Returns as what they act: the first of ``roles`` that they hold, to be kept with what they decide.
    """
    held = user.roles_at(clinic)
    if not held & set(roles):
        names = ", ".join(str(role.label) for role in roles)
        raise NotAllowed(
            gettext("Only these roles may do this: %(roles)s. Ask one of them to do it.") % {"roles": names},
            code="role",
        )
    return next(role for role in roles if role in held)
