"""The demo's day: always today, always mid-morning, and treatment days on either side of it.

The demo must move whenever it is opened, at night and on a Sunday too. So its clinic stands in the time zone in
which it is mid-morning when the demo is made, and it treats on the weekday on which that happens.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import holidays

from eecp_clinic.models import Clinic

#: When the day's rows begin; an hour and 15 minutes to change over.
STARTS = [time(8), time(9, 15), time(10, 30), time(11, 45), time(13, 15), time(14, 30), time(15, 45)]
LIVE_ROW = 2

ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "Pacific/Pago_Pago", "Pacific/Auckland", "Pacific/Guadalcanal", "Pacific/Guam",
    "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok", "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai",
    "Africa/Nairobi", "Africa/Johannesburg", "Europe/Berlin", "UTC", "Atlantic/Azores", "Atlantic/South_Georgia",
    "America/Sao_Paulo", "America/Halifax",
]  # fmt: skip


def zone_for(now: datetime) -> str:
    """The time zone in which the live row of the board has just begun; American ones first."""
    row = STARTS[LIVE_ROW]
    begun = row.hour * 60 + row.minute

    def minutes_late(name: str) -> int:
        local = now.astimezone(ZoneInfo(name))
        return (local.hour * 60 + local.minute - begun) % (24 * 60)

    return min(ZONES, key=minutes_late)


def treatment_days_before(today: date, count: int) -> list[date]:
    """The last ``count`` weekdays before ``today`` that are no federal holidays, ascending."""
    closed = holidays.country_holidays("US", years=range(today.year - 2, today.year + 2))
    days = (today - timedelta(days=offset) for offset in range(1, 1000))
    found = list(islice((day for day in days if day.weekday() < 5 and day not in closed), count))
    return found[::-1]


def treatment_days_after(today: date, count: int) -> list[date]:
    """The next ``count`` weekdays after ``today`` that are no federal holidays."""
    closed = holidays.country_holidays("US", years=range(today.year, today.year + 2))

    def open_days() -> Iterator[date]:
        for offset in range(1, 1000):
            day = today + timedelta(days=offset)
            if day.weekday() < 5 and day not in closed:
                yield day

    return list(islice(open_days(), count))


def at(clinic: Clinic, day: date, hour: time) -> datetime:
    """``hour`` on the clinic's wall clock of ``day``, in UTC."""
    return datetime.combine(day, hour, tzinfo=clinic.zone).astimezone(UTC)
