from decimal import Decimal

import pytest

from courses.treatment.limit_rules import BrokenLimits, parse_limits
from courses.treatment.limits_file import packaged_limits

GOOD = """
version = "1"
effective = 2026-11-01

[sources.book]
document = "A book"
url = ""

[[rules]]
code = "heart_rate_high"
quantity = "heart_rate_bpm"
tier = "hold"
above = "120"
when = "above {figure}"
unit = "bpm"
way_out = "Ask the physician."
source = "book"
standing = "published"
"""


def test_a_rule_is_read_with_its_figure_and_source() -> None:
    rule = parse_limits(GOOD).rules[0]
    assert rule.figure == Decimal(120)
    assert (rule.source.document, rule.source.version) == ("A book", "1")


def test_a_rule_without_figure_is_listed_and_never_passed() -> None:
    limits = parse_limits(GOOD.replace('above = "120"', 'above = ""'))
    assert limits.without_figure == limits.rules
    assert not limits.rules[0].is_passed_by(Decimal(999))


def test_a_rule_without_figure_says_so_in_its_sentence() -> None:
    rule = parse_limits(GOOD.replace('above = "120"', 'above = ""')).rules[0]
    assert rule.rule == "Do not treat above a figure that the clinic has not set."


def test_packaged_limits_say_which_figures_the_clinic_has_to_set() -> None:
    codes = [rule.code for rule in packaged_limits().without_figure]
    assert codes == [
        "pulse_pressure_narrow",
        "heart_rate_low",
        "respiratory_rate_high",
        "inr_old",
        "angina_count",
        "nitroglycerin_count",
    ]


def test_every_published_figure_cites_an_address() -> None:
    published = [rule for rule in packaged_limits().rules if rule.source.standing == "published"]
    assert len(published) == 9
    assert all(rule.source.url and rule.figure is not None for rule in published)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[rules]]", "[[rules", "no valid TOML"),
        ('version = "1"', "", "need a version"),
        ("effective = 2026-11-01", "", "effective date"),
        ('way_out = "Ask the physician."', "", "heart_rate_high: missing or unknown: way_out"),
        ('tier = "hold"', 'tier = "hold"\nshade = "red"', "missing or unknown: shade"),
        ('tier = "hold"', 'tier = "perhaps"', "heart_rate_high: a value cannot be read"),
        ('above = "120"', 'above = "many"', "heart_rate_high: a value cannot be read"),
        ('above = "120"', 'above = "120"\nbelow = "1"', "give one of above"),
        ('above = "120"', "", "give one of above"),
        ('source = "book"', 'source = "film"', "no source named film"),
        ('url = ""', "", "a value cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_the_key_that_is_wrong(old: str, new: str, words: str) -> None:
    with pytest.raises(BrokenLimits, match=words):
        parse_limits(GOOD.replace(old, new))


def test_a_rule_that_stands_twice_is_refused() -> None:
    rule = GOOD[GOOD.index("[[rules]]") :]
    with pytest.raises(BrokenLimits, match="heart_rate_high"):
        parse_limits(GOOD + rule)


def test_a_file_without_rules_is_refused() -> None:
    with pytest.raises(BrokenLimits, match="empty"):
        parse_limits(GOOD[: GOOD.index("[[rules]]")])
