"""How often a door without a login may be knocked at.

Counted in the cache that all web servers share. While that is gone each process counts for itself: a patient's own page
needs the database and nothing else, and the secret in its address cannot be guessed in the time that an outage lasts.
"""

import hashlib
import logging
import time

import redis
from django.core.cache import cache

logger = logging.getLogger(__name__)

#: For one secret, or one network address that tries secrets: a person fills in a few days a visit.
MOST = 60
WITHIN_S = 3600

_alone: dict[str, int] = {}
_alone_since = 0.0


def may_knock(door: str, who: str, *, most: int = MOST, within_s: int = WITHIN_S) -> bool:
    """Count one more; False where it is one too many within the window that its first knock opened."""
    digest = hashlib.sha256(who.encode()).hexdigest()
    key = f"knock:{door}:{digest}"
    try:
        return _together(key, within_s) <= most
    except (redis.RedisError, OSError):
        logger.warning("the cache did not count a knock at %s; this process counts it alone", door)
        return _by_itself(key, within_s) <= most


def _together(key: str, within_s: int) -> int:
    cache.add(key, 0, within_s)
    try:
        return int(cache.incr(key))
    except ValueError:  # the window closed in this moment
        return 1


def _by_itself(key: str, within_s: int) -> int:
    """One window for all doors of this process, so that it keeps no more than what one window brings."""
    global _alone_since  # two threads that see a window end at once only count a little less
    moment = time.monotonic()
    if moment - _alone_since > within_s:
        _alone.clear()
        _alone_since = moment
    count = _alone[key] = _alone.get(key, 0) + 1
    return count
