"""Who is calling: the agent of one device, by its key."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from devices.access import get_agent_key
from devices.keys import LAST_USED_EVERY, note_use
from devices.models import AgentKey, Device

_SCHEME = "bearer"
_LONGEST_KEY = 200


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
        now = timezone.now()
        key = get_agent_key(sha256, now)
        if key.last_used_at is None or now - key.last_used_at >= LAST_USED_EVERY:
            note_use(sha256, now)
        return Agent(key, key.device), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsAgent(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent)
