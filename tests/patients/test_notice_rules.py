"""What makes an ABN valid, how good its estimate is, and when a plan's answer is due."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from patients.notice_rules import AbnDraft, NoticeError, check_abn, load_notice_rules, read_notice_rules
from patients.toml_table import TomlError

RULES = load_notice_rules()
TEXT = files("patients").joinpath("notices.toml").read_text("utf-8")
DRAFT = AbnDraft(
    payer_kind="original_medicare",
    internal_id="T-00001",
    service="35 sessions of EECP",
    reason="Medicare pays only for class III or IV.",
    estimate_usd=Decimal(4500),
    first_day=date(2026, 11, 23),
    last_day=date(2027, 2, 10),
    given_on=date(2026, 11, 23),
)


def test_notice_given_on_the_day_of_the_first_session_is_in_order() -> None:
    check_abn(DRAFT, RULES)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"payer_kind": "medicare_advantage"}, "", "never given an ABN"),
        ({"payer_kind": "commercial"}, "", "a form of Original Medicare"),
        ({"service": " "}, "service", "seven places"),
        ({"reason": ""}, "reason", "without a reason is void"),
        ({"estimate_usd": Decimal(0)}, "estimate_usd", "above [$]0"),
        ({"internal_id": "1EG4-TE5-MK73"}, "", "may not hold the Medicare"),
        ({"internal_id": "1eg4te5mk73"}, "", "may not hold the Medicare"),
        ({"internal_id": "123-45-6789"}, "", "Social Security"),
        ({"last_day": date(2026, 11, 22)}, "last_day", "before the first"),
        ({"given_on": date(2026, 11, 24)}, "first_day", "before the first session"),
        (
            {"given_on": date(2029, 4, 1), "first_day": date(2029, 4, 1), "last_day": date(2029, 5, 1)},
            "",
            "has expired",
        ),
    ],
)
def test_notice_that_would_not_be_valid_is_refused(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(NoticeError, match=words) as refused:
        check_abn(replace(DRAFT, **changes), RULES)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("estimate", "actual", "good"),
    [
        (300, 400, True),  # 100 USD is more than a quarter of 400
        (299, 400, False),  # 101 USD off, and a quarter of 400 is 100
        (4500, 6000, True),  # 1500 off is just a quarter of 6000
        (4500, 6001, False),
        (4500, 3600, True),
        (4500, 3599, False),
    ],
)
def test_estimate_may_miss_by_100_usd_or_a_quarter_of_the_charge(
    estimate: int, actual: int, good: bool
) -> None:
    found = RULES.is_good_estimate(estimate_usd=Decimal(estimate), actual_usd=Decimal(actual))
    assert found is good


@pytest.mark.parametrize(("estimate", "highest"), [(4500, "6000.00"), (200, "300.00"), (300, "400.00")])
def test_highest_charge_is_the_last_that_the_estimate_bears(estimate: int, highest: str) -> None:
    found = RULES.highest_charge(Decimal(estimate))
    assert found == Decimal(highest)
    assert RULES.is_good_estimate(estimate_usd=Decimal(estimate), actual_usd=found)
    assert not RULES.is_good_estimate(estimate_usd=Decimal(estimate), actual_usd=found + 1)


@pytest.mark.parametrize(
    ("asked", "expedited", "due"),
    [
        (datetime(2026, 11, 23, 15, tzinfo=UTC), False, datetime(2026, 11, 30, 15, tzinfo=UTC)),
        (datetime(2026, 11, 23, 15, tzinfo=UTC), True, datetime(2026, 11, 26, 15, tzinfo=UTC)),
        (datetime(2026, 1, 1, 15, tzinfo=UTC), False, datetime(2026, 1, 8, 15, tzinfo=UTC)),
        (datetime(2025, 12, 31, 15, tzinfo=UTC), False, datetime(2026, 1, 14, 15, tzinfo=UTC)),
    ],
)
def test_plan_has_seven_days_or_72_hours_and_had_14_days_before_2026(
    asked: datetime, expedited: bool, due: datetime
) -> None:
    assert RULES.due(requested_at=asked, requested_on=asked.date(), expedited=expedited) == due


def test_request_before_any_known_limit_is_refused() -> None:
    asked = datetime(1999, 1, 1, tzinfo=UTC)
    with pytest.raises(NoticeError, match="No time limit is known"):
        RULES.due(requested_at=asked, requested_on=asked.date(), expedited=False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("tolerance_usd = 100", 'tolerance_usd = "100"', "line 6, abn: tolerance_usd must be a whole number"),
        ("[abn]", "[abm]", r"the table \[abn\] is needed"),
        ("standard_days = 7", "standart_days = 7", "the key 'standard_days' is missing"),
    ],
)
def test_broken_file_of_notices_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(TomlError, match=words):
        read_notice_rules(TEXT.replace(old, new, 1), "notices.toml")
