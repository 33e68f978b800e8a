"""One patient's hours: as months on paper, and as an iCalendar feed. Neither says what the appointments are for."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar as Feed
from icalendar import Event

from courses.models import Appointment, CalendarLink
from courses.scheduling.calendar import closures
from courses.scheduling.services.reaching import digest_of
from eecp_clinic.models import Clinic
from patients.models import Patient

State = Appointment.State
#: How long a cancelled hour stays in the feed, so that every calendar that reads it takes it out.
CANCELLED_FOR = timedelta(days=30)
PAST_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    in_month: bool
    hours: list[datetime]
    closed: str


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day]]


def hours_to_come(patient: Patient, now: datetime) -> list[Appointment]:
    return list(
        Appointment.objects.to_come(now).filter(patient=patient).select_related("device", "course__clinic")
    )


def months_of(patient: Patient, now: datetime) -> list[Month]:
    """The months that hold hours to come, Sunday first as wall calendars here have it."""
    clinic = patient.clinic
    by_day: dict[date, list[datetime]] = {}
    for row in hours_to_come(patient, now):
        by_day.setdefault(clinic.day_of(row.starts_at), []).append(row.starts_at)
    if not by_day:
        return []
    closed = {closure.day: closure.name for closure in closures(clinic, min(by_day), max(by_day))}
    firsts = sorted({day.replace(day=1) for day in by_day})
    return [
        Month(
            first,
            [
                [
                    Day(
                        day,
                        day.month == first.month,
                        by_day.get(day, []) if day.month == first.month else [],
                        closed.get(day, "") if day.month == first.month else "",
                    )
                    for day in week
                ]
                for week in Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
            ],
        )
        for first in firsts
    ]


def link_of(secret: str) -> CalendarLink | None:
    """The link in force that ``secret`` opens."""
    return (
        CalendarLink.objects.filter(sha256=digest_of(secret), revoked_at=None)
        .select_related("patient__clinic")
        .first()
    )


def feed_of(patient: Patient, now: datetime) -> bytes:
    """RFC 5545; an hour keeps its UID and counts up its SEQUENCE when it is moved."""
    feed = Feed()
    feed.add("prodid", "-//EECP Clinic//Appointments//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", patient.clinic.name)
    feed.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    rows = Appointment.objects.filter(patient=patient, starts_at__gt=now - PAST_FOR).order_by("starts_at")
    for row in rows:
        is_off = row.state in {State.CANCELLED, State.MISSED}
        if is_off and row.ends_at < now - CANCELLED_FOR:
            continue
        feed.add_component(_event(row, patient.clinic, now, is_off=is_off))
    return bytes(feed.to_ical())


def _event(row: Appointment, clinic: Clinic, now: datetime, *, is_off: bool) -> Event:
    event = Event()
    event.add("uid", f"{row.code}@{clinic.code}.eecp-clinic")
    event.add("dtstamp", now)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("sequence", row.version)
    event.add("summary", clinic.name)
    event.add("location", f"{clinic.address}, {clinic.city}, {clinic.state} {clinic.postal_code}")
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event
