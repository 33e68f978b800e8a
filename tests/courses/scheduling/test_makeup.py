"""Make-ups: the order of the ways, and what each means for the course."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from courses.intervals import Interval
from courses.scheduling.makeup import MakeUp, Way, make_ups
from courses.scheduling.plan import DeviceCalendar, OpeningHours, PlanRequest, SpecialHours

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2026, 9, 14)
WEDNESDAY = MONDAY + timedelta(days=2)
END = date(2026, 10, 2)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def hour(day: date, begin: int = 10) -> Interval:
    return Interval(at(day, begin), at(day, begin + 1))


def booked(*missing: date) -> tuple[Interval, ...]:
    """Every weekday of three weeks at ten, but for ``missing``."""
    days = (MONDAY + timedelta(days=offset) for offset in range(19))
    return tuple(hour(day) for day in days if day.weekday() < 5 and day not in missing)


def found(*, now: datetime | None = None, **changes: Any) -> dict[Way, MakeUp]:
    request = PlanRequest(
        start_date=WEDNESDAY,
        preferred_time=time(10),
        opening_hours=tuple(OpeningHours(weekday, time(8), time(17)) for weekday in range(5)),
        devices=(DeviceCalendar("A"), DeviceCalendar("B")),
        time_zone=ZONE.key,
        now=now or at(WEDNESDAY, 11),
        kept=booked(WEDNESDAY),
        sessions=1,
    )
    ways = make_ups(replace(request, **changes), hour(WEDNESDAY), END)
    assert [each.way for each in ways] == [way for way in Way if way in {each.way for each in ways}]
    return {each.way: each for each in ways}


def local(made: MakeUp) -> datetime:
    return made.slot.start.astimezone(ZONE)


def test_another_hour_of_the_same_day_comes_first() -> None:
    made = found()[Way.SAME_DAY]
    assert local(made) == at(WEDNESDAY, 11)
    assert made.consequence == "The course ends on Fri 02-Oct-2026 as before."


def test_a_day_that_is_over_is_not_proposed() -> None:
    assert Way.SAME_DAY not in found(now=at(WEDNESDAY, 17))


def test_a_free_day_of_the_same_week_is_next() -> None:
    thursday = WEDNESDAY + timedelta(days=1)
    made = found(now=at(WEDNESDAY, 17), kept=booked(WEDNESDAY, thursday))[Way.SAME_WEEK]
    assert local(made) == at(thursday, 10)


def test_a_second_session_needs_an_order_that_allows_it() -> None:
    made = found(now=at(WEDNESDAY, 17))[Way.SECOND_SESSION]
    assert made.needs_order
    assert not found(now=at(WEDNESDAY, 17), per_day=2)[Way.SECOND_SESSION].needs_order


def test_a_second_session_keeps_its_gap() -> None:
    made = found(now=at(WEDNESDAY, 17), per_day=2)[Way.SECOND_SESSION]
    other = next(kept for kept in booked() if kept.start.astimezone(ZONE).date() == local(made).date())
    assert not Interval(made.slot.start, made.slot.end).overlaps(other, apart=timedelta(minutes=30))


def test_a_saturday_that_is_opened_is_an_extra_day() -> None:
    saturday = WEDNESDAY + timedelta(days=3)
    special = (SpecialHours(saturday, time(9), time(12)),)
    made = found(now=at(WEDNESDAY, 17), special_hours=special)[Way.EXTRA_DAY]
    assert local(made) == at(saturday, 10)


def test_a_saturday_is_not_proposed_where_the_week_is_full() -> None:
    saturday = WEDNESDAY + timedelta(days=10)
    special = (SpecialHours(saturday, time(9), time(12)),)
    assert Way.EXTRA_DAY not in found(now=at(WEDNESDAY, 17), special_hours=special)


def test_a_later_end_comes_last_and_says_what_it_costs() -> None:
    made = found(finish_by=date(2026, 10, 7))[Way.LATER_END]
    assert local(made) == at(date(2026, 10, 5), 10)
    assert made.consequence == (
        "The course ends on Mon 05-Oct-2026 instead of Fri 02-Oct-2026. 2 days slack left."
    )


def test_no_end_beyond_the_last_day_is_proposed() -> None:
    assert Way.LATER_END not in found(finish_by=END)
