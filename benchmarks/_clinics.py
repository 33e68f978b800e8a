"""Invented clinics for the benchmark of the planner: seeded, so that every run is the same."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from courses.intervals import Interval
from courses.scheduling.agenda import Tracks, tracks_of
from courses.scheduling.options import Booked, CourseInNeed
from courses.scheduling.plan import Closure, DeviceCalendar, OpeningHours, PlanRequest, Slot

ZONE = ZoneInfo("America/Chicago")
OPENS, CLOSES = time(8), time(18)


@dataclass(frozen=True)
class Wanted:
    """One course: from when, and at which hour the patient would like to come."""

    name: str
    first: date
    preferred_time: time


@dataclass
class Clinic:
    """Devices with what is booked on them, and the courses as they were placed."""

    devices: tuple[str, ...]
    closures: tuple[Closure, ...]
    hours: tuple[OpeningHours, ...]
    booked: dict[str, list[Interval]] = field(default_factory=lambda: defaultdict(list))
    courses: dict[str, tuple[Wanted, list[Slot]]] = field(default_factory=dict)

    def calendars(self, now: datetime) -> tuple[DeviceCalendar, ...]:
        """What is booked from ``now`` on."""
        return tuple(
            DeviceCalendar(name, tuple(sorted(hour for hour in self.booked[name] if hour.end > now)))
            for name in self.devices
        )

    def request(self, wanted: Wanted, now: datetime | None = None) -> PlanRequest:
        now = now or datetime.combine(wanted.first, time(7), ZONE)
        return PlanRequest(
            start_date=wanted.first,
            preferred_time=wanted.preferred_time,
            opening_hours=self.hours,
            devices=self.calendars(now),
            time_zone=ZONE.key,
            now=now,
            closures=self.closures,
        )

    def request_around(self, request: PlanRequest, device: str, day: date) -> PlanRequest:
        """The same question with what is booked by now, and without the device that is down."""
        others = tuple(calendar for calendar in self.calendars(request.now) if calendar.device_id != device)
        return replace(request, devices=others, start_date=day)

    def take(self, wanted: Wanted, slots: list[Slot]) -> None:
        self.courses[wanted.name] = (wanted, list(slots))
        for slot in slots:
            self.booked[slot.device_id].append(Interval(slot.start, slot.end))

    def exchange(self, need: CourseInNeed, after: list[Slot]) -> None:
        """Give up the hours that cannot stay, and take the new ones."""
        gone = {(booked.hour, booked.device_id) for booked in need.affected}
        wanted, slots = self.courses[need.course_id]
        stay = [slot for slot in slots if (Interval(slot.start, slot.end), slot.device_id) not in gone]
        for hour, device in gone:
            self.booked[device].remove(hour)
        self.courses[need.course_id] = (wanted, stay)
        for slot in after:
            self.booked[slot.device_id].append(Interval(slot.start, slot.end))
        stay += after

    def close(self, device: str, day: date, days: int) -> None:
        self.booked[device].append(_days(day, days))


def invent(
    seed: int, *, courses: int, devices: int, first: date, weeks: int, closes: time = CLOSES
) -> tuple[Clinic, list[Wanted]]:
    """An empty clinic and the courses that ask for a place, in order of their first day."""
    chance = random.Random(seed)  # noqa: S311  # invented patients, not a secret
    years = range(first.year, first.year + 3)
    closed = tuple(Closure(day, name) for day, name in holidays.country_holidays("US", years=years).items())
    wanted = []
    for number in range(courses):
        day = first + timedelta(days=chance.randrange(weeks * 7))
        minutes = chance.choices(range(8 * 60, 17 * 60 + 1, 30), weights=[3] * 8 + [2] * 11)[0]
        wanted.append(Wanted(f"course-{number:03}", day, time(minutes // 60, minutes % 60)))
    wanted.sort(key=lambda w: (w.first, w.name))
    hours = tuple(OpeningHours(weekday, OPENS, closes) for weekday in range(5))
    return Clinic(tuple(f"D{n}" for n in range(1, devices + 1)), tuple(sorted(closed)), hours), wanted


def swap_devices(clinic: Clinic, one: str, other: str, day: date) -> None:
    """All hours of ``day`` on two devices change places."""
    names = {one: other, other: one}
    for name, (wanted, slots) in clinic.courses.items():
        turned = [
            replace(slot, device_id=names.get(slot.device_id, slot.device_id))
            if slot.start.astimezone(ZONE).date() == day
            else slot
            for slot in slots
        ]
        clinic.courses[name] = (wanted, turned)
    clinic.booked.clear()
    for _, slots in clinic.courses.values():
        for slot in slots:
            clinic.booked[slot.device_id].append(Interval(slot.start, slot.end))


def _days(first: date, days: int) -> Interval:
    return Interval(
        datetime.combine(first, time(), ZONE), datetime.combine(first + timedelta(days=days), time(), ZONE)
    )


def downtime(
    clinic: Clinic, device: str, first: date, days: int, now: datetime
) -> tuple[list[CourseInNeed], Tracks]:
    """One device down for whole days: the courses that lose hours by it, and what is taken on all devices."""
    down = _days(first, days)
    calendars = tuple(
        replace(calendar, busy=tuple(sorted([*calendar.busy, down])))
        if calendar.device_id == device
        else calendar
        for calendar in clinic.calendars(now)
    )
    found = []
    for name, (wanted, slots) in sorted(clinic.courses.items()):
        hit = [s for s in slots if s.device_id == device and Interval(s.start, s.end).overlaps(down)]
        if hit:
            kept = tuple(Interval(s.start, s.end) for s in slots if s not in hit)
            request = replace(
                clinic.request(wanted, now), start_date=first, devices=calendars, kept=kept, sessions=len(hit)
            )
            affected = tuple(
                Booked(Interval(s.start, s.end), device, f"{name}/{s.start.astimezone(UTC):%m%d%H%M}")
                for s in hit
            )
            found.append(CourseInNeed(name, request, affected, max(slots).start.astimezone(ZONE).date()))
    return found, tracks_of(calendars)
