"""What a page gives to the browser that keeps drafts: whose they are, and the key of the copy that the browser keeps."""

import base64
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from eecp_clinic.models import Clinic, User


def name_of(user: User, clinic: Clinic) -> str:
    """A name for this person at this clinic that says nothing to others; the same as long as SECRET_KEY is."""
    return salted_hmac("eecp.drafts.name", f"{user.pk}:{clinic.code}", algorithm="sha256").hexdigest()[:24]


def key_of(user: User, clinic: Clinic) -> str:
    """The key (AES-256, base64) with which the browser locks away its own copy.

    It is in the memory of an open page and nowhere in the browser's storage: whoever takes the tablet reads nothing,
    and whoever signs in again as the same person reads it all.
    """
    digest = salted_hmac("eecp.drafts.key", f"{user.pk}:{clinic.code}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def drafts(request: HttpRequest) -> dict[str, Any]:
    """``drafts``, for every page of somebody who is signed in (a context processor)."""
    clinic = getattr(request, "clinic", None)
    user = getattr(request, "user", None)
    if clinic is None or not isinstance(user, User):
        return {}
    return {"drafts": {"user": name_of(user, clinic), "key": key_of(user, clinic)}}
