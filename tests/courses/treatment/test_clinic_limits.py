from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.clinic_limits import (
    PLAUSIBLE,
    ClinicFigure,
    ImplausibleLimit,
    refuse_implausible,
    with_clinic,
)
from courses.treatment.limit_rules import Quantity, Tier
from courses.treatment.limits import Vitals, check_vitals
from courses.treatment.limits_file import packaged_limits

TODAY = date(2026, 11, 23)


def own(code: str, figure: str | None, tier: Tier = Tier.HOLD) -> ClinicFigure:
    value = None if figure is None else Decimal(figure)
    return ClinicFigure(code, value, tier, "Petra Example, MD", TODAY, "Agreed")


def tier_of(code: str, *figures: ClinicFigure, **vitals: Any) -> Tier:
    found = check_vitals(Vitals(taken_on=TODAY, **vitals), [], with_clinic(packaged_limits(), figures))
    return next(finding.tier for finding in found if finding.code == code)


def test_a_figure_of_the_clinic_takes_the_place_of_the_published_one() -> None:
    assert tier_of("systolic_high", systolic_mmhg=175) is Tier.GO
    assert tier_of("systolic_high", own("systolic_high", "170"), systolic_mmhg=175) is Tier.HOLD
    assert tier_of("systolic_high", own("systolic_high", "170", Tier.LOOK), systolic_mmhg=175) is Tier.LOOK


def test_a_rule_without_published_figure_is_checked_once_the_clinic_sets_one() -> None:
    assert tier_of("heart_rate_low", own("heart_rate_low", "45"), heart_rate_bpm=44) is Tier.HOLD
    assert tier_of("heart_rate_low", own("heart_rate_low", "45"), heart_rate_bpm=45) is Tier.GO


def test_the_sentence_and_the_source_are_the_clinics() -> None:
    limits = with_clinic(packaged_limits(), [own("systolic_high", "170.0", Tier.LOOK)])
    rule = next(rule for rule in limits.rules if rule.code == "systolic_high")
    assert rule.rule == "Look before you treat with a systolic pressure above 170 mmHg."
    assert rule.source.document == "The clinic's limit, Petra Example, MD: Agreed"
    assert rule.source.version == "23-Nov-2026"


def test_a_rule_that_is_switched_off_judges_nothing() -> None:
    limits = with_clinic(
        packaged_limits(), [own("systolic_high", None, Tier.GO), own("bladder_full", None, Tier.GO)]
    )
    assert "systolic_high" in {rule.code for rule in limits.without_figure}
    assert next(rule.tier for rule in limits.signs if rule.code == "bladder_full") is Tier.GO


def test_a_code_that_the_file_no_longer_has_is_passed_over() -> None:
    assert with_clinic(packaged_limits(), [own("of_old", "1")]) == packaged_limits()


@pytest.mark.parametrize(
    ("code", "figure", "words"),
    [
        ("systolic_high", "18", "between 60 and 220 mmHg"),
        ("systolic_high", None, "Give a figure"),
        ("systolic_high", "80", "The lower limit, 80 mmHg, must stay under the upper one, 80 mmHg"),
        ("systolic_low", "181", "must stay under the upper one, 180 mmHg"),
        ("spo2_fall", "50", "between 1 and 10 percentage points"),
        ("inr_high", "9", r"between 1 and 6\."),
        ("nothing", "1", "no such limit"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused(code: str, figure: str | None, words: str) -> None:
    with pytest.raises(ImplausibleLimit, match=words):
        refuse_implausible(packaged_limits(), own(code, figure))


@pytest.mark.parametrize(("code", "figure"), [("systolic_high", "170"), ("heart_rate_low", "40")])
def test_a_limit_that_can_be_meant_is_taken(code: str, figure: str) -> None:
    refuse_implausible(packaged_limits(), own(code, figure))


def test_switching_off_needs_no_figure() -> None:
    refuse_implausible(packaged_limits(), own("systolic_high", None, Tier.GO))
    refuse_implausible(packaged_limits(), own("rhythm_changed", None, Tier.LOOK))


def test_every_quantity_has_a_plausible_range_and_the_published_figures_lie_in_it() -> None:
    assert set(PLAUSIBLE) == set(Quantity)
    for rule in packaged_limits().rules:
        low, high = PLAUSIBLE[rule.quantity]
        assert rule.figure is None or low <= rule.figure <= high


@given(st.integers(100, 220), st.integers(60, 300))
def test_the_clinics_upper_limit_holds_exactly_beyond_its_figure(figure: int, systolic: int) -> None:
    tier = tier_of("systolic_high", own("systolic_high", str(figure)), systolic_mmhg=systolic)
    assert (tier is Tier.HOLD) == (systolic > figure)
