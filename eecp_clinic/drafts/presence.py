"""Who has a record open now, and who writes there. Told by the browsers every few seconds, kept in the cache alone.

Nothing depends on it: where the cache is gone, nobody is named, and nobody is held up.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from django.core.cache import cache

from eecp_clinic.models import Clinic, Membership, User

#: Browsers tell every ten seconds; who was not heard of for so long has closed the page.
TTL_S = 35


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else with the record open: since when, and since when writing (None: only looking)."""

    name: str
    since: datetime
    writing_since: datetime | None


def told(*, clinic: Clinic, user: User, subject: str, writing: bool, now: datetime) -> list[Present]:
    """Note that ``user`` has the record open, and answer who else has."""
    try:
        return _told(clinic, user, subject, writing, now)
    except (redis.RedisError, OSError):
        return []


def left(*, clinic: Clinic, user: User, subject: str) -> None:
    """The page was closed."""
    try:
        cache.delete(_key(clinic, subject, user.pk))
    except (redis.RedisError, OSError):
        return


def _told(clinic: Clinic, user: User, subject: str, writing: bool, now: datetime) -> list[Present]:
    own = _key(clinic, subject, user.pk)
    before: dict[str, Any] = cache.get(own) or {"since": now, "writing_since": None}
    mark = {
        "name": user.signing_name,
        "since": before["since"],
        "writing_since": (before["writing_since"] or now) if writing else None,
    }
    cache.set(own, mark, TTL_S)
    # Each has a key of their own: a common list would lose one of two who tell at the same moment, again and again.
    staff = Membership.objects.filter(clinic=clinic).exclude(user=user).values_list("user_id", flat=True)
    others = cache.get_many([_key(clinic, subject, pk) for pk in sorted(set(staff))])
    return [Present(**found) for found in others.values()]


def _key(clinic: Clinic, subject: str, user: int) -> str:
    return f"present:{clinic.pk}:{subject}:{user}"
