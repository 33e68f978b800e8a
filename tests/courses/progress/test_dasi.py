from decimal import Decimal

import pytest

from courses.progress.dasi import HIGHEST, WEIGHTS, dasi_score, mets, vo2_peak_ml_kg_min

ALL = dict.fromkeys(WEIGHTS, True)


def test_all_twelve_activities_make_58_2() -> None:
    assert dasi_score(ALL) == HIGHEST == Decimal("58.20")


@pytest.mark.parametrize("code", WEIGHTS)
def test_each_activity_weighs_what_the_index_says(code: str) -> None:
    assert dasi_score({**ALL, code: False}) == HIGHEST - WEIGHTS[code]


def test_nothing_possible_scores_zero() -> None:
    assert dasi_score(dict.fromkeys(WEIGHTS, False)) == 0


def test_a_missing_answer_leaves_the_score_unknown() -> None:
    assert dasi_score({**ALL, "yard_work": None}) is None
    assert dasi_score({code: True for code in WEIGHTS if code != "yard_work"}) is None


def test_a_question_of_another_index_is_refused() -> None:
    with pytest.raises(ValueError, match="no question swim"):
        dasi_score({**ALL, "swim": True})


@pytest.mark.parametrize(
    ("score", "vo2", "effort"), [("0", "9.6", "2.743"), ("58.20", "34.626", "9.893"), ("20", "18.2", "5.2")]
)
def test_score_gives_oxygen_uptake_and_mets(score: str, vo2: str, effort: str) -> None:
    assert vo2_peak_ml_kg_min(Decimal(score)) == Decimal(vo2)
    assert round(mets(Decimal(score)), 3) == Decimal(effort)


@pytest.mark.parametrize("score", ["-0.1", "58.21"])
def test_a_score_that_cannot_be_is_refused(score: str) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        mets(Decimal(score))
