"""What is due when, how late it is, and whose it is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.work_items import DAYS_ALLOWED, Fact, Group, Kind, items, loads, waits_for

MONDAY = date(2026, 11, 23)


def fact(kind: Kind, since_on: date = MONDAY, **more: Any) -> Fact:
    since = datetime(since_on.year, since_on.month, since_on.day, 15, tzinfo=UTC)
    values = {"group": Group.PHYSICIAN, "subject": "x"} | more
    return Fact(kind=kind, since=since, since_on=since_on, **values)


@pytest.mark.parametrize(
    ("kind", "waited", "late"),
    [
        (Kind.HOLD, 0, 0),
        (Kind.HOLD, 1, 1),
        (Kind.GAP, 3, 3),
        (Kind.UNSIGNED, 1, 1),
        (Kind.LOG, 1, 0),
        (Kind.LOG, 2, 1),
        (Kind.DECISION, 2, 0),
        (Kind.ORDER, 5, 3),
        (Kind.EARLY, 4, 1),
        (Kind.COUNTERSIGN, 7, 0),
        (Kind.SUMMARY, 8, 1),
        (Kind.EXCEPTIONS, 30, 23),
    ],
)
def test_days_late_are_counted_from_the_day_allowed(kind: Kind, waited: int, late: int) -> None:
    (item,) = items([fact(kind)], MONDAY + timedelta(days=waited))
    assert item.days_late == late
    assert item.is_late is (late > 0)
    assert item.due_on == MONDAY + timedelta(days=DAYS_ALLOWED[kind])


def test_mid_course_review_without_the_next_session_has_no_day_and_is_never_late() -> None:
    (item,) = items([fact(Kind.MID_COURSE)], MONDAY + timedelta(days=90))
    assert (item.due_on, item.days_late) == (None, 0)


def test_day_that_the_facts_give_counts_before_any_number_of_days() -> None:
    due_on = MONDAY + timedelta(days=1)
    (item,) = items([fact(Kind.MID_COURSE, due_on=due_on)], MONDAY + timedelta(days=4))
    assert (item.due_on, item.days_late) == (due_on, 3)


def test_what_is_due_first_stands_first_although_it_waits_for_less_time() -> None:
    countersign, hold = fact(Kind.COUNTERSIGN), fact(Kind.HOLD, MONDAY + timedelta(days=2))
    order = [item.fact.kind for item in items([countersign, hold], MONDAY + timedelta(days=2))]
    assert order == [Kind.HOLD, Kind.COUNTERSIGN]


def test_something_that_waits_since_tomorrow_by_a_wrong_clock_is_not_late() -> None:
    (item,) = items([fact(Kind.HOLD, MONDAY + timedelta(days=1))], MONDAY)
    assert item.days_late == 0


@pytest.mark.parametrize(
    ("about", "person", "groups", "theirs"),
    [
        ({"person": 7}, 7, ["nurse"], True),
        ({"person": 7}, 8, ["physician"], False),
        ({}, 8, ["physician"], True),
        ({}, 8, ["nurse", "physician"], True),
        ({}, 8, ["nurse"], False),
        ({"not_person": 8}, 8, ["physician"], False),
        ({"not_person": 8}, 7, ["physician"], True),
    ],
)
def test_whose_it_is(about: dict[str, Any], person: int, groups: list[str], theirs: bool) -> None:
    assert waits_for(fact(Kind.ORDER, **about), person, groups) is theirs


def test_loads_count_each_kind_in_its_order_and_leave_out_what_does_not_wait() -> None:
    found = items([fact(Kind.LOG), fact(Kind.HOLD), fact(Kind.LOG, MONDAY - timedelta(days=5))], MONDAY)
    assert [(load.kind, load.count, load.late) for load in loads(found)] == [
        (Kind.HOLD, 1, 0),
        (Kind.LOG, 2, 1),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(0, 400)), max_size=30),
)
def test_nothing_is_lost_and_the_order_is_by_day(waiting: list[tuple[Kind, int]]) -> None:
    facts = [fact(kind, MONDAY - timedelta(days=days)) for kind, days in waiting]
    found = items(facts, MONDAY)
    assert sorted(id(item.fact) for item in found) == sorted(id(one) for one in facts)
    days = [item.due_on or item.fact.since_on for item in found]
    assert days == sorted(days)
    assert sum(load.count for load in loads(found)) == len(facts)
