from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.limit_rules import Sign, Tier
from courses.treatment.limits import LimitFinding
from courses.treatment.limits_file import packaged_limits
from courses.treatment.signs import WORDS, Signs, UnknownSign, check_signs

TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)
WELL = {
    Sign.RHYTHM: "regular",
    Sign.BREATH_SOUNDS: "clear",
    Sign.OEDEMA: "0",
    Sign.LEGS: "",
    Sign.MEDICINES_TAKEN: "yes",
    Sign.BLADDER_EMPTIED: "yes",
}


def signs(day: date = TODAY, /, **changes: str | None) -> Signs:
    answers: dict[Sign, str | None] = {**WELL, **{Sign(name): value for name, value in changes.items()}}
    return Signs(
        day,
        {sign: frozenset(value.split()) for sign, value in answers.items() if value is not None},
    )


def findings(last: Signs | None = None, /, **changes: str | None) -> dict[str, LimitFinding]:
    return {f.code: f for f in check_signs(signs(**changes), last, packaged_limits())}


def test_a_well_patient_passes_every_sign() -> None:
    found = findings(signs(FRIDAY))
    assert {finding.tier for finding in found.values()} == {Tier.GO}
    assert len(found) == 9


@pytest.mark.parametrize(
    ("sign", "value", "code", "tier"),
    [
        ("rhythm", "irregular", "rhythm_irregular", Tier.LOOK),
        ("rhythm", "paced", "rhythm_irregular", Tier.GO),
        ("rhythm", "atrial_fibrillation", "rhythm_changed", Tier.HOLD),
        ("breath_sounds", "crackles", "breath_crackles", Tier.HOLD),
        ("breath_sounds", "wheezes", "breath_other", Tier.LOOK),
        ("oedema", "1", "oedema_more", Tier.HOLD),
        ("legs", "bruise", "skin_marked", Tier.LOOK),
        ("legs", "bruise ulcer", "skin_broken", Tier.HOLD),
        ("legs", "pain", "skin_broken", Tier.HOLD),
        ("medicines_taken", "no", "medicines_not_taken", Tier.LOOK),
        ("bladder_emptied", "no", "bladder_full", Tier.LOOK),
    ],
)
def test_each_sign_asks_for_what_its_rule_says(sign: str, value: str, code: str, tier: Tier) -> None:
    assert findings(signs(FRIDAY), **{sign: value})[code].tier is tier


def test_less_oedema_than_last_time_passes() -> None:
    assert findings(signs(FRIDAY, oedema="3"), oedema="2")["oedema_more"].tier is Tier.GO


def test_nothing_has_changed_where_the_last_time_is_not_known() -> None:
    finding = findings(None, rhythm="atrial_fibrillation")["rhythm_changed"]
    assert finding.tier is Tier.GO
    assert finding.fact == "Rhythm: atrial fibrillation; the last time is not known."


def test_a_change_names_both_days() -> None:
    finding = findings(signs(FRIDAY), rhythm="irregular")["rhythm_changed"]
    assert finding.sentence == (
        "Rhythm: irregular; it was regular on Fri 20-Nov-2026. "
        "Do not treat after a change of rhythm since the last session. "
        "Record an ECG strip and ask the physician."
    )


def test_what_was_not_examined_is_told_once_and_is_no_pass() -> None:
    found = findings(signs(FRIDAY), rhythm=None, legs=None)
    assert found["signs_not_known"].tier is Tier.LOOK
    assert found["signs_not_known"].fact == "Not known: rhythm, legs and hips."
    assert "rhythm_irregular" not in found


def test_legs_that_were_looked_at_and_are_unmarked_say_so() -> None:
    assert findings()["skin_broken"].fact == "Legs and hips: unmarked."


def test_an_answer_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(UnknownSign, match="Rhythm cannot be funny"):
        signs(rhythm="funny")


@given(
    st.fixed_dictionaries(
        {}, optional={sign: st.sets(st.sampled_from(sorted(WORDS[sign])), max_size=2) for sign in Sign}
    )
)
def test_every_sign_is_judged_or_told_to_be_missing(given_signs: dict[Sign, set[str]]) -> None:
    now = Signs(TODAY, {sign: frozenset(answers) for sign, answers in given_signs.items()})
    found = check_signs(now, None, packaged_limits())
    missing = set(chain.from_iterable(finding.missing for finding in found))
    assert missing == set(Sign) - now.found.keys()
    judged = {rule.code for rule in packaged_limits().signs if rule.sign in now.found}
    assert {finding.code for finding in found} - {"signs_not_known"} == judged
