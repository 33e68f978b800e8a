"""Who is calling: the agent of one device, by its key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from devices.models import AgentKey, Device

_SCHEME = b"bearer"
_LONGEST_KEY = 200
#: "Last used" is told to the minute; a write with every request would cost more than it tells.
_LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Agent:
    """Stands where DRF expects a user."""

    key: AgentKey
    device: Device
    is_authenticated: bool = True


class AgentKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer KEY``; a missing, unknown or revoked key is one and the same 401."""

    def authenticate(self, request: Request) -> tuple[Any, AgentKey] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != _SCHEME or not 0 < len(secret) <= _LONGEST_KEY:
            return None
        sha256 = hashlib.sha256(secret.strip()).hexdigest()
        key = (
            AgentKey.objects.select_related("device__clinic")
            .filter(sha256=sha256, revoked_at__isnull=True)
            .first()
        )
        if key is None:
            raise AuthenticationFailed
        _note_use(key, timezone.now())
        return Agent(key, key.device), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _note_use(key: AgentKey, now: datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at >= _LAST_USED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - _LAST_USED_EVERY)
        AgentKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=now)


class IsAgent(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent)
