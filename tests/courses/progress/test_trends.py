from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.trends import Change, Direction, Outcomes, compare

BASELINE = Outcomes(
    measured_on=date(2026, 9, 11),
    ccs_class=3,
    angina_per_week=10,
    nitroglycerin_per_week=Decimal("6.5"),
    six_minute_walk_m=310,
    dasi_score=Decimal("20"),
)
END = replace(BASELINE, measured_on=date(2026, 10, 30))


def change_of(code: str, **now: Any) -> Change:
    return next(c for c in compare(BASELINE, replace(END, **now)) if c.code == code)


@pytest.mark.parametrize(
    ("code", "now", "gain", "direction", "sentence"),
    [
        ("ccs_class", 2, "1", Direction.BETTER, "CCS angina class: III to II, 1 class better."),
        ("ccs_class", 0, "3", Direction.BETTER, "CCS angina class: III to 0, 3 classes better."),
        ("ccs_class", 4, "-1", Direction.WORSE, "CCS angina class: III to IV, 1 class worse."),
        ("ccs_class", 3, "0", Direction.SAME, "CCS angina class: III to III, no change."),
        ("angina_per_week", 3, "7", Direction.BETTER, "Angina: 10 to 3 episodes a week, 7 fewer."),
        ("angina_per_week", 12, "-2", Direction.WORSE, "Angina: 10 to 12 episodes a week, 2 more."),
        (
            "nitroglycerin_per_week",
            Decimal("6.5"),
            "0",
            Direction.SAME,
            "Nitroglycerin: 6.5 uses a week, no change.",
        ),
        ("six_minute_walk_m", 355, "45", Direction.BETTER, "Six-minute walk: 310 to 355 m, 45 more."),
        ("six_minute_walk_m", 300, "-10", Direction.WORSE, "Six-minute walk: 310 to 300 m, 10 less."),
        ("dasi_score", Decimal("28.7"), "8.7", Direction.BETTER, "DASI: 20 to 28.7 points, 8.7 more."),
    ],
)
def test_change_is_told_in_clinical_words(
    code: str, now: Any, gain: str, direction: Direction, sentence: str
) -> None:
    change = change_of(code, **{code: now})
    assert (change.gain, change.direction, change.sentence) == (Decimal(gain), direction, sentence)


def test_dasi_is_also_told_as_oxygen_uptake_and_mets() -> None:
    assert change_of("vo2_peak_ml_kg_min", dasi_score=Decimal("30")).sentence == (
        "Peak oxygen uptake estimated from DASI: 18.2 to 22.5 ml/kg/min, 4.3 more."
    )
    assert change_of("mets", dasi_score=Decimal("30")).sentence == (
        "Peak effort estimated from DASI: 5.2 to 6.4 METs, 1.2 more."
    )


def test_a_missing_value_is_not_known_and_never_a_change() -> None:
    change = change_of("ccs_class", ccs_class=None)
    assert change.direction is Direction.NOT_KNOWN
    assert change.gain is None
    assert change.baseline == 3
    assert change.sentence == "CCS angina class: not known now."
    nothing = Outcomes(measured_on=date(2026, 9, 11))
    assert compare(nothing, END)[0].sentence == "CCS angina class: not known before."
    assert compare(nothing, nothing)[-1].sentence.endswith("not known before and now.")


def test_a_baseline_after_the_comparison_is_refused() -> None:
    with pytest.raises(ValueError, match="Exchange the two"):
        compare(END, BASELINE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ccs_class": 5}, "CCS class is 0"),
        ({"angina_per_week": -1}, "cannot be -1"),
        ({"six_minute_walk_m": -1}, "cannot be -1"),
        ({"dasi_score": Decimal(60)}, "between 0 and"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(BASELINE, **changes)


outcomes = st.builds(
    Outcomes,
    measured_on=st.just(date(2026, 9, 11)),
    ccs_class=st.none() | st.integers(0, 4),
    angina_per_week=st.none() | st.integers(0, 50),
    six_minute_walk_m=st.none() | st.integers(0, 700),
    dasi_score=st.none() | st.decimals(0, Decimal("58.2"), places=2),
)


@given(outcomes, outcomes)
def test_the_way_back_is_the_opposite_change(one: Outcomes, other: Outcomes) -> None:
    for there, back in zip(compare(one, other), compare(other, one), strict=True):
        assert (there.gain is None) == (back.gain is None)
        if there.gain is not None and back.gain is not None:
            assert there.gain == -back.gain
