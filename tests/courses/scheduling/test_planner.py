from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.intervals import Interval
from courses.scheduling.plan import (
    Closure,
    DeviceCalendar,
    Limit,
    OpeningHours,
    Plan,
    PlanRequest,
    ProblemCode,
    Slot,
    SpecialHours,
    UnusableRequest,
    WeekdayWish,
)
from courses.scheduling.planner import alternatives, plan_course

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 9, 14)
WEEKDAYS = tuple(OpeningHours(weekday, time(8), time(17)) for weekday in range(5))


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)


def taken(day: date, begin: int, end: int) -> Interval:
    return Interval(local(day, begin), local(day, end))


def ask(**changes: Any) -> PlanRequest:
    request = PlanRequest(
        start_date=MONDAY,
        preferred_time=time(10),
        opening_hours=WEEKDAYS,
        devices=(DeviceCalendar("A"), DeviceCalendar("B")),
        time_zone="America/New_York",
        now=local(MONDAY - timedelta(days=4), 12),
    )
    return replace(request, **changes)


def days_of(plan: Plan) -> list[date]:
    return [slot.start.astimezone(NEW_YORK).date() for slot in plan.slots]


def hours_of(plan: Plan) -> list[time]:
    return [slot.start.astimezone(NEW_YORK).time() for slot in plan.slots]


def codes(plan: Plan) -> list[ProblemCode]:
    return [problem.code for problem in plan.problems]


def test_thirty_five_sessions_take_seven_weeks() -> None:
    plan = plan_course(ask(finish_by=MONDAY + timedelta(weeks=7)))
    assert plan.complete
    assert len(plan.slots) == 35
    assert plan.measure.ends_on == MONDAY + timedelta(weeks=6, days=4)
    assert plan.measure.slack_days == 1
    assert plan.measure.in_window == 35


def test_the_hour_and_the_device_stay_the_same() -> None:
    plan = plan_course(ask())
    assert set(hours_of(plan)) == {time(10)}
    assert {slot.device_id for slot in plan.slots} == {"A"}
    assert (plan.measure.changes_of_hour, plan.measure.changes_of_device) == (0, 0)


def test_the_hour_stays_ten_across_the_change_of_the_clocks() -> None:
    plan = plan_course(ask(start_date=date(2026, 10, 19), now=local(date(2026, 10, 15), 9)))
    assert set(hours_of(plan)) == {time(10)}
    assert {slot.start.hour for slot in plan.slots} == {14, 15}


def test_an_hour_that_the_clocks_leave_out_is_given_to_nobody() -> None:
    spring_sunday = date(2026, 3, 8)
    plan = plan_course(
        ask(
            start_date=spring_sunday,
            sessions=1,
            preferred_time=time(2, 30),
            opening_hours=(OpeningHours(6, time(2, 30), time(4, 30)),),
            now=local(date(2026, 3, 1), 9),
        )
    )
    assert hours_of(plan) == [time(3)]


def test_a_closed_day_is_passed_over_with_its_name() -> None:
    thanksgiving = date(2026, 11, 26)
    request = ask(start_date=date(2026, 11, 23), closures=(Closure(thanksgiving, "Thanksgiving Day"),))
    plan = plan_course(request)
    assert plan.complete
    assert thanksgiving not in days_of(plan)
    assert [p.sentence for p in plan.passed_over] == [
        "The clinic is closed on Thu 26-Nov-2026 (Thanksgiving Day)."
    ]


def test_a_day_on_which_the_patient_cannot_come_is_passed_over() -> None:
    plan = plan_course(ask(unavailable_days=(MONDAY,)))
    assert days_of(plan)[0] == MONDAY + timedelta(days=1)
    assert plan.passed_over[0].code == ProblemCode.PATIENT_UNAVAILABLE


def test_a_booked_device_gives_way_to_the_second_at_the_same_hour() -> None:
    device = DeviceCalendar("A", (taken(MONDAY, 8, 17),))
    plan = plan_course(ask(devices=(device, DeviceCalendar("B"))))
    assert plan.slots[0].device_id == "B"
    assert plan.measure.changes_of_hour == 0


def test_turnaround_is_kept_before_and_after_a_booking() -> None:
    device = DeviceCalendar("A", (taken(MONDAY, 9, 10), taken(MONDAY, 12, 13)))
    plan = plan_course(ask(devices=(device,), sessions=1))
    assert hours_of(plan) == [time(10, 15)]


def test_a_booking_of_the_patient_is_kept_clear() -> None:
    plan = plan_course(ask(sessions=1, patient_busy=(taken(MONDAY, 10, 11),)))
    assert hours_of(plan) == [time(9)]


