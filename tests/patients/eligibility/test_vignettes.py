"""Every vignette comes out as it says; the file is the table that a clinician can read."""

from typing import Any

import pytest

from patients.eligibility.packaged import load_packaged
from tests.patients.eligibility.cases import VIGNETTES, decision, state_of


@pytest.mark.parametrize("case", VIGNETTES, ids=lambda case: case["name"])
def test_vignette_comes_out_as_written(case: dict[str, Any]) -> None:
    found = decision(without=tuple(case.get("without", ())), **case["change"])
    assert (found.verdict, found.pathway, found.notice.kind) == (
        case["verdict"],
        case["pathway"],
        case["notice"],
    )
    if "finding" in case:
        assert state_of(found, case["finding"]) == case["state"]


def test_every_vignette_has_its_own_name_a_reason_and_a_citation() -> None:
    assert len(VIGNETTES) >= 60
    assert len({case["name"] for case in VIGNETTES}) == len(VIGNETTES)
    assert all(case["reason"].endswith(".") and case["citation"] for case in VIGNETTES)


def test_every_packaged_policy_has_a_vignette() -> None:
    used = {decision(tuple(case.get("without", ())), **case["change"]).policy_id for case in VIGNETTES}
    assert set(load_packaged().ids) <= used
