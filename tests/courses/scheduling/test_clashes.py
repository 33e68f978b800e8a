"""Whether chosen hours can be booked as they are: every rule of planning, looked at again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.intervals import Interval
from courses.scheduling.clashes import clashes
from courses.scheduling.plan import Closure, DeviceCalendar, OpeningHours, PlanRequest, ProblemCode, Slot
from courses.scheduling.planner import plan_course

NINE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # Tuesday, 09:00 in Chicago
HOUR = timedelta(hours=1)

REQUEST = PlanRequest(
    start_date=date(2026, 11, 23),
    preferred_time=time(9),
    opening_hours=tuple(OpeningHours(day, time(8), time(17)) for day in range(5)),
    devices=(DeviceCalendar("one"), DeviceCalendar("two")),
    time_zone="America/Chicago",
    now=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
)


def slot(start: datetime = NINE, device: str = "one") -> Slot:
    return Slot(start, start + HOUR, device, in_window=True)


def busy(start: datetime) -> Interval:
    return Interval(start, start + HOUR)


def codes(request: PlanRequest, *slots: Slot) -> list[ProblemCode]:
    return [problem.code for problem in clashes(request, slots)]


def test_free_hours_have_no_clash() -> None:
    assert codes(REQUEST, slot(), slot(NINE + timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("request_", "slots", "code"),
    [
        (REQUEST, [slot(NINE - timedelta(days=2))], ProblemCode.START_IN_PAST),
        (replace(REQUEST, closures=(Closure(NINE.date(), "x"),)), [slot()], ProblemCode.CLINIC_CLOSED),
        (REQUEST, [slot(NINE + timedelta(days=4))], ProblemCode.NO_FREE_HOUR),
        (REQUEST, [slot(NINE + timedelta(hours=7, minutes=1))], ProblemCode.NO_FREE_HOUR),
        (REQUEST, [slot(device="three")], ProblemCode.NO_DEVICE),
        (
            replace(REQUEST, devices=(DeviceCalendar("one", (busy(NINE - HOUR),)),)),
            [slot()],
            ProblemCode.NO_FREE_HOUR,
        ),
        (replace(REQUEST, patient_busy=(busy(NINE),)), [slot()], ProblemCode.PATIENT_UNAVAILABLE),
        (REQUEST, [slot(), slot(NINE + 3 * HOUR)], ProblemCode.ONE_SESSION_ONLY),
        (replace(REQUEST, kept=(busy(NINE + 3 * HOUR),)), [slot()], ProblemCode.ONE_SESSION_ONLY),
        (
            replace(REQUEST, per_day=2),
            [slot(), slot(NINE + HOUR + timedelta(minutes=29), "two")],
            ProblemCode.PATIENT_UNAVAILABLE,
        ),
        (
            replace(REQUEST, days_per_week=1),
            [slot(), slot(NINE + timedelta(days=1))],
            ProblemCode.DOES_NOT_FIT,
        ),
        (
            replace(REQUEST, sessions=1),
            [slot(), slot(NINE + timedelta(days=1))],
            ProblemCode.DOES_NOT_FIT,
        ),
    ],
)
def test_each_rule_refuses(request_: PlanRequest, slots: list[Slot], code: ProblemCode) -> None:
    assert codes(request_, *slots) == [code]


def test_turnaround_apart_is_enough() -> None:
    request = replace(REQUEST, devices=(DeviceCalendar("one", (busy(NINE - HOUR - timedelta(minutes=15)),)),))
    assert codes(request, slot()) == []


def test_each_clash_says_the_day_and_a_way_out() -> None:
    (problem,) = clashes(REQUEST, [slot(device="three")])
    assert "Tue 24-Nov-2026 09:00" in problem.sentence
    assert problem.way_out


@given(
    busy_hours=st.lists(st.tuples(st.integers(0, 60), st.integers(8, 16)), max_size=40),
    per_day=st.integers(1, 2),
    per_week=st.integers(2, 5),
)
def test_what_the_planner_proposes_never_clashes(
    busy_hours: list[tuple[int, int]], per_day: int, per_week: int
) -> None:
    base = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    taken = tuple(busy(base + timedelta(days=day, hours=hour)) for day, hour in sorted(set(busy_hours)))
    request = replace(
        REQUEST,
        devices=(DeviceCalendar("one", taken), DeviceCalendar("two")),
        per_day=per_day,
        days_per_week=per_week,
        sessions=12,
    )
    assert clashes(request, plan_course(request).slots) == ()