def test_an_hour_outside_the_window_is_taken_and_says_so() -> None:
    devices = (DeviceCalendar("A", (taken(MONDAY, 8, 15),)),)
    plan = plan_course(ask(devices=devices, sessions=2))
    assert [slot.in_window for slot in plan.slots] == [False, True]
    assert plan.measure.changes_of_hour == 1


def test_a_start_in_the_past_is_refused() -> None:
    plan = plan_course(ask(now=local(MONDAY + timedelta(days=1), 9)))
    assert plan.slots == ()
    assert codes(plan) == [ProblemCode.START_IN_PAST]
    assert "Mon 14-Sep-2026 lies in the past" in plan.problems[0].sentence
    assert plan.problems[0].way_out == "Choose today or a later day."


def test_the_first_session_of_today_lies_after_now() -> None:
    plan = plan_course(ask(now=local(MONDAY, 13, 5)))
    assert hours_of(plan)[0] == time(13, 15)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"devices": ()}, ProblemCode.NO_DEVICE), ({"opening_hours": ()}, ProblemCode.NO_OPENING_HOURS)],
)
def test_nothing_to_plan_with_is_refused(changes: dict[str, Any], code: ProblemCode) -> None:
    plan = plan_course(ask(**changes))
    assert codes(plan) == [code]
    assert alternatives(ask(**changes)).steadiest_hour == plan


def test_a_course_that_cannot_end_in_time_says_how_much_fits_and_what_helps() -> None:
    plan = plan_course(ask(finish_by=MONDAY + timedelta(days=11)))
    assert not plan.complete
    assert len(plan.slots) == 10
    assert plan.problems[0].sentence == (
        "Only 10 of 35 sessions fit between Mon 14-Sep-2026 and Fri 25-Sep-2026."
    )
    assert "two sessions a day" in plan.problems[0].way_out


def test_each_full_day_is_among_the_problems() -> None:
    full = DeviceCalendar("A", (taken(MONDAY, 8, 17),))
    plan = plan_course(ask(devices=(full,), finish_by=MONDAY))
    assert codes(plan) == [ProblemCode.DOES_NOT_FIT, ProblemCode.NO_FREE_HOUR]
    assert plan.problems[1].day == MONDAY


def test_two_sessions_a_day_keep_their_gap() -> None:
    plan = plan_course(ask(per_day=2))
    assert hours_of(plan)[:2] == [time(10), time(11, 30)]
    assert len(set(days_of(plan))) == 18
    assert plan.measure.in_window == 35


def test_two_sessions_are_packed_where_the_wished_hour_would_lose_one() -> None:
    short_day = tuple(OpeningHours(weekday, time(9), time(11, 30)) for weekday in range(5))
    plan = plan_course(ask(per_day=2, opening_hours=short_day, preferred_time=time(9, 45), sessions=2))
    assert hours_of(plan) == [time(9), time(10, 30)]


def test_a_day_with_room_for_one_of_two_sessions_is_named() -> None:
    short_day = tuple(OpeningHours(weekday, time(9), time(10, 30)) for weekday in range(5))
    plan = plan_course(ask(per_day=2, opening_hours=short_day, sessions=2))
    assert plan.passed_over[0].code == ProblemCode.ONE_SESSION_ONLY


def test_three_days_a_week_are_not_exceeded() -> None:
    plan = plan_course(ask(days_per_week=3))
    assert max(Counter(day.isocalendar()[:2] for day in days_of(plan)).values()) == 3


def test_a_week_of_few_days_uses_those_that_hold_two_sessions() -> None:
    hours = (OpeningHours(0, time(9), time(10, 30)), OpeningHours(1, time(9), time(12)))
    plan = plan_course(ask(days_per_week=1, per_day=2, sessions=2, opening_hours=hours))
    assert days_of(plan) == [MONDAY + timedelta(days=1)] * 2


def test_kept_sessions_count_for_their_day_and_their_week() -> None:
    kept = tuple(taken(MONDAY + timedelta(days=offset), 10, 11) for offset in range(3))
    plan = plan_course(ask(kept=kept, sessions=32, start_date=MONDAY))
    assert days_of(plan)[0] == MONDAY + timedelta(days=3)
    assert days_of(plan)[2] == MONDAY + timedelta(weeks=1)


def test_a_second_session_keeps_its_gap_from_a_kept_one() -> None:
    plan = plan_course(ask(kept=(taken(MONDAY, 10, 11),), per_day=2, sessions=1))
    assert days_of(plan) == [MONDAY]
    assert hours_of(plan) == [time(8, 30)]


