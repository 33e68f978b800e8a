"""When a reminder of an hour is due. PURE.

Two days and one day before, never in the quiet hours: what falls into them goes out at their end. A reminder that
could not be sent in time is not sent late: nobody is told in the afternoon of an hour that was at noon.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

TWO_DAYS, ONE_DAY = "two_days", "one_day"
#: From when on each is due, before the hour; and how long before the hour it is of no use any more.
DUE = {
    TWO_DAYS: (timedelta(hours=48), timedelta(hours=24)),
    ONE_DAY: (timedelta(hours=24), timedelta(hours=3)),
}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local time in which nobody is written to, over midnight where ``begins`` is later than ``ends``."""

    begins: time = time(20)
    ends: time = time(8)

    def hold(self, local: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


def due_kind(starts_at: datetime, now: datetime, zone: ZoneInfo, quiet: QuietHours) -> str | None:
    """Which reminder of an hour is due at ``now``, or None. ``starts_at`` and ``now`` are aware."""
    if quiet.hold(now.astimezone(zone).time()):
        return None
    ahead = starts_at - now
    for kind, (first, last) in DUE.items():
        if last < ahead <= first:
            return kind
    return None
