"""The clinic's calendar as the planner reads it: opening hours, holidays and closures."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import holidays

from courses.intervals import Interval
from courses.scheduling.plan import Closure, OpeningHours, SpecialHours
from devices.models import Device, MaintenanceWindow
from eecp_clinic.models import Clinic, OpeningException
from eecp_clinic.models import Closure as ClosureRow
from eecp_clinic.models import OpeningHours as OpeningHoursRow


def opening_hours(clinic: Clinic) -> tuple[OpeningHours, ...]:
    rows = OpeningHoursRow.objects.filter(clinic=clinic)
    return tuple(OpeningHours(row.weekday, row.opens, row.closes) for row in rows)


def closures(
    clinic: Clinic, first: date, last: date, special: Iterable[SpecialHours] | None = None
) -> tuple[Closure, ...]:
    """Closed days from ``first`` to ``last``: US federal holidays, the day itself and the day it is observed on,
    and the clinic's own, whose reason is told where both fall on one day. A day with hours of its own is open:
    ``special`` are these, for whoever has fetched them."""
    federal = holidays.country_holidays("US", years=range(first.year, last.year + 1))
    named = {day: name for day, name in federal.items() if first <= day <= last}
    own = ClosureRow.objects.filter(clinic=clinic, day__range=(first, last))
    named |= {row.day: row.reason for row in own}
    for hours in special_hours(clinic, first, last) if special is None else special:
        named.pop(hours.day, None)
    return tuple(Closure(day, name) for day, name in sorted(named.items()))


def special_hours(clinic: Clinic, first: date, last: date) -> tuple[SpecialHours, ...]:
    """The days from ``first`` to ``last`` that have hours of their own."""
    rows = OpeningException.objects.filter(clinic=clinic, day__range=(first, last))
    return tuple(SpecialHours(row.day, row.opens, row.closes) for row in rows)


def hours_on(
    day: date, weekly: Iterable[OpeningHours], special: Iterable[SpecialHours]
) -> list[tuple[time, time]]:
    """When the clinic opens and closes on ``day``; the day's own hours take the place of the weekday's."""
    own = [(hours.opens, hours.closes) for hours in special if hours.day == day]
    return own or [(hours.opens, hours.closes) for hours in weekly if hours.weekday == day.weekday()]


def day_bounds(clinic: Clinic, day: date) -> tuple[datetime, datetime]:
    """The clinic's midnight before ``day`` and the one after it; 23 to 25 hours apart."""
    midnight = time(tzinfo=clinic.zone)
    return datetime.combine(day, midnight), datetime.combine(day + timedelta(days=1), midnight)


def maintenance(devices: Sequence[Device], start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """When each device cannot be used between ``start`` and ``end``, by its key; a window without an end lasts on."""
    down: dict[int, list[Interval]] = {device.pk: [] for device in devices}
    for window in MaintenanceWindow.objects.filter(device__in=devices, during__overlap=(start, end)):
        begins, ends = window.during.lower or start, window.during.upper or end
        down[window.device_id].append(Interval(max(begins, start), min(ends, end)))
    return down


def first_usable_day(
    clinic: Clinic,
    hours: Iterable[OpeningHours],
    now: datetime,
    minutes: int,
    special: Iterable[SpecialHours] = (),
) -> date:
    """Today while a session of ``minutes`` can still end before closing, else tomorrow."""
    local = clinic.local(now)
    ends = (local + timedelta(minutes=minutes)).replace(tzinfo=None)
    closes = [closing for _, closing in hours_on(local.date(), hours, special)]
    fits = any(ends <= datetime.combine(local.date(), close) for close in closes)
    return local.date() if fits else local.date() + timedelta(days=1)
