from dataclasses import replace
from datetime import date

import pytest

from patients.eligibility.calcium import CalciumScale
from patients.eligibility.packaged import load_packaged
from patients.eligibility.rules.record import CalciumIsNotAngina
from tests.patients.eligibility.cases import facts


def rule() -> CalciumIsNotAngina:
    policy = load_packaged().find("ncd-20.20", date(2026, 9, 9))
    return next(c.rule for c in policy.criteria if isinstance(c.rule, CalciumIsNotAngina))


@pytest.mark.parametrize(
    ("agatston", "code"),
    [
        (0, "none"),
        (1, "low"),
        (99, "low"),
        (100, "moderate"),
        (299, "moderate"),
        (300, "high"),
        (999, "high"),
        (1000, "extreme"),
    ],
)
def test_score_falls_in_its_category(agatston: int, code: str) -> None:
    assert rule().scale.category(agatston).code == code


def test_negative_score_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        rule().scale.category(-1)


@pytest.mark.parametrize(
    ("age", "words"),
    [(44, "No percentile at age 44"), (85, "No percentile at age 85"), (None, "Age not known")],
)
def test_percentile_caveat_is_spoken_outside_the_reference_ages(age: int | None, words: str) -> None:
    assert words in rule().scale.describe(400, age, None)


@pytest.mark.parametrize("age", [45, 84])
def test_no_caveat_inside_the_reference_ages(age: int) -> None:
    said = rule().scale.describe(400, age, date(2026, 1, 5))
    assert said == "Calcium score 400 Agatston units on 05-Jan-2026: high (300 to 999)."


def test_score_never_proves_angina() -> None:
    silent = facts(ccs_class=0, angina_is_primary=False)
    assert rule().judge(silent.changed("cac_agatston", 2000)).state == "not_met"
    assert "plays no part" in rule().judge(facts(cac_agatston=2000)).fact
    assert "none is needed" in rule().judge(facts()).fact


def test_scale_that_does_not_rise_from_zero_is_refused() -> None:
    scale = rule().scale
    with pytest.raises(ValueError, match="start at 0"):
        CalciumScale(scale.categories[1:], 45, 84)
    with pytest.raises(ValueError, match="start at 0"):
        replace(scale, categories=(scale.categories[0], scale.categories[0]))
    with pytest.raises(ValueError, match="lower age"):
        replace(scale, percentile_age_low_years=90)
