"""The weight is written as the scale shows it, and kept in kilograms."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.limits import KG_PER_LB
from courses.treatment.weight_field import WeightField, with_pounds

FIELD = WeightField(max_digits=5, decimal_places=1, required=False)


@pytest.mark.parametrize(
    ("typed", "kilograms"),
    [
        ("71.5", "71.5"),
        (" 71,5 ", "71.5"),
        ("71.5 kg", "71.5"),
        ("158 lb", "71.7"),
        ("158lbs", "71.7"),
        ("157.6 LB.", "71.5"),
        ("", None),
    ],
)
def test_kilograms_and_pounds_become_kilograms(typed: str, kilograms: str | None) -> None:
    assert FIELD.clean(typed) == (None if kilograms is None else Decimal(kilograms))


@pytest.mark.parametrize("typed", ["heavy", "158 st", "11 st 4 lb", "1e3", "-70", "70 kg 5", "NaN", "٧١"])
def test_what_is_no_weight_is_refused_with_the_way_out(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"71\.5 for kilograms, or as 158 lb"):
        FIELD.clean(typed)


@given(st.decimals(min_value=20, max_value=350, places=1))
def test_pounds_shown_lead_back_to_the_same_kilograms(kilograms: Decimal) -> None:
    pounds = with_pounds(kilograms).partition("(")[2].removesuffix(")")
    assert abs(Decimal(pounds.removesuffix(" lb")) * KG_PER_LB - kilograms) < Decimal("0.03")
    assert FIELD.clean(pounds) == kilograms
