"""Everything that stands in the way of a plan, read from the database once for any number of courses."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from courses.intervals import Interval
from courses.models import Appointment, Course, PatientAbsence
from courses.scheduling.agenda import Tracks, tracks_of
from courses.scheduling.calendar import closures, day_bounds, opening_hours, special_hours
from courses.scheduling.plan import (
    Closure,
    DeviceCalendar,
    Limit,
    OpeningHours,
    PlanRequest,
    SpecialHours,
)
from courses.scheduling.staffing import Absence, Shift, Staffing, unwatched
from courses.scheduling.wishes import Wish
from devices.models import Device, MaintenanceWindow
from eecp_clinic.models import Clinic, StaffAbsence, StaffHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is about to take hours away, before it is written down: a device, the whole clinic, or nurses."""

    during: Interval
    device: Device | None = None
    closes_clinic: bool = False
    nurses_away: int = 0


@dataclass
class Gathered:
    """One clinic from ``first`` to ``last``: what is open, taken and watched. A fixed number of queries.

    ``without``: appointments that are about to leave their hours, and take nobody's place any more.
    """

    clinic: Clinic
    first: date
    last: date
    now: datetime
    without: Collection[int] = ()
    trouble: Trouble | None = None
    devices: Sequence[Device] = field(init=False)

    def __post_init__(self) -> None:
        # From the Monday before: sessions of that week count towards its days.
        self.monday = self.first - timedelta(days=self.first.weekday())
        self.start, self.end = day_bounds(self.clinic, self.monday)[0], day_bounds(self.clinic, self.last)[1]
        self.devices = list(Device.objects.of(self.clinic).in_use().order_by("name"))
        self.rows = list(
            Appointment.objects.of(self.clinic)
            .taken()
            .between(self.start, self.end)
            .exclude(pk__in=self.without)
            .order_by("starts_at", "pk")
        )

    @cached_property
    def by_patient(self) -> dict[int, list[Appointment]]:
        found: dict[int, list[Appointment]] = defaultdict(list)
        for row in self.rows:
            found[row.patient_id].append(row)
        return found

    @cached_property
    def opening_hours(self) -> tuple[OpeningHours, ...]:
        return opening_hours(self.clinic)

    @cached_property
    def special_hours(self) -> tuple[SpecialHours, ...]:
        closed = {closure.day for closure in self.closures}
        return tuple(
            hours for hours in special_hours(self.clinic, self.monday, self.last) if hours.day not in closed
        )

    @cached_property
    def closures(self) -> tuple[Closure, ...]:
        found = list(closures(self.clinic, self.monday, self.last))
        if self.trouble and self.trouble.closes_clinic:
            day = self.clinic.day_of(self.trouble.during.start)
            while day_bounds(self.clinic, day)[0] < self.trouble.during.end:
                found.append(Closure(day, "Closed"))
                day += timedelta(days=1)
        return tuple(found)

    @cached_property
    def staffing(self) -> Staffing | None:
        """None where the clinic has not said how many devices a nurse watches, or who works when."""
        rows = list(StaffHours.objects.filter(clinic=self.clinic))
        if not rows or self.clinic.devices_per_nurse is None:
            return None
        away = StaffAbsence.objects.filter(clinic=self.clinic, during__overlap=(self.start, self.end))
        absences = [
            Absence(Interval(row.during.lower or self.start, row.during.upper or self.end), row.nurses)
            for row in away
        ]
        if self.trouble and self.trouble.nurses_away:
            absences.append(Absence(self.trouble.during, self.trouble.nurses_away))
        return Staffing(
            tuple(Shift(row.weekday, row.begins, row.ends, row.nurses) for row in rows),
            self.clinic.devices_per_nurse,
            self.clinic.time_zone,
            tuple(absences),
        )

    @cached_property
    def calendars(self) -> dict[int, DeviceCalendar]:
        """What each device in use is taken for: booked hours, maintenance, and the trouble to come."""
        busy: dict[int, list[Interval]] = {device.pk: [] for device in self.devices}
        for row in self.rows:
            if row.device_id in busy:
                busy[row.device_id].append(hour_of(row))
        windows = MaintenanceWindow.objects.filter(
            device__in=busy.keys(), during__overlap=(self.start, self.end)
        )
        for window in windows:
            # A window without an end lasts as long as anybody plans.
            begins, ends = window.during.lower or self.start, window.during.upper or self.end
            busy[window.device_id].append(Interval(begins, ends))
        if self.trouble and self.trouble.device is not None and self.trouble.device.pk in busy:
            busy[self.trouble.device.pk].append(self.trouble.during)
        return {
            device.pk: DeviceCalendar(device.code, tuple(sorted(busy[device.pk]))) for device in self.devices
        }

    @cached_property
    def tracks(self) -> Tracks:
        return tracks_of(tuple(self.calendars.values()))

    @cached_property
    def unwatched(self) -> tuple[Interval, ...]:
        if self.staffing is None:
            return ()
        return tuple(unwatched(self.staffing, map(hour_of, self.rows), self.first, self.last))

    def running(self, without: Collection[int]) -> list[Interval]:
        """Every session of the clinic but those."""
        return [hour_of(row) for row in self.rows if row.pk not in without]

    def absences(self, patients: Collection[int]) -> dict[int, tuple[date, ...]]:
        """The days on which each patient cannot come; one query for all."""
        found: dict[int, set[date]] = defaultdict(set)
        rows = PatientAbsence.objects.filter(
            patient__in=patients, first_day__lte=self.last, last_day__gte=self.monday
        )
        for row in rows:
            first, last = max(row.first_day, self.monday), min(row.last_day, self.last)
            found[row.patient_id] |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        return {patient: tuple(sorted(days)) for patient, days in found.items()}

    def request(
        self,
        course: Course,
        wish: Wish,
        *,
        sessions: int,
        absent: tuple[date, ...] = (),
        moving: Collection[int] = (),
        watched: bool = True,
    ) -> PlanRequest:
        """The planner's question for ``course``; its order must be fetched. Raises plan.UnusableRequest.

        ``moving``: its appointments that will not stay; ``watched``: keep out of hours without a nurse.
        """
        order = course.order
        own = [row for row in self.by_patient[course.patient_id] if row.pk not in moving]
        known = [device for device in wish.devices if device.pk in self.calendars]
        return PlanRequest(
            start_date=wish.start_date,
            preferred_time=wish.preferred_time,
            weekday_wishes=wish.weekday_wishes,
            opening_hours=self.opening_hours,
            special_hours=self.special_hours,
            devices=tuple(self.calendars[device.pk] for device in known),
            time_zone=self.clinic.time_zone,
            now=self.now,
            sessions=sessions,
            session_minutes=order.session_minutes,
            turnaround_minutes=self.clinic.turnaround_minutes,
            per_day=order.sessions_per_day,
            days_per_week=order.days_per_week,
            closures=self.closures,
            patient_busy=tuple(hour_of(row) for row in own if row.course_id != course.pk),
            unavailable_days=absent,
            kept=tuple(hour_of(row) for row in own if row.course_id == course.pk),
            finish_by=wish.finish_by,
            unwatched=self.unwatched if watched else (),
            limits=limits_of(course),
        )


def limits_of(course: Course) -> tuple[Limit, ...]:
    """Up to where somebody pays for ``course``: the end of the coverage that its decision rests on."""
    coverage = course.order.assessment.coverage
    if coverage is None or coverage.ends_on is None:
        return ()
    return (Limit("The coverage", last_day=coverage.ends_on),)


def hour_of(row: Appointment) -> Interval:
    return Interval(row.starts_at, row.ends_at)
