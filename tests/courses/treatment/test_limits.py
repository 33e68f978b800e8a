from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.limit_rules import Tier
from courses.treatment.limits import (
    KG_PER_LB,
    ImplausibleVitals,
    LimitFinding,
    Vitals,
    check_vitals,
    worst_tier,
)
from courses.treatment.limits_file import packaged_limits

TODAY = date(2026, 9, 15)  # a Tuesday
YESTERDAY = Vitals(
    taken_on=TODAY - timedelta(days=1),
    systolic_mmhg=130,
    diastolic_mmhg=80,
    heart_rate_bpm=70,
    spo2_percent=97,
    weight_kg=Decimal("80.0"),
    respiratory_rate_bpm=16,
)
WELL = replace(YESTERDAY, taken_on=TODAY)


def findings(*earlier: Vitals, **changes: Any) -> dict[str, LimitFinding]:
    found = check_vitals(replace(WELL, **changes), earlier or (YESTERDAY,), packaged_limits())
    return {finding.code: finding for finding in found}


def test_a_well_patient_passes_every_rule_that_has_a_figure() -> None:
    found = findings()
    assert {finding.tier for finding in found.values()} == {Tier.GO}
    assert len(found) == 8


@pytest.mark.parametrize(
    ("field", "value", "code", "tier"),
    [
        ("systolic_mmhg", 180, "systolic_high", Tier.GO),
        ("systolic_mmhg", 181, "systolic_high", Tier.HOLD),
        ("systolic_mmhg", 81, "systolic_low", Tier.GO),
        ("diastolic_mmhg", 110, "diastolic_high", Tier.GO),
        ("diastolic_mmhg", 111, "diastolic_high", Tier.HOLD),
        ("diastolic_mmhg", 50, "diastolic_low", Tier.GO),
        ("diastolic_mmhg", 49, "diastolic_low", Tier.HOLD),
        ("heart_rate_bpm", 120, "heart_rate_high", Tier.GO),
        ("heart_rate_bpm", 121, "heart_rate_high", Tier.HOLD),
        ("spo2_percent", 95, "spo2_fall", Tier.GO),
        ("spo2_percent", 94, "spo2_fall", Tier.HOLD),
        ("spo2_percent", 99, "spo2_fall", Tier.GO),
        ("weight_kg", Decimal("80.9"), "weight_gain_overnight", Tier.GO),
        ("weight_kg", Decimal("81.0"), "weight_gain_overnight", Tier.HOLD),
        ("weight_kg", Decimal("70.0"), "weight_gain_overnight", Tier.GO),
    ],
)
def test_each_limit_holds_beyond_its_figure_and_not_at_it(
    field: str, value: Decimal | int, code: str, tier: Tier
) -> None:
    assert findings(**{field: value})[code].tier is tier


def test_low_systolic_is_held_at_79_and_not_at_80() -> None:
    assert findings(systolic_mmhg=79, diastolic_mmhg=60)["systolic_low"].tier is Tier.HOLD
    assert findings(systolic_mmhg=80, diastolic_mmhg=60)["systolic_low"].tier is Tier.GO


def test_two_pounds_are_exact() -> None:
    two_pounds = 2 * KG_PER_LB
    assert findings(weight_kg=80 + two_pounds)["weight_gain_overnight"].tier is Tier.GO
    over = 80 + two_pounds + Decimal("0.00000001")
    assert findings(weight_kg=over)["weight_gain_overnight"].tier is Tier.HOLD


@pytest.mark.parametrize(("gain", "tier"), [("1.81", Tier.GO), ("1.82", Tier.HOLD)])
def test_four_pounds_in_a_week_count_from_the_lowest_weight(gain: str, tier: Tier) -> None:
    week = [replace(YESTERDAY, taken_on=TODAY - timedelta(days=n)) for n in (7, 4, 1)]
    week[0] = replace(week[0], weight_kg=Decimal("79.0"))
    weight = Decimal("79.0") + Decimal(gain)
    assert findings(*week, weight_kg=weight)["weight_gain_week"].tier is tier


def test_a_weight_of_eight_days_ago_is_not_compared_with() -> None:
    old = replace(YESTERDAY, taken_on=TODAY - timedelta(days=8))
    found = findings(old)
    assert found["earlier_weight_kg_not_known"].tier is Tier.LOOK
    assert "weight_gain_week" not in found


def test_a_weekend_gain_of_more_than_two_pounds_asks_for_a_look() -> None:
    three_days_ago = replace(YESTERDAY, taken_on=TODAY - timedelta(days=3))
    finding = findings(three_days_ago, weight_kg=Decimal("81.5"))["weight_gain_overnight"]
    assert finding.tier is Tier.LOOK
    assert finding.fact == "Weight has changed by +1.5 kg (+3.31 lb) since Sat 12-Sep-2026."


