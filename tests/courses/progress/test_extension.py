"""More sessions than ordered: what the payer's rule says, and which paper it needs."""

from dataclasses import replace

import pytest

from courses.progress.extension import Asked, Light, Payer, extension_findings

MEDICARE = Asked(more=5, ordered=35, payer=Payer.ORIGINAL_MEDICARE, ccs_before=3, ccs_now=3)


def codes(asked: Asked) -> list[str]:
    return [finding.code for finding in extension_findings(asked)]


def test_medicare_without_a_notice_is_told_to_give_one_first() -> None:
    assert codes(MEDICARE) == ["abn_needed", "beyond_customary", "no_class_gained"]


def test_answered_notice_is_found() -> None:
    assert "abn_there" in codes(replace(MEDICARE, has_notice=True))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"more": 11}, "too_many"),
        ({"more": 10}, "beyond_customary"),
        ({"ccs_now": 2}, "class_gained"),
        ({"ccs_now": None}, "gain_not_known"),
        ({"payer": Payer.MEDICARE_ADVANTAGE}, "approval_needed"),
        ({"payer": Payer.COMMERCIAL, "has_approval": True}, "approval_there"),
        ({"payer": Payer.SELF_PAY}, "patient_pays"),
        ({"payer": None}, "payer_not_known"),
    ],
)
def test_each_fact_has_its_finding(change: dict[str, object], code: str) -> None:
    assert code in codes(replace(MEDICARE, **change))  # type: ignore[arg-type]  # rows of one table


def test_notice_has_no_force_at_a_plan() -> None:
    assert "approval_needed" in codes(replace(MEDICARE, payer=Payer.MEDICARE_ADVANTAGE, has_notice=True))


def test_shorter_order_may_grow_to_the_customary_number() -> None:
    assert codes(replace(MEDICARE, ordered=20, more=15)) == ["within_customary"]


def test_what_must_be_done_first_stands_first() -> None:
    lights = [finding.light for finding in extension_findings(MEDICARE)]
    assert lights == [Light.STOP, Light.LOOK, Light.GO]


def test_every_finding_has_a_source() -> None:
    assert all(finding.source for finding in extension_findings(MEDICARE))


def test_extension_by_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one session"):
        extension_findings(replace(MEDICARE, more=0))
