"""A ceiling on requests by key: far above what an agent sends, far below what a runaway loop would."""

import logging
import time
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from devices.api.authentication import Agent

logger = logging.getLogger(__name__)

REQUESTS_A_SECOND = 200


class KeyThrottle(BaseThrottle):
    """Counts the requests of a key in each second. Without the cache nothing is counted and all are let in."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, Agent):
            return True  # refused for that already
        second = int(time.time())
        name = f"devices:requests:{request.user.key.pk}:{second}"
        try:
            cache.add(name, 0, timeout=2)
            return cache.incr(name) <= REQUESTS_A_SECOND
        except (RedisError, ValueError):  # ValueError: it expired between the two
            logger.warning("the cache did not count a request; it was let in")
            return True

    def wait(self) -> float:
        return 1.0
