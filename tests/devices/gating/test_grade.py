"""The rules of the grade, one by one, and that none of them ever raises it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.gating.config import GatingConfig
from devices.gating.grade import GradeFacts, grade_of
from devices.gating.report import Grade

config = GatingConfig(prescribed_pressure_mmhg=260)
BEST = GradeFacts(
    sensitivity=1.0,
    ppv=1.0,
    inflation_ok_share=1.0,
    early_share=0.0,
    late_share=0.0,
    late_estimated=False,
    ds_peak=1.6,
    attained_share=1.0,
    ecg_readable=1.0,
    pleth_readable=1.0,
    events_missing_share=0.0,
    inflated_beats=4000,
    fewest_beats=30,
    whole_session=True,
    effective_share=1.0,
)


@pytest.mark.parametrize(
    ("fact", "value", "grade"),
    [
        ("sensitivity", 0.97, "A"),
        ("sensitivity", 0.969, "B"),
        ("ppv", 0.949, "C"),
        ("ppv", 0.89, "D"),
        ("inflation_ok_share", 0.89, "B"),
        ("inflation_ok_share", 0.49, "D"),
        ("early_share", 0.11, "C"),
        ("early_share", 0.26, "D"),
        ("late_share", 0.05, "A"),
        ("late_share", 0.06, "B"),
        ("late_share", 0.21, "D"),
        ("ds_peak", 1.19, "B"),
        ("ds_peak", 0.2, "C"),
        ("attained_share", 0.94, "B"),
        ("attained_share", 0.69, "D"),
        ("effective_share", 0.89, "B"),
        ("effective_share", 0.4, "D"),
        ("sensitivity", None, "C"),
        ("attained_share", None, "C"),
        ("ecg_readable", 0.49, "not assessable"),
        ("pleth_readable", 0.29, "not assessable"),
        ("events_missing_share", 0.21, "not assessable"),
        ("inflated_beats", 29, "not assessable"),
    ],
)
def test_each_rule_caps_where_it_says(fact: str, value: float | None, grade: str) -> None:
    changed: dict[str, Any] = {fact: value}
    found, findings = grade_of(replace(BEST, **changed), config)
    assert found.value == grade
    assert bool(findings) == (grade != "A")
    assert all(finding.sentence.endswith(".") for finding in findings)


shares = st.floats(0, 1)


@settings(max_examples=150, deadline=None)
@given(
    facts=st.builds(
        lambda a, b, c, d, e, f, g, h: replace(
            BEST,
            sensitivity=a,
            ppv=b,
            inflation_ok_share=c,
            early_share=d,
            late_share=e,
            ds_peak=2 * f,
            attained_share=g,
            effective_share=h,
        ),
        *[shares] * 8,
    ),
    fact=st.sampled_from(
        ["sensitivity", "ppv", "inflation_ok_share", "ds_peak", "attained_share", "effective_share"]
    ),
    less=shares,
)
def test_the_grade_never_improves_when_a_fact_gets_worse(facts: GradeFacts, fact: str, less: float) -> None:
    before, _ = grade_of(facts, config)
    worse = replace(facts, **{fact: less * getattr(facts, fact)})
    assert grade_of(worse, config)[0].rank >= before.rank
    more = replace(
        facts, late_share=max(facts.late_share or 0, less), early_share=max(facts.early_share or 0, less)
    )
    assert grade_of(more, config)[0].rank >= before.rank


def test_augmentation_alone_caps_to_c_at_most() -> None:
    assert grade_of(replace(BEST, ds_peak=0.0), config)[0] is Grade.C
