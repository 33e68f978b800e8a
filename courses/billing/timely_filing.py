"""Until when Medicare takes a claim line. PURE.

Twelve months from the line's from-date (Medicare fee-for-service); a service of 29 February is due by
28 February; where the last day is a Saturday, Sunday or federal holiday, the next workday counts. A denial
for lateness cannot be appealed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from courses.months import months_after

SATURDAY = 5
MEDICARE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class FilingLimit:
    """``days_left`` counts from the day asked about to the last day; below 0 the limit has passed."""

    last_day: date
    days_left: int


def filing_limit(
    service_from: date, *, on: date, holidays: Collection[date], months: int = MEDICARE_MONTHS
) -> FilingLimit:
    """The last day on which a line may be received, and how far off it is from ``on``.

    ``months`` is the payer's limit.
    ``holidays`` are federal holidays with their observed days, for the year after the service too.
    """
    last_day = months_after(service_from, months)
    while last_day.weekday() >= SATURDAY or last_day in holidays:
        last_day += timedelta(days=1)
    return FilingLimit(last_day, (last_day - on).days)
