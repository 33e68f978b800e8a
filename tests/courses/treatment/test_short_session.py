from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.short_session import NO_RULE, Outcome, ShortRule, judge

RULE = ShortRule(
    billable_from=50,
    not_billable_under=20,
    text="From 50 min we bill; under 20 min we do not.",
    owner="Petra Example, MD",
    effective=date(2026, 11, 1),
)


def outcome(minutes: str | None, rule: ShortRule = RULE, *, early: bool = True) -> Outcome:
    value = None if minutes is None else Decimal(minutes)
    return judge(ended_early=early, minutes=value, ordered=60, rule=rule).outcome


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ("50.0", Outcome.BILLABLE),
        ("49.9", Outcome.PHYSICIAN_DECIDES),
        ("20.0", Outcome.PHYSICIAN_DECIDES),
        ("19.9", Outcome.NOT_BILLABLE),
        (None, Outcome.PHYSICIAN_DECIDES),
    ],
)
def test_the_written_rule_decides_by_minutes_and_leaves_the_rest_to_a_physician(
    minutes: str | None, expected: Outcome
) -> None:
    assert outcome(minutes) is expected


def test_a_full_session_asks_nothing() -> None:
    assert outcome("60.0", early=False) is Outcome.FULL


def test_without_a_rule_a_physician_decides_whatever_the_minutes() -> None:
    found = judge(ended_early=True, minutes=Decimal("59.9"), ordered=60, rule=ShortRule())
    assert found.outcome is Outcome.PHYSICIAN_DECIDES
    assert found.rule == NO_RULE
    assert found.source == ""


def test_the_finding_says_fact_rule_and_whose_rule_it_is() -> None:
    found = judge(ended_early=True, minutes=Decimal("12.3"), ordered=60, rule=RULE)
    assert found.fact == "12.3 min were delivered; 60 min are ordered."
    assert found.rule == RULE.text
    assert found.source == "Petra Example, MD, in force from 01-Nov-2026"


def test_minutes_that_are_not_known_are_said_to_be_so() -> None:
    found = judge(ended_early=True, minutes=None, ordered=60, rule=RULE)
    assert found.fact == "Minutes delivered: not known; 60 min are ordered."


def test_figures_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be above"):
        ShortRule(billable_from=20, not_billable_under=50)


minutes = st.none() | st.integers(0, 60)


@given(minutes, minutes, st.none() | st.decimals(0, 90, places=1))
def test_nothing_is_billable_or_not_without_a_figure_that_says_so(
    billable: int | None, not_under: int | None, given_minutes: Decimal | None
) -> None:
    if billable is not None and not_under is not None and not_under > billable:
        billable, not_under = not_under, billable
    rule = ShortRule(billable_from=billable, not_billable_under=not_under, text="As written")
    found = judge(ended_early=True, minutes=given_minutes, ordered=60, rule=rule).outcome
    if found is Outcome.BILLABLE:
        assert billable is not None and given_minutes is not None and given_minutes >= billable
    if found is Outcome.NOT_BILLABLE:
        assert not_under is not None and given_minutes is not None and given_minutes < not_under
