"""The clinic's figures from facts: each by its definition, unknown left out, small groups hidden."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.clinic_figures import (
    DEFINITIONS,
    OF_A_NURSE,
    Cell,
    CourseFact,
    Figure,
    HourFact,
    SessionFact,
    by_nurse,
    class_gain,
    figures,
)
from courses.progress.registry import BENCHMARKS
from courses.progress.small_counts import LEAST

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
MONTHS = (OCTOBER, NOVEMBER)
COURSE = CourseFact(
    month=NOVEMBER,
    courses=10,
    completed=True,
    baseline_ccs=3,
    end_ccs=2,
    reached=True,
    had_event=False,
    minutes=10 * 35 * 60.0,
)
STOPPED = replace(COURSE, completed=False, baseline_ccs=3, end_ccs=3, reached=None, had_event=True, courses=5)
SESSION = SessionFact(
    month=NOVEMBER,
    group="Device 1",
    sessions=200,
    timed=180,
    delivered_min=10_620,
    ordered_min=10_800,
    assessed=100,
    effective_min=5400,
    assessed_min=6000,
    rated=90,
    at_target=45,
    events=3,
    severe=1,
)
HOUR = HourFact(month=NOVEMBER, group="Device 1", hours=40, missed=4)


def told(
    courses: tuple[CourseFact, ...] = (),
    sessions: tuple[SessionFact, ...] = (),
    hours: tuple[HourFact, ...] = (),
    devices: tuple[str, ...] = ("Device 1", "Device 2"),
) -> dict[str, Figure]:
    return {one.definition.code: one for one in figures(courses, sessions, hours, MONTHS, devices)}


@pytest.mark.parametrize(
    ("code", "n", "value"),
    [
        ("completion", 15, 100 * 10 / 15),
        ("class_gain", 10, 100.0),
        ("class_gain_two", 10, 0.0),
        ("class_gain_not_completed", 5, 0.0),
        ("ds_at_end", 10, 100.0),
        ("hours", 10, 35.0),
        ("courses_with_event", 15, 100 * 5 / 15),
        ("no_shows", 40, 10.0),
        ("minutes", 180, 100 * 10_620 / 10_800),
        ("effective", 100, 90.0),
        ("ds_target", 90, 50.0),
        ("events", 200, 15.0),
        ("severe_events", 200, 5.0),
    ],
)
def test_each_figure_by_its_definition(code: str, n: int, value: float) -> None:
    total = told((COURSE, STOPPED), (SESSION,), (HOUR,))[code].total
    assert total.n == n
    assert total.value == pytest.approx(value)


def test_every_definition_is_a_figure_and_every_benchmark_stands_beside_one() -> None:
    assert set(told()) == set(DEFINITIONS)
    assert {one.figure for one in BENCHMARKS} <= set(DEFINITIONS)


def test_month_without_cases_has_no_value_and_is_not_hidden() -> None:
    october, november = told((COURSE,))["completion"].by_month
    assert (october.n, october.value, october.is_hidden) == (0, None, False)
    assert november.value == 100


def test_unknown_class_is_in_neither_sum() -> None:
    unknown = replace(COURSE, end_ccs=None, courses=7)
    assert told((COURSE, unknown))["class_gain"].total.n == 10
    assert told((COURSE, unknown))["completion"].total.n == 17


@pytest.mark.parametrize(
    ("was", "now", "gain"), [(3, 2, 1), (4, 1, 3), (2, 3, -1), (3, 3, 0), (None, 2, None), (3, None, None)]
)
def test_class_gain_is_what_trends_say(was: int | None, now: int | None, gain: int | None) -> None:
    assert class_gain(was, now) == gain


def test_small_device_hides_another_and_the_total_stays() -> None:
    few = replace(HOUR, group="Device 2", hours=3, missed=1)
    shown = told(hours=(HOUR, few))["no_shows"]
    assert [cell.is_hidden for cell in shown.by_device] == [True, True]
    assert shown.total.n == 43


def test_fewer_than_five_courses_have_no_figure() -> None:
    assert told((replace(COURSE, courses=4),))["completion"].total == Cell("", None, None)


def test_nurses_are_told_apart_only_in_what_they_can_change() -> None:
    ones = (replace(SESSION, group="nora"), replace(SESSION, group="otto", timed=0, assessed=2))
    shown = by_nurse(ones, ("nora", "otto"))
    assert [one.definition.code for one in shown] == list(OF_A_NURSE)
    assert [cell.is_hidden for cell in shown[1].by_device] == [True, True]


def test_fact_of_a_device_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="Device 9"):
        told(hours=(replace(HOUR, group="Device 9"),))


FACTS = st.lists(
    st.builds(
        HourFact,
        month=st.sampled_from(MONTHS),
        group=st.sampled_from(["a", "b", "c"]),
        hours=st.integers(0, 30),
        missed=st.just(0),
    ),
    max_size=12,
)


@given(FACTS)
def test_groups_add_up_to_the_total_and_no_small_one_is_shown(hours: list[HourFact]) -> None:
    shown = told(hours=tuple(hours), devices=("a", "b", "c"))["no_shows"]
    count = sum(fact.hours for fact in hours)
    assert shown.total.n == (None if 0 < count < LEAST else count)
    for cell in (*shown.by_month, *shown.by_device):
        assert cell.n is None or cell.n == 0 or cell.n >= LEAST
    for table in (shown.by_month, shown.by_device):
        if not any(cell.is_hidden for cell in table):
            assert sum(cell.n or 0 for cell in table) == count


@given(st.integers(0, 4), st.integers(0, 4))
def test_class_gain_has_the_sign_of_the_difference(was: int, now: int) -> None:
    assert class_gain(was, now) == was - now


def test_order_of_facts_changes_nothing() -> None:
    facts = [
        replace(COURSE, courses=n + 5, completed=done, baseline_ccs=b)
        for n, (done, b) in enumerate(product((True, False), (2, 3, 4)))
    ]
    assert told(tuple(facts)) == told(tuple(reversed(facts)))
