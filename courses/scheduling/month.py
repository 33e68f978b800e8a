"""A month of the clinic: how full each day is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from courses.intervals import Interval
from courses.models import Appointment
from courses.scheduling.calendar import (
    closures,
    day_bounds,
    hours_on,
    maintenance,
    opening_hours,
    special_hours,
)
from courses.scheduling.capacity import DayLoad, day_load
from devices.models import Device
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class MonthDay:
    day: date
    in_month: bool
    is_today: bool
    closed: str
    load: DayLoad


@dataclass(frozen=True, slots=True)
class ClinicMonth:
    first: date
    before: date
    after: date
    weeks: list[list[MonthDay]]
    total: DayLoad


def month_of(clinic: Clinic, day: date, now: datetime) -> ClinicMonth:
    """The month of ``day`` in whole weeks from Monday. A fixed number of queries."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    monday = first - timedelta(days=first.weekday())
    sunday = after - timedelta(days=1)
    sunday += timedelta(days=6 - sunday.weekday())
    loads = _loads(clinic, monday, sunday)
    closed = {closure.day: closure.name for closure in closures(clinic, monday, sunday)}
    days = [
        MonthDay(
            each, each.month == first.month, each == clinic.day_of(now), closed.get(each, ""), loads[each]
        )
        for each in (monday + timedelta(days=offset) for offset in range((sunday - monday).days + 1))
    ]
    return ClinicMonth(
        first,
        (first - timedelta(days=1)).replace(day=1),
        after,
        [days[start : start + 7] for start in range(0, len(days), 7)],
        _total([each.load for each in days if each.in_month]),
    )


def _loads(clinic: Clinic, first: date, last: date) -> dict[date, DayLoad]:
    start, end = day_bounds(clinic, first)[0], day_bounds(clinic, last)[1]
    hours, special = opening_hours(clinic), special_hours(clinic, first, last)
    closed = {closure.day for closure in closures(clinic, first, last)}
    booked: dict[date, list[Interval]] = defaultdict(list)
    for row in Appointment.objects.of(clinic).taken().between(start, end):
        booked[clinic.day_of(row.starts_at)].append(Interval(row.starts_at, row.ends_at))
    out = list(maintenance(list(Device.objects.of(clinic).in_use()), start, end).values())
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {
        day: day_load(
            booked[day],
            [] if day in closed else _stretches(clinic, hours_on(day, hours, special), day),
            out,
            devices_per_nurse=clinic.devices_per_nurse,
        )
        for day in days
    }


def _stretches(clinic: Clinic, hours: list[tuple[time, time]], day: date) -> list[Interval]:
    def moment(clock: time) -> datetime:
        return datetime.combine(day, clock, clinic.zone).astimezone(UTC)

    return [Interval(moment(opens), moment(closes)) for opens, closes in hours]


def _total(loads: list[DayLoad]) -> DayLoad:
    nurses = [load.nurse_hours for load in loads if load.nurse_hours is not None]
    return DayLoad(
        used_hours=sum(load.used_hours for load in loads),
        open_hours=sum(load.open_hours for load in loads),
        nurse_hours=sum(nurses) if nurses else None,
        sessions=sum(load.sessions for load in loads),
    )
