"""The clinic's calendar as the planner reads it: opening hours, holidays and closures."""

from datetime import date, datetime, time, timedelta

import holidays

from courses.scheduling.plan import Closure, OpeningHours
from eecp_clinic.models import Clinic
from eecp_clinic.models import Closure as ClosureRow
from eecp_clinic.models import OpeningHours as OpeningHoursRow


def opening_hours(clinic: Clinic) -> tuple[OpeningHours, ...]:
    rows = OpeningHoursRow.objects.filter(clinic=clinic)
    return tuple(OpeningHours(row.weekday, row.opens, row.closes) for row in rows)


def closures(clinic: Clinic, first: date, last: date) -> tuple[Closure, ...]:
    """Closed days from ``first`` to ``last``: US federal holidays, the day itself and the day it is observed on,
    and the clinic's own, whose reason is told where both fall on one day."""
    federal = holidays.country_holidays("US", years=range(first.year, last.year + 1))
    named = {day: name for day, name in federal.items() if first <= day <= last}
    own = ClosureRow.objects.filter(clinic=clinic, day__range=(first, last))
    named |= {row.day: row.reason for row in own}
    return tuple(Closure(day, name) for day, name in sorted(named.items()))


def day_bounds(clinic: Clinic, day: date) -> tuple[datetime, datetime]:
    """The clinic's midnight before ``day`` and the one after it; 23 to 25 hours apart."""
    midnight = time(tzinfo=clinic.zone)
    return datetime.combine(day, midnight), datetime.combine(day + timedelta(days=1), midnight)


def first_usable_day(clinic: Clinic, hours: tuple[OpeningHours, ...], now: datetime, minutes: int) -> date:
    """Today while a session of ``minutes`` can still end before closing, else tomorrow."""
    local = clinic.local(now)
    ends = (local + timedelta(minutes=minutes)).replace(tzinfo=None)
    closes = [h.closes for h in hours if h.weekday == local.weekday()]
    fits = any(ends <= datetime.combine(local.date(), close) for close in closes)
    return local.date() if fits else local.date() + timedelta(days=1)
