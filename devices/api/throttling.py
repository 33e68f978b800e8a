"""A ceiling on requests by key: far above what an agent sends, far below what a runaway loop would.

Counted in each process for itself: it needs no other server, so it holds when the broker is gone.
"""

import time
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from devices.api.authentication import Agent
from eecp_clinic.errors import ClinicError

WAIT_S = 1

_counts: dict[str, int] = {}
_second = 0


class TooManyRequests(ClinicError):
    """The key was used too often within one second."""

    status = 429


def count_request(key_sha256: str) -> None:
    """Count one request of a key; raises TooManyRequests."""
    global _second  # two threads that see the second change at once only count a little less
    second = int(time.monotonic())
    if second != _second:
        _counts.clear()
        _second = second
    count = _counts[key_sha256] = _counts.get(key_sha256, 0) + 1
    if count > settings.AGENT_REQUESTS_A_SECOND:
        raise TooManyRequests("Too many requests in one second; wait and go on.", code="too_many_requests")


class KeyThrottle(BaseThrottle):
    """``count_request`` for the views of DRF."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, Agent):
            return True  # refused for that already
        try:
            count_request(request.user.key.sha256)
        except TooManyRequests:
            return False
        return True

    def wait(self) -> float:
        return WAIT_S