def test_a_fall_of_saturation_over_the_weekend_is_held() -> None:
    three_days_ago = replace(YESTERDAY, taken_on=TODAY - timedelta(days=3))
    assert findings(three_days_ago, spo2_percent=93)["spo2_fall"].tier is Tier.HOLD


@pytest.mark.parametrize(
    "field",
    [
        "systolic_mmhg",
        "diastolic_mmhg",
        "heart_rate_bpm",
        "spo2_percent",
        "weight_kg",
        "respiratory_rate_bpm",
    ],
)
def test_what_was_not_measured_is_not_known_and_told_once(field: str) -> None:
    changes: dict[str, Any] = {field: None}
    found = check_vitals(replace(WELL, **changes), [YESTERDAY], packaged_limits())
    missing = [finding for finding in found if finding.missing]
    assert [finding.missing for finding in missing] == [(field,)]
    assert missing[0].tier is Tier.LOOK
    assert missing[0].fact.endswith("is not known.")
    assert "Measure it" in missing[0].sentence


def test_the_first_session_has_nothing_to_compare_with_and_says_so() -> None:
    found = {f.code: f for f in check_vitals(WELL, [], packaged_limits())}
    assert found["earlier_spo2_percent_not_known"].tier is Tier.LOOK
    assert found["earlier_weight_kg_not_known"].tier is Tier.LOOK
    assert "Enter the earlier value" in found["earlier_weight_kg_not_known"].sentence


def test_a_session_of_the_same_day_is_not_the_day_before() -> None:
    found = findings(replace(WELL, weight_kg=Decimal(70)))
    assert "weight_gain_overnight" not in found


def test_a_hold_says_the_fact_the_rule_and_the_way_out() -> None:
    finding = findings(systolic_mmhg=186)["systolic_high"]
    assert finding.sentence == (
        "Systolic pressure is 186 mmHg. Do not treat with a systolic pressure above 180 mmHg. "
        "Let the patient rest and measure again; if it stays high, ask the physician."
    )
    assert finding.source.url.startswith("http")


def test_a_pass_says_the_fact_and_the_rule_and_nothing_to_do() -> None:
    assert findings()["systolic_high"].sentence == (
        "Systolic pressure is 130 mmHg. Do not treat with a systolic pressure above 180 mmHg."
    )


def test_holds_come_first() -> None:
    found = check_vitals(replace(WELL, heart_rate_bpm=140, weight_kg=None), [YESTERDAY], packaged_limits())
    assert [f.tier for f in found[:2]] == [Tier.HOLD, Tier.LOOK]
    assert worst_tier(found) is Tier.HOLD
    assert worst_tier(found[1:]) is Tier.LOOK
    assert worst_tier(()) is Tier.GO


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"systolic_mmhg": 80, "diastolic_mmhg": 130}, "exchanged"),
        ({"systolic_mmhg": 80, "diastolic_mmhg": 80}, "exchanged"),
        ({"spo2_percent": 101}, "above 100 %"),
        ({"weight_kg": Decimal(0)}, "cannot be 0"),
        ({"heart_rate_bpm": -1}, "cannot be -1"),
        ({"weight_kg": 80.5}, "exact decimal"),
    ],
)
def test_values_that_cannot_be_true_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ImplausibleVitals, match=words):
        replace(WELL, **changes)


values = st.none() | st.integers(1, 300)


@given(values, values, values, st.none() | st.integers(1, 100), st.none() | st.decimals(30, 250, places=1))
def test_nobody_passes_whose_values_are_missing_or_beyond_a_limit(
    systolic: int | None, pulse: int | None, rate: int | None, spo2: int | None, weight: Decimal | None
) -> None:
    diastolic = None if systolic is None or pulse is None else max(1, systolic - pulse)
    if diastolic is not None and systolic is not None and diastolic >= systolic:
        diastolic = None
    now = Vitals(
        taken_on=TODAY,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        heart_rate_bpm=rate,
        spo2_percent=spo2,
        weight_kg=weight,
        respiratory_rate_bpm=16,
    )
    found = check_vitals(now, [YESTERDAY], packaged_limits())
    safe = (
        systolic is not None
        and diastolic is not None
        and rate is not None
        and spo2 is not None
        and weight is not None
        and 80 <= systolic <= 180
        and 50 <= diastolic <= 110
        and rate <= 120
        and spo2 > 94
        and weight <= 80 + 2 * KG_PER_LB
    )
    assert (worst_tier(found) is Tier.GO) == safe
