"""The check at two weeks: when it is asked, and what it says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from courses.progress.early_response import EarlyFacts, State, early_response, median_known

FIRST = date(2026, 11, 30)
TEN = EarlyFacts(today=FIRST + timedelta(days=11), first_session_on=FIRST, sessions_done=10)


@pytest.mark.parametrize(
    ("sessions", "days", "state"),
    [
        (9, 13, State.NOT_YET),
        (10, 9, State.DUE),
        (3, 14, State.DUE),
        (0, 40, State.DUE),
        (17, 30, State.NOT_ASKED),
    ],
)
def test_it_is_asked_after_ten_sessions_or_two_weeks(sessions: int, days: int, state: State) -> None:
    facts = replace(TEN, sessions_done=sessions, today=FIRST + timedelta(days=days))
    assert early_response(facts).state is state


def test_course_without_a_session_is_not_asked() -> None:
    assert early_response(replace(TEN, first_session_on=None)).state is State.NOT_YET


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"feels": "better"}, State.BETTER, "the patient says so"),
        ({"feels": "same"}, State.NOT_BETTER, "feels the same"),
        ({"feels": "worse"}, State.NOT_BETTER, "feels worse"),
        ({"feels": "same", "angina_before": 9, "angina_now": 1}, State.NOT_BETTER, "feels the same"),
        ({"angina_before": 9, "angina_now": 4}, State.BETTER, "9 episodes a week before, 4"),
        ({"angina_before": 4, "angina_now": 4}, State.NOT_BETTER, "Ask how the patient feels"),
        ({"angina_before": 4}, State.DUE, "ask whether"),
    ],
)
def test_own_word_counts_before_the_episodes(change: dict[str, object], state: State, words: str) -> None:
    found = early_response(replace(TEN, **change))  # type: ignore[arg-type]  # rows of one table
    assert found.state is state
    assert words in found.sentence


def test_who_is_not_better_is_shown_with_timing_pressure_and_attendance() -> None:
    facts = replace(
        TEN,
        feels="same",
        inflation_good_share=0.41,
        late_share=0.12,
        pressure_mmhg=212.0,
        prescribed_mmhg=260,
        hours_booked=12,
        hours_missed=2,
    )
    assert early_response(facts).beside == (
        "Timing: 41 % of inflations in the good band, 12 % of deflations late.",
        "Pressure: median 212 mmHg of 260 mmHg prescribed.",
        "Attendance: came to 10 of 12 booked hours.",
    )


def test_what_is_not_known_beside_it_says_so() -> None:
    assert early_response(TEN).beside == (
        "Timing: not known.",
        "Pressure: not known.",
        "Attendance: not known.",
    )


def test_who_is_better_is_left_in_peace() -> None:
    assert early_response(replace(TEN, feels="better")).beside == ()


def test_word_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="better, the same or worse"):
        early_response(replace(TEN, feels="fine"))


@pytest.mark.parametrize(
    ("values", "middle"), [([], None), ([None], None), ([3, None, 1], 2), ([5, 1, 9], 5)]
)
def test_median_leaves_out_what_is_not_known(values: list[float | None], middle: float | None) -> None:
    assert median_known(values) == middle
