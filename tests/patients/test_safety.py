"""Each safety rule both ways, at its threshold, and when nothing is known."""

from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from patients.safety import SafetyFacts, SafetyFinding, Test, screen
from patients.safety_rules import load_packaged_rules, read_rules
from patients.toml_table import TomlError

TODAY = date(2026, 9, 9)
TEXT = files("patients").joinpath("safety.toml").read_text("utf-8")


def finding(code: str, **known: Any) -> SafetyFinding:
    found = screen(SafetyFacts(as_of=TODAY, **known), load_packaged_rules())
    return next(f for f in found if f.code == code)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("code", "fact", "raised", "clear"),
    [
        ("inr", "inr", 2.1, 2.0),
        ("ejection-fraction", "lvef_percent", 29.9, 30),
        ("systolic-control", "systolic_mmhg", 181, 180),
        ("diastolic-control", "diastolic_mmhg", 111, 110),
        ("heart-rate-control", "heart_rate_bpm", 121, 120),
        ("arterial-puncture", "arterial_puncture_on", days_ago(14), days_ago(15)),
        ("recent-infarction", "infarction_or_bypass_on", days_ago(92), days_ago(93)),
    ],
)
def test_threshold_divides_raised_from_clear(code: str, fact: str, raised: Any, clear: Any) -> None:
    assert finding(code, **{fact: raised}).state == "raised"
    assert finding(code, **{fact: clear}).state == "clear"
    assert finding(code).state == "unknown"


@pytest.mark.parametrize(
    "rule", [r for r in load_packaged_rules() if r.test is Test.PRESENT], ids=lambda r: r.code
)
def test_yes_raises_no_clears_and_silence_is_unknown(rule: Any) -> None:
    assert finding(rule.code, **{rule.fact: True}).state == "raised"
    assert finding(rule.code, **{rule.fact: False}).state == "clear"
    assert finding(rule.code).state == "unknown"


@pytest.mark.parametrize(
    ("code", "fact", "value"),
    [("aortic-diameter", "aortic_diameter_cm", 6.1), ("heart-rate-low", "heart_rate_bpm", 30)],
)
def test_limit_that_no_source_gives_is_never_judged_until_it_is_set(
    code: str, fact: str, value: float
) -> None:
    found = finding(code, **{fact: value})
    assert found.state == "not_set"
    assert found.rule.standing == "to_be_confirmed"
    assert finding(code).state == "not_set"


@pytest.mark.parametrize(
    ("code", "companion"),
    [
        ("inr", "not_anticoagulated"),
        ("arterial-puncture", "no_recent_arterial_puncture"),
        ("recent-infarction", "no_recent_infarction_or_bypass"),
    ],
)
def test_what_never_was_is_clear_only_when_it_is_said(code: str, companion: str) -> None:
    assert finding(code, **{companion: True}).state == "clear"
    assert finding(code, **{companion: False}).state == "unknown"


def test_event_dated_after_the_session_counts_as_recent() -> None:
    assert finding("arterial-puncture", arterial_puncture_on=days_ago(-1)).state == "raised"


def test_date_of_an_event_without_date_of_session_is_unknown() -> None:
    found = screen(SafetyFacts(arterial_puncture_on=TODAY), load_packaged_rules())
    assert next(f for f in found if f.code == "arterial-puncture").state == "unknown"


def test_every_rule_is_answered_with_the_gravest_tier_first() -> None:
    found = screen(SafetyFacts(as_of=TODAY), load_packaged_rules())
    order = ["contraindicated", "precaution"]
    assert [order.index(f.tier) for f in found] == sorted(order.index(f.tier) for f in found)
    assert len(found) == len(load_packaged_rules())


def test_finding_gives_number_with_unit_and_source() -> None:
    found = finding("systolic-control", systolic_mmhg=190)
    assert found.fact == "Systolic pressure: 190 mmHg."
    assert "http" in found.rule.sources[0]


@pytest.mark.parametrize("known", [{"systolic_mmhg": -1}, {"lvef_percent": float("nan")}])
def test_impossible_reading_is_refused(known: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="possible reading"):
        SafetyFacts(**known)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('tier = "contraindicated"', 'tier = "deadly"', "tier must be one of contraindicated"),
        ('fact = "inr"', 'fact = "inrr"', "rule inr: fact must be one of"),
        ('sources = ["label"]', 'sources = ["gossip"]', "sources must name ids"),
        ("threshold = 14", 'threshold = "14"', "threshold must be a number"),
        ("threshold = 14\n", "", "a rule without a threshold must be to_be_confirmed"),
        ('id = "inr"', 'id = "lung"', "two rules have the same id"),
        ('standing = "read"', 'standing = "read"\ncolour = "red"', "colour is not a key"),
    ],
)
def test_broken_rule_file_is_refused(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(TomlError, match=words):
        read_rules(TEXT.replace(old, new, 1), "safety.toml")
