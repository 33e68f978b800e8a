"""Who is calling: the agent of one device, by its key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from devices.access import get_agent_key
from devices.models import AgentKey, Device

_SCHEME = "bearer"
_LONGEST_KEY = 200
#: "Last used" is told to the minute; a write with every request would cost more than it tells.
_LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Agent:
    """Stands where DRF expects a user."""

    key: AgentKey
    device: Device
    is_authenticated: bool = True


def key_sha256(authorization: str) -> str:
    """The SHA-256 of the key in ``Bearer KEY``; empty where there is none."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != _SCHEME or not 0 < len(secret) <= _LONGEST_KEY:
        return ""
    return hashlib.sha256(secret.strip().encode("latin-1", "replace")).hexdigest()


class AgentKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer KEY``; a missing, unknown or revoked key is one and the same 401."""

    def authenticate(self, request: Request) -> tuple[Any, AgentKey] | None:
        sha256 = key_sha256(request.META.get("HTTP_AUTHORIZATION", ""))
        if not sha256:
            return None
        key = get_agent_key(sha256)
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at >= _LAST_USED_EVERY:
            note_use(sha256, now)
        return Agent(key, key.device), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def note_use(sha256: str, now: datetime) -> None:
    """Write when a key was last used, at most once a minute."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - _LAST_USED_EVERY)
    AgentKey.objects.filter(long_ago, sha256=sha256).update(last_used_at=now)


class IsAgent(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent)
