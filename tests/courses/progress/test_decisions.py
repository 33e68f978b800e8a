"""What each decision needs, and what it may not carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.decisions import Decided, Standing, problems

ACTIVE = Standing(state="active", sessions_ordered=35, pressure_target_mmhg=260)
COMPLETED = Standing(state="completed", sessions_ordered=35, pressure_target_mmhg=260)
STOPPED = Standing(state="discontinued", sessions_ordered=35, pressure_target_mmhg=260)


@pytest.mark.parametrize(
    ("decided", "standing"),
    [
        (Decided(decision="continue"), ACTIVE),
        (Decided(decision="continue"), COMPLETED),
        (Decided(decision="adjust", pressure_target_mmhg=240), ACTIVE),
        (Decided(decision="adjust", timing="inflate 20 ms later"), ACTIVE),
        (Decided(decision="extend", extra_sessions=10), COMPLETED),
        (Decided(decision="hold"), ACTIVE),
        (Decided(decision="stop", end_reason="skin_damage"), ACTIVE),
    ],
)
def test_whole_decision_has_no_problem(decided: Decided, standing: Standing) -> None:
    assert problems(decided, standing) == []


@pytest.mark.parametrize(
    ("decided", "standing", "field", "words"),
    [
        (Decided(decision="adjust"), ACTIVE, "pressure_target_mmhg", "what changes"),
        (Decided(decision="adjust", pressure_target_mmhg=260), ACTIVE, "pressure_target_mmhg", "already"),
        (Decided(decision="adjust", pressure_target_mmhg=40), ACTIVE, "pressure_target_mmhg", "between 80"),
        (Decided(decision="adjust", timing="later"), COMPLETED, "decision", "over"),
        (Decided(decision="extend"), ACTIVE, "extra_sessions", "how many"),
        (Decided(decision="extend", extra_sessions=11), ACTIVE, "extra_sessions", "10 more"),
        (
            Decided(decision="extend", extra_sessions=1),
            Standing(state="active", sessions_ordered=50, pressure_target_mmhg=260),
            "extra_sessions",
            ": 0 more",
        ),
        (Decided(decision="extend", extra_sessions=5), STOPPED, "decision", "new order"),
        (Decided(decision="hold"), COMPLETED, "decision", "nothing to hold"),
        (Decided(decision="stop"), ACTIVE, "end_reason", "reason"),
        (Decided(decision="stop", end_reason="other"), COMPLETED, "decision", "over already"),
        (Decided(decision="continue", extra_sessions=5), ACTIVE, "extra_sessions", "another decision"),
        (Decided(decision="hold", end_reason="other"), ACTIVE, "end_reason", "another decision"),
    ],
)
def test_half_decision_is_refused_beneath_its_field(
    decided: Decided, standing: Standing, field: str, words: str
) -> None:
    ((found, sentence),) = problems(decided, standing)
    assert found == field
    assert words in sentence


@given(st.integers(1, 45), st.integers(1, 45))
def test_no_extension_goes_beyond_forty_five(ordered: int, more: int) -> None:
    standing = Standing(state="active", sessions_ordered=ordered, pressure_target_mmhg=260)
    assert bool(problems(Decided(decision="extend", extra_sessions=more), standing)) is (ordered + more > 45)
