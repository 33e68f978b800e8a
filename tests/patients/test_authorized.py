"""How an authorization stands, in one sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.authorized import Light, Standing, finding_of

FROM, UNTIL = date(2026, 11, 1), date(2026, 12, 31)
TODAY = date(2026, 11, 23)


def standing(used: int | None, booked: int | None, approved: int = 35) -> Standing:
    return Standing(approved, FROM, UNTIL, used, booked)


@pytest.mark.parametrize(
    ("used", "booked", "day", "light", "sentence"),
    [
        (10, 25, TODAY, Light.GO, "25 sessions left."),
        (34, 1, TODAY, Light.GO, "1 session left."),
        (30, 0, TODAY, Light.LOOK, "Only 5 sessions left."),
        (10, 27, TODAY, Light.LOOK, "2 booked hours beyond what is approved. Ask for more, or book fewer."),
        (35, 0, TODAY, Light.STOP, "All approved sessions are used. Ask for more before the next one."),
        (
            36,
            0,
            TODAY,
            Light.STOP,
            "1 session more than approved. Ask the payer for an extension before billing.",
        ),
        (0, 3, date(2026, 10, 1), Light.LOOK, "Not in force before 01-Nov-2026."),
        (12, 0, date(2027, 1, 1), Light.IDLE, "Ended on 31-Dec-2026."),
        (None, None, TODAY, Light.IDLE, "How many sessions were used is not known."),
    ],
)
def test_finding(used: int | None, booked: int | None, day: date, light: Light, sentence: str) -> None:
    found = finding_of(standing(used, booked), day)
    assert (found.light, found.sentence) == (light, sentence)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_what_is_left_and_what_is_beyond_never_contradict(used: int, booked: int, approved: int) -> None:
    found = standing(used, booked, approved)
    assert found.left is not None
    assert found.beyond == max(0, booked - found.left)
