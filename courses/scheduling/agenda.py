"""What is free on one day for one request: closed days, opening hours, devices and the patient.

PURE. Local hours become UTC day by day, so that ten o'clock stays ten o'clock across a change of the clocks;
an hour that the clocks leave out is offered to nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from courses.intervals import Interval
from courses.scheduling.plan import PlanRequest, Problem, ProblemCode


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible start: local minute of the day, the hour in UTC, the device's place in the preference."""

    minute: int
    device: int
    hour: Interval


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def spoken(day: date) -> str:
    """A date as people here read it: Thu 26-Nov-2026."""
    return f"{day:%a %d-%b-%Y}"


@dataclass
class Agenda:
    """The calendar of one request; computes each day once."""

    request: PlanRequest
    _days: dict[date, tuple[Candidate, ...]] = field(default_factory=dict, init=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.request.time_zone)

    @cached_property
    def today(self) -> date:
        return self.request.now.astimezone(self.zone).date()

    @cached_property
    def kept_on(self) -> Counter[date]:
        """Sessions of the course that are already there, by local day."""
        return Counter(kept.start.astimezone(self.zone).date() for kept in self.request.kept)

    @cached_property
    def second_after(self) -> int:
        """Minutes from the start of a day's first session to the wanted start of its second."""
        request = self.request
        return request.session_minutes + max(request.min_gap_minutes, request.turnaround_minutes)

    def is_open(self, day: date) -> bool:
        """Whether the clinic works and the patient can come, whoever holds the devices."""
        return self.has_hours(day) and self.why_not(day) is None

    def has_hours(self, day: date) -> bool:
        """Whether the clinic opens on that weekday at all."""
        return any(hours.weekday == day.weekday() for hours in self.request.opening_hours)

    def why_not(self, day: date) -> Problem | None:
        """The closure or absence that takes the whole day, if there is one."""
        for closure in self.request.closures:
            if closure.day == day:
                return Problem(
                    ProblemCode.CLINIC_CLOSED,
                    f"The clinic is closed on {spoken(day)} ({closure.name}).",
                    "Treat on another day of that week, or change the clinic's closures.",
                    day,
                )
        if day in self.request.unavailable_days:
            return Problem(
                ProblemCode.PATIENT_UNAVAILABLE,
                f"The patient cannot come on {spoken(day)}.",
                "Ask the patient for another day of that week.",
                day,
            )
        return None

    def candidates(self, day: date) -> tuple[Candidate, ...]:
        """All free starts of a day, by time and then by preference of device."""
        if day not in self._days:
            free = self._free(day) if self.is_open(day) else ()
            self._days[day] = tuple(sorted(free, key=lambda c: (c.hour.start, c.device)))
        return self._days[day]

    def fit_together(self, one: Candidate, other: Candidate) -> bool:
        """Whether one patient can have both sessions on one day."""
        request = self.request
        minutes = request.min_gap_minutes
        if one.device == other.device:
            minutes = max(minutes, request.turnaround_minutes)
        return not one.hour.overlaps(other.hour, apart=timedelta(minutes=minutes))

    def _free(self, day: date) -> Iterator[Candidate]:
        request = self.request
        turnaround = timedelta(minutes=request.turnaround_minutes)
        gap = timedelta(minutes=request.min_gap_minutes)
        for minute, hour in self._hours(day):
            if hour.start < request.now:
                continue
            if any(hour.overlaps(busy) for busy in request.patient_busy):
                continue
            if any(hour.overlaps(kept, apart=gap) for kept in request.kept):
                continue
            for place, bookings in enumerate(self._bookings_near(day)):
                if not any(hour.overlaps(busy, apart=turnaround) for busy in bookings):
                    yield Candidate(minute, place, hour)

    def _hours(self, day: date) -> Iterator[tuple[int, Interval]]:
        """Every start on the grid whose session lies within one stretch of opening."""
        request = self.request
        length = timedelta(minutes=request.session_minutes)
        wanted = minute_of(request.preferred_time)
        offsets = {(wanted + shift) % request.step_minutes for shift in (0, self.second_after)}
        seen: set[int] = set()
        for hours in sorted(h for h in request.opening_hours if h.weekday == day.weekday()):
            closes = self._utc(day, minute_of(hours.closes))
            opens = minute_of(hours.opens)
            for minute in range(opens, minute_of(hours.closes)):
                if minute != opens and minute % request.step_minutes not in offsets:
                    continue
                start = self._utc(day, minute)
                if start is None or closes is None or start + length > closes or minute in seen:
                    continue
                seen.add(minute)
                yield minute, Interval(start, start + length)

    def _utc(self, day: date, minute: int) -> datetime | None:
        """The moment of a local minute, or None where the clocks leave it out that day."""
        local = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
        moment = local.astimezone(UTC)
        return moment if moment.astimezone(self.zone).replace(fold=0) == local else None

    def _bookings_near(self, day: date) -> list[list[Interval]]:
        return [by_day.get(day, []) for by_day in self._bookings_by_day]

    @cached_property
    def _bookings_by_day(self) -> list[dict[date, list[Interval]]]:
        """Each device's bookings under every local day they touch, turnaround included."""
        turnaround = timedelta(minutes=self.request.turnaround_minutes)
        calendars: list[dict[date, list[Interval]]] = []
        for device in self.request.devices:
            by_day: dict[date, list[Interval]] = defaultdict(list)
            for busy in device.busy:
                day = (busy.start - turnaround).astimezone(self.zone).date()
                last = (busy.end + turnaround).astimezone(self.zone).date()
                while day <= last:
                    by_day[day].append(busy)
                    day += timedelta(days=1)
            calendars.append(by_day)
        return calendars
