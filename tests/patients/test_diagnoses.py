"""Diagnosis codes are read leniently and refused in words."""

import pytest

from patients.diagnoses import DiagnosisError, check_codes, split_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("I25.112, I10", ["I25.112", "I10"]),
        ("i25.112 i10", ["i25.112", "i10"]),
        ("I25.112;I10,\nI50.22", ["I25.112", "I10", "I50.22"]),
        ("  ", []),
    ],
)
def test_codes_are_split_by_commas_and_space(text: str, codes: list[str]) -> None:
    assert split_codes(text) == codes


def test_codes_come_out_in_capitals_with_the_dot_once_each_in_order() -> None:
    assert check_codes(["i25112", "I10", "I25.112"]) == ["I25.112", "I10"]


@pytest.mark.parametrize("code", ["angina", "413.9", "I2", "I25.", "I25.11234"])
def test_what_is_not_written_as_a_code_is_refused_by_name(code: str) -> None:
    with pytest.raises(DiagnosisError, match=f"{code} is not written as an ICD-10-CM code"):
        check_codes([code])


@pytest.mark.parametrize("code", ["I20.8", "I25.11", "i2511"])
def test_code_with_longer_ones_beneath_it_is_refused(code: str) -> None:
    with pytest.raises(DiagnosisError, match="is not billable"):
        check_codes(["I10", code])
