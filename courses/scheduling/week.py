"""The week: a column a day, a row an hour."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.models import Appointment
from courses.scheduling.calendar import closures, day_bounds, opening_hours, special_hours
from courses.scheduling.cards import Card, appointments_between, card_of
from devices.models import Device
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    is_today: bool
    closed: str
    count: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    hour: str
    cells: list[list[Card]]


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    days: list[WeekDay]
    rows: list[WeekRow]
    count: int


def week_of(
    clinic: Clinic, monday: date, device: Device | None, now: datetime, *, clinical: bool = True
) -> Week:
    """The appointments from ``monday`` on, of one device or of all. A fixed number of queries."""
    sunday = monday + timedelta(days=6)
    start, end = day_bounds(clinic, monday)[0], day_bounds(clinic, sunday)[1]
    found = appointments_between(clinic, start, end, now)
    appointments = list(found.filter(device=device) if device else found)
    hours = opening_hours(clinic)
    by_day: dict[date, list[Appointment]] = defaultdict(list)
    for appointment in appointments:
        by_day[clinic.day_of(appointment.starts_at)].append(appointment)
    cards = {row.pk: card_of(row, now, clinical=clinical) for row in appointments}
    closed = {closure.day: closure.name for closure in closures(clinic, monday, sunday)}
    opened = {special.day for special in special_hours(clinic, monday, sunday)}
    shown = [
        day
        for day in (monday + timedelta(days=offset) for offset in range(7))
        if by_day[day] or any(h.weekday == day.weekday() for h in hours) or day in opened
    ]
    open_hours = {
        hour for h in hours for hour in range(h.opens.hour, _last_hour(h.closes.hour, h.closes.minute))
    }
    used = open_hours | {clinic.local(row.starts_at).hour for row in appointments}
    return Week(
        monday=monday,
        days=[
            WeekDay(
                day,
                day == clinic.day_of(now),
                closed.get(day, ""),
                sum(row.state != Appointment.State.MISSED for row in by_day[day]),
            )
            for day in shown
        ],
        rows=[
            WeekRow(
                f"{hour:02}:00",
                [
                    [cards[row.pk] for row in by_day[day] if clinic.local(row.starts_at).hour == hour]
                    for day in shown
                ],
            )
            for hour in sorted(used)
        ],
        count=sum(row.state != Appointment.State.MISSED for row in appointments),
    )


def _last_hour(hour: int, minute: int) -> int:
    """The first hour after closing, in which no row is needed any more."""
    return hour + (minute > 0)