def test_alternatives_show_what_steadiness_costs() -> None:
    mornings = tuple(taken(MONDAY + timedelta(days=offset), 8, 13) for offset in range(0, 14, 2))
    devices = (DeviceCalendar("A", mornings), DeviceCalendar("B", (taken(MONDAY, 8, 17),)))
    found = alternatives(ask(devices=devices, sessions=10))
    assert found.steadiest_hour.measure.changes_of_hour == 0
    assert found.one_device.measure.changes_of_device == 0
    assert found.earliest_finish.complete
    assert found.earliest_finish.measure.ends_on == MONDAY + timedelta(days=11)


def test_steadiest_hour_with_two_a_day_is_one_pair_of_hours() -> None:
    plan = alternatives(ask(per_day=2, sessions=10)).steadiest_hour
    assert plan.complete
    assert set(hours_of(plan)) == {time(10), time(11, 30)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sessions": 0}, "number of sessions must be 1 or more"),
        ({"step_minutes": 0}, "possible starts must be 1 or more"),
        ({"turnaround_minutes": -1}, "turnaround must be 0 or more"),
        ({"per_day": 3}, "one or two sessions, not 3"),
        ({"days_per_week": 8}, "one to seven treatment days"),
        ({"time_zone": "Mars/Olympus"}, "no known time zone"),
        ({"time_zone": ""}, "no known time zone"),
        ({"now": datetime(2026, 9, 10, 9)}, "no zone"),  # noqa: DTZ001
        ({"finish_by": MONDAY - timedelta(days=1)}, "end before it begins"),
    ],
)
def test_an_unusable_request_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableRequest, match=words):
        ask(**changes)


def test_unusable_opening_hours_are_refused() -> None:
    with pytest.raises(UnusableRequest, match="close after they open"):
        OpeningHours(0, time(17), time(8))
    with pytest.raises(UnusableRequest, match="from 0"):
        OpeningHours(7, time(8), time(17))


bookings = st.lists(
    st.builds(
        lambda day, hour, hours: Interval(
            local(MONDAY + timedelta(days=day), hour),
            local(MONDAY + timedelta(days=day), hour) + timedelta(minutes=hours),
        ),
        st.integers(0, 20),
        st.integers(7, 17),
        st.integers(10, 300),
    ),
    max_size=12,
).map(tuple)

requests = st.builds(
    ask,
    sessions=st.sampled_from([1, 7, 35]),
    per_day=st.sampled_from([1, 2]),
    days_per_week=st.integers(1, 7),
    preferred_time=st.times(time(6), time(19)).map(lambda t: t.replace(second=0, microsecond=0)),
    opening_hours=st.lists(
        st.builds(
            OpeningHours,
            st.integers(0, 6),
            st.sampled_from([time(7), time(9, 20)]),
            st.sampled_from([time(11), time(17)]),
        ),
        max_size=6,
        unique_by=lambda hours: hours.weekday,
    ).map(tuple),
    devices=st.builds(lambda a, b: (DeviceCalendar("A", a), DeviceCalendar("B", b)), bookings, bookings),
    patient_busy=bookings,
    closures=st.lists(st.integers(0, 30), max_size=4).map(
        lambda days: tuple(Closure(MONDAY + timedelta(days=day), "Closed") for day in days)
    ),
    start_date=st.integers(-1, 70).map(lambda day: MONDAY + timedelta(days=day)),
    finish_by=st.none() | st.integers(70, 120).map(lambda day: MONDAY + timedelta(days=day)),
    now=st.integers(-48, 12).map(lambda hours: local(MONDAY, 9) + timedelta(hours=hours)),
)


def lies_in_opening_hours(slot: Slot, request: PlanRequest) -> bool:
    begin, end = slot.start.astimezone(NEW_YORK), slot.end.astimezone(NEW_YORK)
    return begin.date() == end.date() and any(
        hours.weekday == begin.weekday() and hours.opens <= begin.time() and end.time() <= hours.closes
        for hours in request.opening_hours
    )


