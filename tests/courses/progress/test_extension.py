"""More sessions than ordered: what the payer's rule says, and which paper it needs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


classes = st.none() | st.integers(0, 4)
asked = st.builds(
    Asked,
    more=st.integers(1, 60),
    ordered=st.integers(1, 45),
    payer=st.none() | st.sampled_from(Payer),
    ccs_before=classes,
    ccs_now=classes,
    has_notice=st.booleans(),
    has_approval=st.booleans(),
)


def weight(one: Asked) -> int:
    return max(list(Light).index(finding.light) for finding in extension_findings(one))


@given(asked)
def test_number_class_and_paper_are_each_told_once_and_the_weightiest_first(one: Asked) -> None:
    found = extension_findings(one)
    lights = [list(Light).index(finding.light) for finding in found]
    assert lights == sorted(lights, reverse=True)
    assert (
        len({finding.code for finding in found}) == len(found) == (1 if one.more + one.ordered <= 35 else 3)
    )


@given(asked, st.integers(1, 20))
def test_asking_for_more_never_weighs_less(one: Asked, further: int) -> None:
    assert weight(replace(one, more=one.more + further)) >= weight(one)


@given(asked)
def test_paper_on_file_never_weighs_more_than_none(one: Asked) -> None:
    assert weight(replace(one, has_notice=True, has_approval=True)) <= weight(one)
