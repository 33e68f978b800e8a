from datetime import UTC, date, datetime
from typing import Any

import pytest

from patients.eligibility.codes import OpinionReason, PayerKind
from patients.eligibility.facts import FACTS, Facts, FactsError
from tests.patients.eligibility.cases import facts


def test_nothing_given_is_nothing_known() -> None:
    empty = Facts.from_dict({})
    assert not any(empty.is_known(name) for name in FACTS)


def test_facts_survive_their_json_form() -> None:
    assert Facts.from_dict(facts().to_dict()) == facts()
    assert Facts.from_dict(Facts().to_dict()) == Facts()


def test_json_values_become_typed_values() -> None:
    found = Facts.from_dict(
        {"as_of": "2026-09-09", "payer_kind": "commercial", "diagnoses": ["i25118", " I20.9 "]}
    )
    assert found.as_of == date(2026, 9, 9)
    assert found.payer_kind is PayerKind.COMMERCIAL
    assert found.diagnoses == ("I20.9", "I25.118")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("as_of", "09/09/2026", "year-month-day"),
        ("as_of", "2026-02-30", "not in the calendar"),
        ("as_of", datetime(2026, 9, 9, tzinfo=UTC), "without a time of day"),
        ("payer_kind", "medicare", "one of original_medicare, medicare_advantage"),
        ("ccs_class", 5, "a whole number from 0 to 4"),
        ("ccs_class", "3", "not '3'"),
        ("ccs_class", True, "not True"),
        ("cac_agatston", -1, "0 or more"),
        ("lvef_percent", 101, "a number from 0 to 100"),
        ("lvef_percent", float("nan"), "a number from 0 to 100"),
        ("lvef_percent", "55", "a number from 0 to 100"),
        ("angina_is_primary", 1, "true or false"),
        ("opinion_by", "  ", "not blank"),
        ("opinion_reasons", "patient_preference", "a list with any of"),
        ("opinion_reasons", ["because"], "one of inoperable_or_high_risk"),
        ("diagnoses", ["413.9"], "ICD-10-CM"),
        ("diagnoses", [20], "ICD-10-CM"),
        ("diagnoses", "I20.9", "a list"),
    ],
)
def test_value_of_the_wrong_kind_is_refused_with_field_and_allowed_values(
    name: str, value: Any, words: str
) -> None:
    with pytest.raises(FactsError) as refusal:
        Facts.from_dict({name: value})
    ((field, sentence),) = refusal.value.problems
    assert field == name
    assert words in sentence


def test_misspelt_fact_is_refused_with_the_name_it_resembles() -> None:
    with pytest.raises(FactsError, match="Did you mean ccs_class"):
        Facts.from_dict({"css_class": 3})
    with pytest.raises(FactsError, match="lists the names"):
        Facts.from_dict({"shoe_size": 9})


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(FactsError) as refusal:
        Facts.from_dict({"css_class": 3, "ccs_class": 9, "nyha_class": 0})
    assert [field for field, _ in refusal.value.problems] == ["css_class", "ccs_class", "nyha_class"]


def test_facts_that_are_not_an_object_are_refused() -> None:
    with pytest.raises(FactsError, match="one JSON object"):
        Facts.from_dict(["ccs_class"])  # type: ignore[arg-type]


def test_benefit_of_an_earlier_course_that_was_not_given_is_refused() -> None:
    with pytest.raises(FactsError, match="correct one of the two"):
        Facts(earlier_course=False, last_course_ended_on=date(2026, 1, 9))
    assert Facts(earlier_course=True, last_course_ended_on=date(2026, 1, 9)).is_known("last_course_ended_on")


def test_changed_leaves_the_rest_and_the_original() -> None:
    before = facts()
    after = before.changed("opinion_reasons", frozenset({OpinionReason.PATIENT_PREFERENCE}))
    assert before.opinion_reasons != after.opinion_reasons
    assert after.changed("opinion_reasons", before.opinion_reasons) == before
