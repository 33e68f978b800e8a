"""Repairs: random clinics, downtimes and absences; whatever is found keeps every rule."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.intervals import Interval
from courses.scheduling.agenda import tracks_of
from courses.scheduling.options import Booked, CourseInNeed, puzzle_of
from courses.scheduling.plan import Closure, DeviceCalendar, OpeningHours, PlanRequest, Slot
from courses.scheduling.planner import plan_course
from courses.scheduling.repair import Repair, repair
from courses.scheduling.staffing import Shift, Staffing

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 7, tzinfo=ZONE)
TURNAROUND = timedelta(minutes=15)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    moment = MONDAY + timedelta(days=day)
    return datetime(moment.year, moment.month, moment.day, hour, minute, tzinfo=ZONE)


def ask(**changes: Any) -> PlanRequest:
    request = PlanRequest(
        start_date=MONDAY,
        preferred_time=time(10),
        opening_hours=tuple(OpeningHours(weekday, time(8), time(17)) for weekday in range(5)),
        devices=(),
        time_zone=ZONE.key,
        now=NOW,
    )
    return replace(request, **changes)


def a_clinic(
    hours: list[int], *, down: Interval, sessions: int = 10, **changes: Any
) -> tuple[list[CourseInNeed], tuple[DeviceCalendar, ...]]:
    """One course an hour of ``hours``, planned one after another on two devices; then A is down."""
    busy: dict[str, list[Interval]] = {"A": [], "B": []}
    placed: dict[str, tuple[PlanRequest, tuple[Slot, ...]]] = {}
    for number, hour in enumerate(hours):
        devices = tuple(DeviceCalendar(name, tuple(sorted(taken))) for name, taken in busy.items())
        request = ask(devices=devices, preferred_time=time(hour), sessions=sessions, **changes)
        slots = plan_course(request).slots
        placed[f"course-{number}"] = (request, slots)
        for slot in slots:
            busy[slot.device_id].append(Interval(slot.start, slot.end))
    busy["A"].append(down)
    calendars = tuple(DeviceCalendar(name, tuple(sorted(taken))) for name, taken in busy.items())
    needs = []
    for name, (request, slots) in placed.items():
        hit = [s for s in slots if s.device_id == "A" and Interval(s.start, s.end).overlaps(down)]
        if hit:
            kept = tuple(Interval(s.start, s.end) for s in slots if s not in hit)
            booked = tuple(Booked(Interval(s.start, s.end), "A", f"{name}/{s.start:%d%H}") for s in hit)
            asked = replace(request, devices=calendars, kept=kept, sessions=len(hit))
            needs.append(CourseInNeed(name, asked, booked, max(slots).start.astimezone(ZONE).date()))
    return needs, calendars


def repaired(needs: list[CourseInNeed], calendars: tuple[DeviceCalendar, ...], **staff: Any) -> Repair:
    return repair(needs, tracks_of(calendars), **staff)


def test_the_same_hour_on_another_device_is_taken_first() -> None:
    needs, calendars = a_clinic([10], down=Interval(at(0, 8), at(1, 0)))
    (move,) = repaired(needs, calendars).moves
    assert (move.after.start, move.after.device_id) == (at(0, 10), "B")
    assert (move.change_minutes, move.late_days) == (0, 0)


def test_only_what_lies_in_the_downtime_is_moved() -> None:
    needs, calendars = a_clinic([9, 11, 14], down=Interval(at(1, 8), at(2, 0)))
    found = repaired(needs, calendars)
    assert len(found.moves) == sum(len(need.affected) for need in needs) == 3
    assert all(move.before.start.astimezone(ZONE).date() == date(2026, 9, 15) for move in found.moves)


def test_an_answer_that_meets_its_bound_says_so() -> None:
    needs, calendars = a_clinic([9, 11], down=Interval(at(1, 8), at(2, 0)))
    assert repaired(needs, calendars).is_proven_best


def test_what_cannot_be_placed_is_said_with_the_way_out() -> None:
    needs, calendars = a_clinic([10], down=Interval(at(0, 8), at(20, 0)))
    everything = Interval(at(0, 0), at(90, 0))
    full = tuple(replace(calendar, busy=(everything,)) for calendar in calendars)
    needs = [replace(need, request=replace(need.request, devices=full)) for need in needs]
    found = repaired(needs, full)
    assert found.moves == ()
    assert len(found.unplaced) == 10
    assert "No free hour was found" in found.unplaced[0].sentence
    assert "Open the clinic" in found.unplaced[0].way_out


def test_nobody_is_moved_to_an_hour_without_a_nurse() -> None:
    needs, calendars = a_clinic([10], down=Interval(at(0, 8), at(1, 0)))
    shifts = tuple(Shift(weekday, time(13), time(17), 1) for weekday in range(5))
    found = repaired(needs, calendars, staffing=Staffing(shifts, 2, ZONE.key))
    assert found.moves[0].after.start.astimezone(ZONE).hour >= 13


def test_two_moves_share_the_one_nurse_who_is_left() -> None:
    needs, calendars = a_clinic([10, 12], down=Interval(at(0, 8), at(1, 0)), sessions=1)
    shifts = (Shift(0, time(8), time(17), 1),)
    found = repaired(needs, calendars, staffing=Staffing(shifts, 1, ZONE.key))
    one, other = (Interval(move.after.start, move.after.end) for move in found.moves)
    assert not one.overlaps(other)


def test_no_affected_session_means_no_move() -> None:
    found = repaired([], ())
    assert (found.moves, found.unplaced, found.cost) == ((), (), 0)


clinics = st.builds(
    lambda hours, first, days, per_day, closed: a_clinic(
        hours,
        down=Interval(at(first, 0), at(first + days, 0)),
        per_day=per_day,
        closures=tuple(Closure(MONDAY + timedelta(days=day), "Closed") for day in sorted(closed)),
    ),
    st.lists(st.integers(8, 15), min_size=1, max_size=5),
    st.integers(0, 6),
    st.integers(1, 4),
    st.sampled_from([1, 2]),
    st.sets(st.integers(0, 25), max_size=3),
)


@settings(max_examples=15, deadline=None)
@given(clinics)
def test_a_repair_keeps_every_rule(given: tuple[list[CourseInNeed], tuple[DeviceCalendar, ...]]) -> None:
    needs, calendars = given
    found = repaired(needs, calendars)
    by_course = {need.course_id: need for need in needs}
    busy = {calendar.device_id: calendar.busy for calendar in calendars}
    total = Counter(need.course_id for need in needs for _ in need.affected)
    moved_to = Counter(move.course_id for move in found.moves)
    assert moved_to + Counter(item.course_id for item in found.unplaced) == total
    placed: dict[str, list[Interval]] = defaultdict(list)
    days: dict[str, list[date]] = defaultdict(list)
    for move in found.moves:
        hour = Interval(move.after.start, move.after.end)
        need = by_course[move.course_id]
        assert hour.start >= NOW
        assert not any(hour.overlaps(taken, apart=TURNAROUND) for taken in busy[move.after.device_id])
        assert not any(hour.overlaps(other, apart=TURNAROUND) for other in placed[move.after.device_id])
        local = hour.start.astimezone(ZONE)
        assert local.weekday() < 5
        assert time(8) <= local.time() <= time(16)
        assert local.date() not in {closure.day for closure in need.request.closures}
        placed[move.after.device_id].append(hour)
        days[move.course_id].append(local.date())
    for name, moved in days.items():
        request = by_course[name].request
        kept = [hour.start.astimezone(ZONE).date() for hour in request.kept]
        assert max(Counter([*kept, *moved]).values()) <= request.per_day
        weeks: dict[Any, set[date]] = defaultdict(set)
        for day in [*kept, *moved]:
            weeks[day.isocalendar()[:2]].add(day)
        assert all(len(week) <= request.days_per_week for week in weeks.values())
    assert found.cost >= found.bound
    assert found == repaired(needs, calendars)


@settings(max_examples=25)
@given(
    hours=st.lists(st.integers(8, 15), min_size=1, max_size=4),
    most=st.integers(1, 60),
    window=st.sampled_from([0, 30, 60, 240]),
)
def test_the_cheapest_choices_are_the_same_however_few_are_gathered(
    hours: list[int], most: int, window: int
) -> None:
    needs, calendars = a_clinic(hours, down=Interval(at(1, 8), at(3, 0)), window_minutes=window)
    tracks = tracks_of(calendars)
    whole, cut = puzzle_of(needs, tracks), puzzle_of(needs, tracks, most=most)
    assert [item.options[:most] for item in whole.items] == [item.options for item in cut.items]
