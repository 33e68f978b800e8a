"""Whom a free hour fits. PURE.

Order: urgency as a person set it, then the courses with the least slack (those that fall behind first), then who
has waited longest. Nobody is left out for being hard to treat, and nothing is weighed that a nurse cannot see.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitWish:
    """What somebody waits for: local clock times, weekdays from 0 (Monday); empty or None is any."""

    weekdays: tuple[int, ...] = ()
    from_time: time | None = None
    until_time: time | None = None
    device_id: str | None = None
    notice: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class FreeHour:
    """An hour that can be had: aware ``starts_at`` and its local beginning and end."""

    starts_at: datetime
    local_start: datetime
    local_end: datetime
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides who comes first. ``slack_days`` None: no last day was set, so nobody knows."""

    urgency: int
    slack_days: int | None
    waits_since: datetime


def why_not(wish: WaitWish, hour: FreeHour, now: datetime) -> str:
    """The first thing that does not fit, as a sentence; empty where all does."""
    begins, ends = hour.local_start, hour.local_end
    if wish.device_id is not None and wish.device_id != hour.device_id:
        return "Waits for another device."
    if wish.weekdays and begins.weekday() not in wish.weekdays:
        return f"Does not come on a {begins:%A}."
    if wish.from_time is not None and begins.time() < wish.from_time:
        return f"Comes not before {wish.from_time:%H:%M}."
    if wish.until_time is not None and (ends.date() > begins.date() or ends.time() > wish.until_time):
        return f"Must be away by {wish.until_time:%H:%M}."
    if hour.starts_at - now < wish.notice:
        hours = round(wish.notice / timedelta(hours=1))
        return f"Needs {hours} h of notice."
    return ""


def rank(standing: Standing) -> tuple[int, int, datetime]:
    """The smaller, the earlier in the list. Unknown slack stands behind every known one."""
    behind = date.max.toordinal()
    slack = behind if standing.slack_days is None else standing.slack_days
    return standing.urgency, slack, standing.waits_since
