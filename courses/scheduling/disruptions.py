"""A device down, the clinic closed, nurses away: what it hits, and the new hours that are proposed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.intervals import Interval
from courses.models import Appointment, Course
from courses.scheduling.gathering import Gathered, Trouble, hour_of
from courses.scheduling.options import BEYOND_DAYS, Booked, CourseInNeed
from courses.scheduling.repair import Repair, repair
from courses.scheduling.staffing import too_many
from courses.scheduling.wishes import Wish
from devices.models import Device
from eecp_clinic.models import Clinic

#: Nobody can be told of an hour that begins sooner than this. Ours; a clinic that knows better moves by hand.
LEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The appointments that cannot stay, by code, and where they could go; ``others`` are the hours that stay,
    each with its device's code."""

    trouble: Trouble
    affected: dict[str, Appointment]
    repair: Repair
    devices: dict[str, Device]
    others: tuple[tuple[Interval, str], ...]


def propose_repair(*, clinic: Clinic, trouble: Trouble, now: datetime) -> Proposal:
    """New hours for all sessions that ``trouble`` hits; nothing is saved. A fixed number of queries."""
    hit = _hit(clinic, trouble, now)
    courses = {row.course_id: row.course for row in hit}
    last_days = _last_days(clinic, courses)
    first = max(clinic.day_of(now), clinic.day_of(min((row.starts_at for row in hit), default=now)))
    last = max([first, *last_days.values()]) + timedelta(days=BEYOND_DAYS)
    gathered = Gathered(clinic, clinic.day_of(now), last, now + LEAD, trouble=trouble)
    keys = {row.pk for row in hit}
    codes = {device.pk: device.code for device in gathered.devices}
    needs = _needs(gathered, hit, last_days)
    found = repair(
        needs, gathered.tracks, staffing=gathered.staffing, running=gathered.running(keys) if keys else ()
    )
    return Proposal(
        trouble,
        {row.code: row for row in hit},
        found,
        {device.code: device for device in gathered.devices},
        tuple(
            (hour_of(row), codes[row.device_id])
            for row in gathered.rows
            if row.pk not in keys and row.device_id in codes
        ),
    )


def _hit(clinic: Clinic, trouble: Trouble, now: datetime) -> list[Appointment]:
    """Booked hours to come that cannot be used; what has begun is left to whoever gives it."""
    rows = (
        Appointment.objects.of(clinic)
        .filter(state=Appointment.State.BOOKED, ends_at__gt=now, session__isnull=True)
        .between(trouble.during.start, trouble.during.end)
        .select_related("course__order__assessment__coverage", "course__clinic", "patient", "device")
        .order_by("starts_at", "pk")
    )
    if trouble.device is not None:
        rows = rows.filter(device=trouble.device)
    if trouble.nurses_away:
        return _too_many(clinic, trouble, list(rows), now)
    return list(rows)


def _too_many(
    clinic: Clinic, trouble: Trouble, rows: Sequence[Appointment], now: datetime
) -> list[Appointment]:
    """The fewest sessions to move so that the nurses who are left can watch all others."""
    first, last = clinic.day_of(trouble.during.start), clinic.day_of(trouble.during.end)
    gathered = Gathered(clinic, first, last, now, trouble=trouble)
    if gathered.staffing is None:
        return []
    there = [(hour_of(row), row.code) for row in gathered.rows if hour_of(row).overlaps(trouble.during)]
    gone = set(too_many(gathered.staffing, there, first, last))
    return [row for row in rows if row.code in gone]


def _last_days(clinic: Clinic, courses: dict[int, Course]) -> dict[int, date]:
    """The day of each course's last hour as booked now."""
    found: dict[int, date] = {}
    rows = Appointment.objects.taken().filter(course__in=courses).values_list("course", "starts_at")
    for course, starts_at in rows:
        day = clinic.day_of(starts_at)
        found[course] = max(day, found.get(course, day))
    return found


def _needs(gathered: Gathered, hit: Sequence[Appointment], last_days: dict[int, date]) -> list[CourseInNeed]:
    by_course: dict[int, list[Appointment]] = defaultdict(list)
    for row in hit:
        by_course[row.course_id].append(row)
    absent = gathered.absences([row.patient_id for row in hit])
    needs = []
    for rows in by_course.values():
        course = rows[0].course
        ends_on = last_days[course.pk]
        wish = Wish(
            start_date=gathered.first,
            preferred_time=gathered.clinic.local(rows[0].starts_at).time(),
            devices=gathered.devices,
            # A last day that the course has passed already binds no more than its own end.
            finish_by=max(course.target_end_on, ends_on) if course.target_end_on else None,
        )
        request = gathered.request(
            course,
            wish,
            sessions=len(rows),
            absent=absent.get(course.patient_id, ()),
            moving=[row.pk for row in rows],
            watched=False,
        )
        booked = tuple(Booked(hour_of(row), row.device.code, row.code) for row in rows)
        needs.append(CourseInNeed(course.code, request, booked, ends_on))
    return needs
