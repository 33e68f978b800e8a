"""A proposal as people look at it: a row a week, a column a weekday."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, Session
from courses.scheduling.agenda import spoken
from courses.scheduling.calendar import closures, opening_hours
from courses.scheduling.forms import slot_text
from courses.scheduling.plan import Plan, Problem
from devices.models import Device


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One session in the grid; ``is_kept`` was booked before."""

    starts_at: datetime
    device: str
    in_window: bool
    is_kept: bool


@dataclass(slots=True)
class DayCell:
    day: date
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    closed: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the plan page shows, and the hours it would book."""

    weekdays: list[date]
    weeks: list[list[DayCell]]
    measure: list[str]
    problems: tuple[Problem, ...]
    slots: list[str]
    complete: bool


def proposal_of(
    course: Course, plan: Plan, devices: list[Device], window_minutes: int, now: datetime
) -> Proposal:
    """Lay out ``plan`` beside the hours of ``course`` that are booked already."""
    names = {device.code: device.name for device in devices}
    entries = [Entry(slot.start, names.get(slot.device_id, ""), slot.in_window, False) for slot in plan.slots]
    kept = Appointment.objects.to_come(now).filter(course=course).select_related("device")
    entries += [Entry(row.starts_at, row.device.name, True, True) for row in kept]
    weeks = _weeks(course, sorted(entries), plan)
    return Proposal(
        weekdays=[cell.day for cell in weeks[0]] if weeks else [],
        weeks=weeks,
        measure=measure_of(plan, window_minutes),
        problems=plan.problems,
        slots=[slot_text(slot) for slot in plan.slots],
        complete=plan.complete,
    )


def _weeks(course: Course, entries: list[Entry], plan: Plan) -> list[list[DayCell]]:
    if not entries:
        return []
    clinic = course.clinic
    first = clinic.day_of(entries[0].starts_at)
    last = clinic.day_of(entries[-1].starts_at)
    cells: dict[date, DayCell] = {}
    monday = first - timedelta(days=first.weekday())
    for offset in range((last - monday).days + 7 - last.weekday()):
        day = monday + timedelta(days=offset)
        cells[day] = DayCell(day)
    for closure in closures(clinic, monday, last):
        cells[closure.day].closed = closure.name
    for problem in plan.passed_over:
        if problem.day in cells and not cells[problem.day].closed:
            cells[problem.day].note = problem.sentence
    given = Session.objects.completed().filter(course=course).count()
    for number, entry in enumerate(entries, given + 1):
        cells[clinic.day_of(entry.starts_at)].entries.append((number, entry))
    shown = {hours.weekday for hours in opening_hours(clinic)}
    shown |= {cell.day.weekday() for cell in cells.values() if cell.entries}
    days = [cell for cell in cells.values() if cell.day.weekday() in shown]
    return [days[start : start + len(shown)] for start in range(0, len(days), len(shown))]


def measure_of(plan: Plan, window_minutes: int) -> list[str]:
    """'33 of 35 inside your 60-minute window', 'ends Fri 08-Jan-2027', '2 days slack'."""
    measure = plan.measure
    said = [
        gettext("%(inside)d of %(all)d inside your %(minutes)d-minute window")
        % {"inside": measure.in_window, "all": len(plan.slots), "minutes": window_minutes}
    ]
    if measure.ends_on:
        said.append(gettext("ends %(day)s") % {"day": spoken(measure.ends_on)})
    if measure.slack_days is not None:
        days = measure.slack_days
        said.append(ngettext("%(days)d day slack", "%(days)d days slack", days) % {"days": days})
    hours, changes = measure.changes_of_hour, measure.changes_of_device
    if hours:
        said.append(
            ngettext("%(count)d change of hour", "%(count)d changes of hour", hours) % {"count": hours}
        )
    if changes:
        said.append(
            ngettext("%(count)d change of device", "%(count)d changes of device", changes)
            % {"count": changes}
        )
    return said
