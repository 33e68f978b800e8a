"""Who may be the same person, and why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.look_alike import Identity, Reason, likeness, reason_for

BORN = date(1951, 3, 4)
JOAN = Identity("Sample", "Joan", BORN, "312-555-0199")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Identity("SAMPLE", "joan", BORN), Reason.SAME),
        (Identity("Joan", "Sample", BORN), Reason.NAMES_SWAPPED),
        (Identity("Sampel", "Joan", BORN), Reason.SPELLED_ALIKE),
        (Identity("Sample", "Joanna", BORN), Reason.SPELLED_ALIKE),
        (Identity("Sample", "Otto", BORN), Reason.SAME_FAMILY),
        (Identity("Sample", "Joan", date(1951, 4, 3)), Reason.BIRTH_SLIP),
        (Identity("Sample", "Joan", date(1957, 3, 4)), Reason.BIRTH_SLIP),
        (Identity("Specimen", "Joan", date(1960, 7, 7), "(312) 555-0199"), Reason.SAME_PHONE),
    ],
)
def test_reason_to_look(other: Identity, reason: Reason) -> None:
    assert reason_for(JOAN, other) == reason


@pytest.mark.parametrize(
    "other",
    [
        Identity("Specimen", "Otto", BORN),
        Identity("Sample", "Joan", date(1960, 7, 8)),
        Identity("Sample", "Otto", date(1951, 3, 5)),
        Identity("Sample", "Otto", date(1960, 7, 7), "312-555-0199"),  # a husband has the same phone
    ],
)
def test_strangers_are_let_be(other: Identity) -> None:
    assert reason_for(JOAN, other) is None


@given(st.text(), st.text())
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
