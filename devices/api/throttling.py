"""A ceiling on requests by key: far above what an agent sends, far below what a runaway loop would.

Those are counted in each process for itself, without another server on the way of every chunk.
"""

import hashlib
import logging
import time
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from devices.api.authentication import Agent
from eecp_clinic.errors import ClinicError

logger = logging.getLogger(__name__)

WAIT_S = 1
ATTEMPTS_A_MINUTE = 10
ATTEMPTS_WAIT_S = 60

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


class Attempts:
    """Counts what each address tried within a minute; who guesses codes is soon told to wait, whoever else is not.

    All processes count together, in the cache. A code has 27 to the power of 10 values and lives for minutes, so while
    the cache is gone each process counts for itself, and nobody is kept from enrolling.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._minute = 0

    def count(self, address: str) -> None:
        """Raises TooManyRequests."""
        try:
            count = self._together(address)
        except (redis.RedisError, OSError):
            logger.warning("the cache did not count an attempt to enrol; this process counts it alone")
            count = self._alone(address)
        if count > ATTEMPTS_A_MINUTE:
            raise TooManyRequests(
                "Too many codes were tried from this address; wait a minute and try again.",
                code="too_many_requests",
                retry_after_s=ATTEMPTS_WAIT_S,
            )

    def _together(self, address: str) -> int:
        name = f"devices.enrol.{hashlib.sha256(address.encode()).hexdigest()}"
        cache.add(name, 0, timeout=ATTEMPTS_WAIT_S)
        try:
            return cache.incr(name)
        except ValueError:  # its minute ended between the two
            return 1

    def _alone(self, address: str) -> int:
        minute = int(time.monotonic()) // ATTEMPTS_WAIT_S
        if minute != self._minute:
            self._counts.clear()
            self._minute = minute
        count = self._counts[address] = self._counts.get(address, 0) + 1
        return count


def address_of(request: HttpRequest) -> str:
    """Whence a request comes; behind our proxy that is what it, and nobody before it, added to the header."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


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