@settings(max_examples=60, deadline=None)
@given(requests)
def test_a_plan_keeps_every_rule(request: PlanRequest) -> None:
    plan = plan_course(request)
    closed = {closure.day for closure in request.closures}
    busy = {device.device_id: device.busy for device in request.devices}
    weeks: dict[Any, set[date]] = defaultdict(set)
    for slot, day in zip(plan.slots, days_of(plan), strict=True):
        hour = Interval(slot.start, slot.end)
        assert slot.start >= request.now
        assert slot.start.tzinfo is UTC
        assert request.start_date <= day <= (request.finish_by or date.max)
        assert day not in closed
        assert lies_in_opening_hours(slot, request)
        assert hour.length == timedelta(minutes=request.session_minutes)
        assert not any(hour.overlaps(b, apart=timedelta(minutes=15)) for b in busy[slot.device_id])
        assert not any(hour.overlaps(b) for b in request.patient_busy)
        weeks[day.isocalendar()[:2]].add(day)
    gaps = [b.start - a.end for a, b in zip(plan.slots, plan.slots[1:], strict=False)]
    assert all(gap >= timedelta(minutes=request.min_gap_minutes) for gap in gaps)
    assert max(Counter(days_of(plan)).values(), default=0) <= request.per_day
    assert all(len(days) <= request.days_per_week for days in weeks.values())


@settings(max_examples=40, deadline=None)
@given(requests)
def test_all_sessions_are_placed_or_the_reason_is_stated(request: PlanRequest) -> None:
    plan = plan_course(request)
    assert plan.complete == (len(plan.slots) == request.sessions)
    assert all(problem.sentence and problem.way_out for problem in plan.problems)
    assert plan == plan_course(request)


@settings(max_examples=15, deadline=None)
@given(requests)
def test_no_alternative_ends_before_the_earliest(request: PlanRequest) -> None:
    found = alternatives(request)
    for other in (found.steadiest_hour, found.one_device):
        if other.complete:
            assert found.earliest_finish.complete
            assert found.earliest_finish.measure.ends_on is not None
            assert other.measure.ends_on is not None
            assert found.earliest_finish.measure.ends_on <= other.measure.ends_on
    if found.one_device.complete:
        assert found.one_device.measure.changes_of_device == 0


def test_another_hour_is_wished_on_one_weekday() -> None:
    plan = plan_course(ask(sessions=5, weekday_wishes=(WeekdayWish(2, time(14)),)))
    assert hours_of(plan) == [time(10), time(10), time(14), time(10), time(10)]
    assert (plan.measure.in_window, plan.measure.changes_of_hour) == (5, 0)


def test_a_weekday_on_which_the_patient_never_comes_is_left_out() -> None:
    plan = plan_course(ask(sessions=8, weekday_wishes=(WeekdayWish(4, None),)))
    assert 4 not in {day.weekday() for day in days_of(plan)}
    assert plan.passed_over == ()


def test_a_holiday_with_hours_of_its_own_is_used() -> None:
    columbus = date(2026, 10, 12)
    request = ask(start_date=columbus, sessions=1, closures=(Closure(columbus, "Columbus Day"),))
    special = (SpecialHours(columbus, time(9), time(12)),)
    assert days_of(plan_course(replace(request, special_hours=special))) == [columbus]
    assert days_of(plan_course(request)) != [columbus]


def test_hours_of_one_day_take_the_place_of_the_usual_ones() -> None:
    special = (SpecialHours(MONDAY, time(13), time(15)),)
    assert hours_of(plan_course(ask(sessions=1, special_hours=special))) == [time(13)]


def test_an_hour_without_a_nurse_is_left_out_and_named() -> None:
    plan = plan_course(ask(sessions=1, unwatched=(taken(MONDAY, 8, 17),)))
    assert days_of(plan) == [MONDAY + timedelta(days=1)]
    assert plan.passed_over[0].code == ProblemCode.NO_STAFF
    assert "no nurse is there to watch it" in plan.passed_over[0].sentence


def test_the_end_of_a_coverage_is_said() -> None:
    plan = plan_course(ask(limits=(Limit("The coverage", last_day=MONDAY + timedelta(days=4)),)))
    assert len(plan.slots) == 5
    assert plan.problems[0].code == ProblemCode.OVER_LIMIT
    assert plan.problems[0].sentence == (
        "The coverage ends on Fri 18-Sep-2026: 5 of 35 sessions fit until then."
    )


def test_an_authorization_for_fewer_sessions_is_said() -> None:
    plan = plan_course(ask(limits=(Limit("Authorization A-1", sessions=20),)))
    assert len(plan.slots) == 20
    assert plan.problems[0].sentence == "Authorization A-1 has 20 sessions left, and 35 are to be placed."


def test_a_limit_that_ended_before_the_start_places_nothing() -> None:
    plan = plan_course(ask(limits=(Limit("The coverage", last_day=MONDAY - timedelta(days=1)),)))
    assert plan.slots == ()
    assert not plan.complete
