"""How many sessions the nurses on duty can watch at once, and when that many run already.

PURE. One nurse watches a number of devices that the clinic sets; there is no figure of a payer for it (direct
supervision by a physician is another matter). Where a clinic has not said who works when, nothing is known,
and nothing is held against a plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from courses.intervals import Interval


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """So many nurses work on one weekday (0 Monday) from ``begins`` to ``ends``, in the clinic's local time."""

    weekday: int
    begins: time
    ends: time
    nurses: int


@dataclass(frozen=True, slots=True, order=True)
class Absence:
    """So many nurses fewer than usual."""

    during: Interval
    nurses: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who works when; ``devices_per_nurse`` is how many running sessions one nurse can watch."""

    shifts: tuple[Shift, ...]
    devices_per_nurse: int
    time_zone: str
    absences: tuple[Absence, ...] = ()

    def capacity(self, moment: datetime) -> int:
        """Sessions that can be watched at ``moment``."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        here = sum(
            shift.nurses
            for shift in self.shifts
            if shift.weekday == local.weekday() and shift.begins <= local.time() < shift.ends
        )
        away = sum(a.nurses for a in self.absences if a.during.start <= moment < a.during.end)
        return max(0, here - away) * self.devices_per_nurse

    def edges(self, first: date, last: date) -> set[datetime]:
        """Every moment from ``first`` to ``last`` at which the number of nurses may change."""
        zone = ZoneInfo(self.time_zone)
        found = {edge for absence in self.absences for edge in (absence.during.start, absence.during.end)}
        for offset in range((last - first).days + 2):
            day = first + timedelta(days=offset)
            clocks = {time()}
            for shift in self.shifts:
                if shift.weekday == day.weekday():
                    clocks |= {shift.begins, shift.ends}
            found |= {datetime.combine(day, clock, zone).astimezone(UTC) for clock in clocks}
        return found


def unwatched(staffing: Staffing, sessions: Iterable[Interval], first: date, last: date) -> list[Interval]:
    """Stretches from ``first`` to ``last`` in which one session more could not be watched, in order."""
    changes: dict[datetime, int] = dict.fromkeys(staffing.edges(first, last), 0)
    for session in sessions:
        changes[session.start] = changes.get(session.start, 0) + 1
        changes[session.end] = changes.get(session.end, 0) - 1
    found: list[Interval] = []
    running = 0
    for moment, after in pairwise(sorted(changes)):
        running += changes[moment]
        if running < staffing.capacity(moment):
            continue
        if found and found[-1].end == moment:
            found[-1] = Interval(found[-1].start, after)
        else:
            found.append(Interval(moment, after))
    return found


def too_many(
    staffing: Staffing, sessions: Sequence[tuple[Interval, str]], first: date, last: date
) -> list[str]:
    """The names of the fewest sessions to move so that all others are watched.

    Where more run than can be watched, the one that ends last goes: it stands in the way of the most to come.
    """
    moments = sorted({*staffing.edges(first, last), *(hour.start for hour, _ in sessions)})
    queue = sorted(sessions)
    running: list[tuple[datetime, str]] = []
    removed: list[str] = []
    place = 0
    for moment in moments:
        while place < len(queue) and queue[place][0].start <= moment:
            running.append((queue[place][0].end, queue[place][1]))
            place += 1
        running = sorted(entry for entry in running if entry[0] > moment)
        while len(running) > staffing.capacity(moment):
            removed.append(running.pop()[1])
    return removed
