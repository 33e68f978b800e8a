"""Policy files: the packaged ones hold, and a broken one is refused where it is broken."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from patients.eligibility.packaged import load_packaged
from patients.eligibility.policies import (
    ReferenceTables,
    read_calcium_scales,
    read_diagnosis_sets,
    read_policy,
)
from patients.eligibility.policy import NoSuchPolicy, PolicyBook
from patients.toml_table import TomlError

GOOD = """\
id = "test-policy"
version = "1"
title = "Test policy"
payer_kinds = ["commercial"]
effective_from = 2020-01-01

[[source]]
id = "policy"
document = "Test document"
url = "https://example.org/policy"

[[criterion]]
id = "class"
sentence = "Class III or IV."
way_out = "Assess the class."
source = "policy"
section = "1"
standing = "read"
weight = "required"
not_met_means = "not_covered"
rule = "angina_class"
params = { ccs = [3, 4] }
"""
NO_TABLES = ReferenceTables({}, {})


def test_good_policy_is_read() -> None:
    policy = read_policy(GOOD, "test.toml", NO_TABLES)
    (criterion,) = policy.criteria
    assert (policy.id, criterion.id, criterion.citation.url) == (
        "test-policy",
        "class",
        "https://example.org/policy",
    )
    assert criterion.citation.effective_from == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('version = "1"', "version = 1", "test.toml, line 2: version must be a text"),
        ('version = "1"\n', "", "test.toml, line 1: the key 'version' is missing"),
        ('title = "Test policy"', 'title = ""', "line 3: title must be a text"),
        ('title = "Test policy"', "title = ", "test.toml: the file is not TOML: .*line 3"),
        ('id = "test-policy"', 'id = "Test Policy"', "line 1: id must be small letters"),
        ('["commercial"]', '["private"]', "line 4: payer_kinds must be one of original_medicare"),
        ('["commercial"]', "[]", "line 4: payer_kinds must be a list of texts"),
        ("2020-01-01", '"2020-01-01"', "line 5: effective_from must be a date"),
        ("2020-01-01", "2020-01-01\neffective_until = 2019-01-01", "line 6: effective_until must be later"),
        ("effective_from", "efective_from", "line 5: efective_from is not a key that is used here"),
        ("https://", "ftp://", "line 10, source policy: url must begin"),
        ('source = "policy"', 'source = "other"', "line 16, criterion class: source must be the id"),
        (
            'standing = "read"',
            'standing = "sure"',
            "line 18, criterion class: standing must be one of read, derived",
        ),
        ('weight = "required"', 'weight = "heavy"', "line 19, criterion class: weight must be one of"),
        ('"not_covered"', '"fatal"', "line 20, criterion class: not_met_means must be one of"),
        ('"angina_class"', '"anginaclass"', "line 21, criterion class: rule must be one of"),
        (
            "ccs = [3, 4]",
            "class = [3, 4]",
            "line 22, criterion class: params of angina_class may hold ccs, nyha",
        ),
        ("ccs = [3, 4]", 'ccs = ["3"]', "line 22, criterion class: params ccs has the wrong kind"),
        ("ccs = [3, 4]", "ccs = 3", "line 22, criterion class: params ccs has the wrong kind"),
        (
            "ccs = [3, 4]",
            "ccs = [7]",
            "line 22, criterion class: params of angina_class cannot be used: ccs must list",
        ),
        ("{ ccs = [3, 4] }", "{}", "line 22, criterion class: params of angina_class must hold ccs"),
        ("{ ccs = [3, 4] }", "3", "params must be a table"),
        ("[[criterion]]", "[[criteria]]", r"at least one \[\[criterion\]\] is needed"),
        ("params", "colour = 1\nparams", "line 22, criterion class: colour is not a key"),
    ],
)
def test_broken_policy_is_refused_with_file_line_and_key(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(TomlError, match=words):
        read_policy(GOOD.replace(old, new, 1), "test.toml", NO_TABLES)


def test_two_criteria_of_one_id_are_refused() -> None:
    twin = GOOD + GOOD[GOOD.index("[[criterion]]") :]
    with pytest.raises(TomlError, match="two criteria have the id 'class'"):
        read_policy(twin, "test.toml", NO_TABLES)


def test_table_that_is_not_there_is_refused() -> None:
    text = GOOD.replace('"angina_class"', '"diagnosis_supports"').replace("ccs = [3, 4]", 'codes = "icd-11"')
    with pytest.raises(TomlError, match="codes must be one of"):
        read_policy(text, "test.toml", NO_TABLES)


def test_broken_code_lists_and_scales_are_refused() -> None:
    with pytest.raises(TomlError, match=r"codes.toml, line 1: at least one \[\[diagnosis_set\]\]"):
        read_diagnosis_sets("", "codes.toml")
    scale = 'id = "s"\nsource_note = "n"\nurls = ["u"]\npercentile_age_low_years = 1\npercentile_age_high_years = 2\n'
    category = '[[category]]\nfrom_agatston = 5\ncode = "c"\nwords = "w"\n'
    with pytest.raises(TomlError, match=r"scale\.toml, line 1: categories must start at 0"):
        read_calcium_scales(scale + category, "scale.toml")


def test_version_follows_the_date_of_service() -> None:
    book = load_packaged()
    assert book.find("ncd-20.20", date(2001, 11, 15)).version == "1"
    assert book.find("ncd-20.20", date(2006, 3, 19)).version == "1"
    assert book.find("ncd-20.20", date(2006, 3, 20)).version == "2"
    assert book.find("ncd-20.20", date(2026, 9, 9)).version == "2"


def test_day_before_the_first_version_and_unknown_policy_are_refused() -> None:
    with pytest.raises(
        NoSuchPolicy, match=r"No version of ncd-20\.20 that we hold is in force on 14-Nov-2001"
    ):
        load_packaged().find("ncd-20.20", date(2001, 11, 14))
    with pytest.raises(NoSuchPolicy, match="choose one of aetna-cpb-0262"):
        load_packaged().find("aetna", date(2026, 9, 9))


def test_newer_version_takes_over_on_its_first_day_and_the_older_file_stays_as_it_is() -> None:
    old = read_policy(GOOD, "test.toml", NO_TABLES)
    book = PolicyBook((replace(old, version="2", effective_from=date(2025, 1, 1)), old))
    assert book.find("test-policy", date(2024, 12, 31)) is old
    assert book.find("test-policy", date(2025, 1, 1)).version == "2"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "2"}, "versions 1 and 2 begin on the same day"),
        ({"effective_from": date(2025, 1, 1)}, "two files hold version 1"),
    ],
)
def test_versions_that_cannot_be_told_apart_are_refused(changes: Any, words: str) -> None:
    policy = read_policy(GOOD, "test.toml", NO_TABLES)
    with pytest.raises(ValueError, match=words):
        PolicyBook((policy, replace(policy, **changes)))


def test_end_behind_the_beginning_of_the_next_version_is_refused() -> None:
    policy = replace(read_policy(GOOD, "test.toml", NO_TABLES), effective_until=date(2025, 6, 1))
    newer = replace(policy, version="2", effective_from=date(2025, 1, 1), effective_until=None)
    with pytest.raises(ValueError, match="versions 1 and 2 hold on the same day"):
        PolicyBook((policy, newer))
    ended = replace(policy, effective_until=date(2025, 1, 1))
    assert PolicyBook((ended, newer)).find("test-policy", date(2025, 1, 1)).version == "2"


def test_every_packaged_criterion_speaks_in_sentences_and_cites() -> None:
    for policy in load_packaged().policies:
        for criterion in policy.criteria:
            assert criterion.sentence.endswith("."), criterion.id
            assert criterion.way_out.endswith("."), criterion.id
            assert criterion.citation.document, criterion.id
