from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from courses.treatment.gates import ApprovalState, Gate, Gates, Standing, check_standing
from courses.treatment.limit_rules import Source, Tier
from courses.treatment.limits import LimitFinding

NAMES = ("coverage_not_current", "authorization_used_up", "no_supervision", "review_overdue")
SOURCE = Source("The clinic's rules", "", "clinic", "23-Nov-2026")
WELL = Standing(
    today=date(2026, 11, 23),
    order="Petra Example, MD, 16-Nov-2026",
    order_signed=True,
    coverage="Original Medicare",
    approval_state=ApprovalState.NONE_ON_FILE,
    approval="none on file.",
    supervisors=("Petra Example, MD",),
    only_by_audio_video=False,
    review_overdue_since=None,
)
BAD: dict[str, dict[str, Any]] = {
    "coverage": {"coverage": ""},
    "approval": {"approval_state": ApprovalState.SPENT, "approval": "all 35 are used."},
    "supervision": {"supervisors": ()},
    "review": {"review_overdue_since": date(2026, 11, 20)},
}


def findings(gate: Gate, /, *, av: bool = True, **changes: Any) -> dict[str, LimitFinding]:
    settled = Gates(gates=dict.fromkeys(NAMES, gate), audio_video_allowed=av, source=SOURCE)
    return {f.code: f for f in check_standing(replace(WELL, **changes), settled)}


@pytest.mark.parametrize("gate", [Gate.WARN, Gate.BLOCK])
def test_everything_that_stands_passes(gate: Gate) -> None:
    assert {f.tier for f in findings(gate).values()} == {Tier.GO}


@pytest.mark.parametrize("code", BAD)
@pytest.mark.parametrize(("gate", "tier"), [(Gate.WARN, Tier.LOOK), (Gate.BLOCK, Tier.HOLD)])
def test_what_does_not_stand_warns_or_stops_as_the_clinic_settled(code: str, gate: Gate, tier: Tier) -> None:
    found = findings(gate, **BAD[code])
    assert found[code].tier is tier
    assert [f.code for f in found.values() if f.tier is not Tier.GO] == [code]


@pytest.mark.parametrize("code", BAD)
def test_what_the_clinic_does_not_look_at_is_not_told(code: str) -> None:
    assert set(findings(Gate.OFF, **BAD[code])) == {"order_signed"}


def test_an_unsigned_order_stops_at_every_clinic() -> None:
    assert findings(Gate.OFF, order_signed=False)["order_signed"].tier is Tier.HOLD


def test_supervision_by_audio_and_video_counts_only_where_the_clinic_allows_it() -> None:
    assert findings(Gate.BLOCK, only_by_audio_video=True)["supervision"].tier is Tier.GO
    found = findings(Gate.BLOCK, av=False, only_by_audio_video=True)["supervision"]
    assert found.tier is Tier.HOLD
    assert "this clinic does not allow that" in found.fact


def test_a_review_that_is_overdue_says_since_when() -> None:
    assert findings(Gate.WARN, **BAD["review"])["review"].fact == (
        "The mid-course review is overdue since Fri 20-Nov-2026."
    )
