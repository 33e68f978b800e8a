"""How often a door without a login may be knocked at, counted in the cache that all web servers share."""

import hashlib

from django.core.cache import cache

#: For one secret, or one network address that tries secrets: a person fills in a few days a visit.
MOST = 60
WITHIN_S = 3600


def may_knock(door: str, who: str, *, most: int = MOST, within_s: int = WITHIN_S) -> bool:
    """Count one more; False where it is one too many within the window that its first knock opened."""
    digest = hashlib.sha256(who.encode()).hexdigest()
    key = f"knock:{door}:{digest}"
    cache.add(key, 0, within_s)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # the window closed in this moment
        return True
