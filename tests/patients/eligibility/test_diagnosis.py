from datetime import date

import pytest

from patients.eligibility.diagnosis_set import DiagnosisSet, Support
from patients.eligibility.facts import Facts
from patients.eligibility.packaged import load_packaged
from patients.eligibility.rules.diagnosis import DiagnosisSupports

TODAY = date(2026, 9, 9)


def packaged() -> DiagnosisSupports:
    policy = load_packaged().find("ncd-20.20", TODAY)
    return next(c.rule for c in policy.criteria if isinstance(c.rule, DiagnosisSupports))


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        (["I25.118"], "met"),
        (["I20.2"], "met"),
        (["I25.792", "E11.9"], "met"),
        (["I25.112", "I50.22"], "met"),
        (["I20.81"], "needs_human"),
        (["I25.701"], "needs_human"),
        (["I25.701", "I25.708"], "met"),
        (["I20.0"], "not_met"),
        (["I25.110"], "not_met"),
        (["I25.10"], "not_met"),
        (["I50.9"], "not_met"),
        (["I21.4"], "not_met"),
        (["I25.84"], "not_met"),
        (["R93.1"], "not_met"),
        (["Z13.6"], "not_met"),
        (["E11.9"], "not_met"),
        (["I20.8"], "not_met"),
        (["I25.11"], "not_met"),
        (["I25.70"], "not_met"),
        (["I25.118", "I20.8"], "not_met"),
        (["I20.9", "I25.10"], "not_met"),
        (["I20.89", "I25.708"], "not_met"),
        (["I20.9", "I23.7"], "not_met"),
        ([], "unknown"),
    ],
)
def test_codes_support_the_claim_or_not(codes: list[str], state: str) -> None:
    facts = Facts.from_dict({"as_of": "2026-09-09", "diagnoses": codes})
    assert packaged().judge(facts).state == state


def test_codes_before_the_lists_begin_go_to_a_person() -> None:
    facts = Facts.from_dict({"as_of": "2023-09-30", "diagnoses": ["I20.8"]})
    assert packaged().judge(facts).state == "needs_human"


def test_codes_without_a_date_of_service_are_not_judged() -> None:
    assert packaged().judge(Facts.from_dict({"diagnoses": ["I20.9"]})).missing == ("as_of",)


def test_refusal_names_the_pair_that_cannot_stand_together() -> None:
    facts = Facts.from_dict({"as_of": "2026-09-09", "diagnoses": ["I25.118", "I20.9"]})
    assert "I20.9 beside I25.118" in packaged().judge(facts).fact


def test_support_of_a_code_that_no_list_holds_is_unlisted() -> None:
    assert packaged().codes.support("E11.9") is Support.UNLISTED


def test_code_in_two_lists_is_refused() -> None:
    with pytest.raises(ValueError, match=r"I20\.9: a code stands in two lists"):
        DiagnosisSet(TODAY, frozenset({"I20.9"}), frozenset({"I20.9"}), (), frozenset(), (), ())
