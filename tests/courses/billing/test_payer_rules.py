"""Notices, coverage, diagnoses and repeats: what stands beside the cases of each code."""

from dataclasses import replace
from typing import Any

import pytest

from courses.billing.findings import Severity
from courses.billing.payer_facts import PayerFacts
from courses.billing.scrubber import scrub
from tests.courses.billing.scrubber_cases import OTHER, coded
from tests.courses.billing.scrubber_given import ABN, CLEAN, GIVEN, RULES, findings


@pytest.mark.parametrize("changes", [ABN, OTHER])
def test_code_that_supports_nothing_only_warns_where_denial_is_expected_or_the_list_is_anothers(
    changes: dict[str, Any],
) -> None:
    assert findings(**changes, **coded("I50.22"))["diagnosis_not_supporting"].severity is Severity.WARN


def test_code_lists_that_do_not_reach_the_day_are_not_applied() -> None:
    later = replace(RULES, diagnosis_set=None)
    codes = {finding.code for finding in scrub(replace(CLEAN, **coded("I50.22")), later)}
    assert "diagnosis_not_judged" in codes
    assert "diagnosis_not_supporting" not in codes


def test_covered_line_of_medicare_needs_no_notice_and_none_is_spoken_of() -> None:
    assert not any("abn" in code or "ga" in code for code in findings(payer=PayerFacts(abns=(GIVEN,))))
