"""What is free on one day for one request: closed days, opening hours, devices, nurses and the patient.

PURE. Local hours become UTC day by day, so that ten o'clock stays ten o'clock across a change of the clocks;
an hour that the clocks leave out is offered to nobody.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from courses.intervals import Interval
from courses.scheduling.plan import DeviceCalendar, PlanRequest, Problem, ProblemCode
from courses.scheduling.tracks import DAY_MINUTES, LONGEST_DAY, Track, epoch_minute

#: Each device's bookings, by its id. Whoever asks for many courses of one clinic makes them once.
Tracks = Mapping[str, Track]


class Candidate(NamedTuple):
    """One possible start: local minute of the day, the device's place in the preference, the hour in UTC.

    ``shift``: minutes from the hour wished on that weekday, below 0 when earlier.
    """

    minute: int
    device: int
    hour: Interval
    shift: int


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def spoken(day: date) -> str:
    """A date as people here read it: Thu 26-Nov-2026."""
    return f"{day:%a %d-%b-%Y}"


def tracks_of(devices: tuple[DeviceCalendar, ...]) -> Tracks:
    return {device.device_id: Track(device.busy) for device in devices}


@dataclass
class Agenda:
    """The calendar of one request; computes each day once."""

    request: PlanRequest
    tracks: Tracks | None = None
    _days: dict[date, tuple[Candidate, ...]] = field(default_factory=dict, init=False)
    _by_shift: dict[date, dict[int, list[Candidate]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        tracks = tracks_of(self.request.devices) if self.tracks is None else self.tracks
        self._devices = [tracks[device.device_id] for device in self.request.devices]
        self._patient = Track(self.request.patient_busy)
        self._kept = Track(self.request.kept)
        self._unwatched = Track(self.request.unwatched)

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

    @cached_property
    def _wishes(self) -> tuple[int | None, ...]:
        """The wished minute of each weekday; None where the patient never comes."""
        said = {wish.weekday: wish.preferred_time for wish in self.request.weekday_wishes}
        times = [said.get(weekday, self.request.preferred_time) for weekday in range(7)]
        return tuple(None if wish is None else minute_of(wish) for wish in times)

    @cached_property
    def _weekly(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Opening stretches of each weekday in local minutes."""
        return tuple(
            tuple(
                (minute_of(h.opens), minute_of(h.closes))
                for h in sorted(self.request.opening_hours)
                if h.weekday == weekday
            )
            for weekday in range(7)
        )

    @cached_property
    def _special(self) -> dict[date, tuple[tuple[int, int], ...]]:
        by_day: dict[date, list[tuple[int, int]]] = defaultdict(list)
        for hours in sorted(self.request.special_hours):
            by_day[hours.day].append((minute_of(hours.opens), minute_of(hours.closes)))
        return {day: tuple(stretches) for day, stretches in by_day.items()}

    @cached_property
    def _closures(self) -> dict[date, str]:
        return {closure.day: closure.name for closure in self.request.closures}

    @cached_property
    def _absent(self) -> frozenset[date]:
        return frozenset(self.request.unavailable_days)

    def stretches(self, day: date) -> tuple[tuple[int, int], ...]:
        """When the clinic opens on ``day``, in local minutes, whatever is closed."""
        return self._special.get(day) or self._weekly[day.weekday()]

    def is_special(self, day: date) -> bool:
        """Whether the clinic opens on ``day`` only by an exception."""
        return day in self._special

    def is_open(self, day: date) -> bool:
        """Whether the clinic works and the patient can come, whoever holds the devices."""
        return self.has_hours(day) and self.why_not(day) is None

    def has_hours(self, day: date) -> bool:
        """Whether the clinic opens on that weekday at all, and the patient ever comes on it."""
        return bool(self.stretches(day)) and self._wishes[day.weekday()] is not None

    def why_not(self, day: date) -> Problem | None:
        """The closure or absence that takes the whole day, if there is one."""
        if day in self._closures and day not in self._special:
            return Problem(
                ProblemCode.CLINIC_CLOSED,
                f"The clinic is closed on {spoken(day)} ({self._closures[day]}).",
                "Treat on another day of that week, or open the clinic on that day.",
                day,
            )
        if day in self._absent:
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
            self._days[day] = tuple(self._free(day, watched=True)) if self.is_open(day) else ()
        return self._days[day]

    def between(self, day: date, first: int, last: int) -> Iterator[Candidate]:
        """Those of ``candidates`` that begin from minute ``first`` to ``last`` of the day, at the price of these alone."""
        if self.is_open(day):
            yield from self._free(day, watched=True, first=first, last=last)

    def at_shift(self, day: date, shift: int) -> list[Candidate]:
        """Those of ``candidates`` that lie so many minutes from the wish."""
        if day not in self._by_shift:
            index = self._by_shift[day] = defaultdict(list)
            for candidate in self.candidates(day):
                index[candidate.shift].append(candidate)
        return self._by_shift[day].get(shift, [])

    def lacks_staff(self, day: date) -> bool:
        """Whether a device would be free on ``day`` if only somebody could watch it."""
        if not self.request.unwatched or self.candidates(day) or not self.is_open(day):
            return False
        return next(self._free(day, watched=False), None) is not None

    def shifts(self) -> list[int]:
        """Every distance from the wish at which some day may offer a start, ascending."""
        kinds = {(day.weekday(), self.stretches(day)) for day in self._special}
        kinds |= set(enumerate(self._weekly))
        found: set[int] = set()
        for weekday, stretches in kinds:
            wanted = self._wishes[weekday]
            if wanted is not None:
                found.update(minute - wanted for minute in self._grid(stretches, wanted))
        return sorted(found)

    def shift_of(self, start: datetime) -> int:
        """Minutes by which an hour differs from the wish of its weekday."""
        local = start.astimezone(self.zone)
        return local.hour * 60 + local.minute - (self._wishes[local.weekday()] or 0)

    def fit_together(self, one: Candidate, other: Candidate) -> bool:
        """Whether one patient can have both sessions on one day."""
        request = self.request
        minutes = request.min_gap_minutes
        if one.device == other.device:
            minutes = max(minutes, request.turnaround_minutes)
        return not one.hour.overlaps(other.hour, apart=timedelta(minutes=minutes))

    def _free(
        self, day: date, *, watched: bool, first: int = 0, last: int = LONGEST_DAY
    ) -> Iterator[Candidate]:
        request = self.request
        length = request.session_minutes
        base = epoch_minute(datetime.combine(day, time(), self.zone))
        never = self._patient.blocked(base, length, 0) | self._kept.blocked(
            base, length, request.min_gap_minutes
        )
        if watched:
            never |= self._unwatched.blocked(base, length, 0)
        taken = [never | track.blocked(base, length, request.turnaround_minutes) for track in self._devices]
        wanted = self._wishes[day.weekday()] or 0
        for minute, elapsed, hour in self._hours(day, base, wanted, first, last):
            for place, mask in enumerate(taken):
                if not mask >> elapsed & 1:
                    yield Candidate(minute, place, hour, minute - wanted)

    def _hours(
        self, day: date, base: int, wanted: int, first: int, last: int
    ) -> Iterator[tuple[int, int, Interval]]:
        """Every start on the grid whose session lies within one stretch of opening, and after now."""
        length = timedelta(minutes=self.request.session_minutes)
        midnight = datetime.fromtimestamp(base * 60, UTC)
        plain = self._has_plain_clock(day, base)
        closes = [(opens, closes) for opens, closes in self.stretches(day)]
        grid = self._grid(self.stretches(day), wanted)
        for minute in grid[bisect_left(grid, first) : bisect_right(grid, last)]:
            start = midnight + timedelta(minutes=minute) if plain else self._utc(day, minute)
            if start is None or start < self.request.now:
                continue
            if not plain and not self._ends_in_time(day, minute, start + length, closes):
                continue
            yield minute, minute if plain else epoch_minute(start) - base, Interval(start, start + length)

    def _grid(self, stretches: tuple[tuple[int, int], ...], wanted: int) -> list[int]:
        """Starts in local minutes: the opening, and the wish and its second session by the step."""
        key = (stretches, wanted)
        if key not in self._grids:
            request = self.request
            offsets = {(wanted + shift) % request.step_minutes for shift in (0, self.second_after)}
            self._grids[key] = sorted(
                {
                    minute
                    for opens, closes in stretches
                    for minute in range(opens, closes - request.session_minutes + 1)
                    if minute == opens or minute % request.step_minutes in offsets
                }
            )
        return self._grids[key]

    @cached_property
    def _grids(self) -> dict[tuple[tuple[tuple[int, int], ...], int], list[int]]:
        return {}

    def _has_plain_clock(self, day: date, base: int) -> bool:
        """Whether the clocks are not changed on ``day``."""
        after = datetime.combine(day + timedelta(days=1), time(), self.zone)
        return epoch_minute(after) - base == DAY_MINUTES

    def _ends_in_time(self, day: date, minute: int, end: datetime, stretches: list[tuple[int, int]]) -> bool:
        closing = [self._utc(day, closes) for opens, closes in stretches if opens <= minute < closes]
        return any(moment is not None and end <= moment for moment in closing)

    def _utc(self, day: date, minute: int) -> datetime | None:
        """The moment of a local minute, or None where the clocks leave it out that day."""
        local = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
        moment = local.astimezone(UTC)
        return moment if moment.astimezone(self.zone).replace(fold=0) == local else None
