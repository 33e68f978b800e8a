"""The decision as a whole: pathways, what is missing, what would change it, and what must never happen."""

import json
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients.eligibility.assess import PolicyMismatch, assess, decide
from patients.eligibility.codes import (
    AbnOption,
    DeviceKind,
    OpinionReason,
    PayerKind,
    Specialty,
    Stability,
    Therapy,
)
from patients.eligibility.facts import FACTS, Facts, FactsError
from patients.eligibility.packaged import load_packaged
from tests.patients.eligibility.cases import decision, facts

BOOK = load_packaged()
DAY = date(2026, 9, 9)


def test_missing_names_every_fact_that_a_required_criterion_needs() -> None:
    found = decision(without=("ccs_class", "device_kind", "opinion_by"))
    assert found.verdict == "unknown"
    assert found.missing == ("ccs_class", "opinion_by", "device_kind")
    assert "CCS angina class" in found.summary


def test_recommended_facts_do_not_block() -> None:
    found = decision(without=("cad_proven", "medical_therapy_maximal", "stable_since", "order_signed_on"))
    assert (found.verdict, found.missing) == ("met", ())


def test_one_failure_refuses_even_when_more_is_missing() -> None:
    found = decision(without=("device_kind",), ccs_class=2)
    assert (found.verdict, found.pathway) == ("not_met", "not_covered")
    assert found.missing == ("device_kind",)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        (("payer_kind",), ("payer_kind",)),
        (("as_of",), ("as_of",)),
        (("payer_kind", "as_of"), ("payer_kind", "as_of")),
    ],
)
def test_without_payer_or_date_nothing_is_decided(without: tuple[str, ...], missing: tuple[str, ...]) -> None:
    found = decision(without=without)
    assert (found.verdict, found.pathway, found.missing) == ("unknown", "incomplete", missing)
    assert found.policy_id is None


def test_policy_applied_without_a_payer_is_never_met() -> None:
    policy = BOOK.find("ncd-20.20", DAY)
    found = assess(facts(without=("payer_kind",)), policy)
    assert (found.verdict, found.pathway, found.missing) == ("unknown", "incomplete", ("payer_kind",))
    assert assess(facts(without=("payer_kind",), ccs_class=2), policy).verdict == "not_met"


def test_policy_of_another_kind_of_payer_is_refused() -> None:
    with pytest.raises(PolicyMismatch, match="is for commercial, and the payer is original_medicare"):
        decision(policy_id="bcbsnd")


def test_policy_that_is_not_held_leaves_the_decision_open_and_says_so() -> None:
    found = decision(payer_kind="commercial", policy_id="humana-ecp")
    assert (found.verdict, found.pathway) == ("unknown", "payer_unknown")
    assert "There is no policy humana-ecp" in found.summary


def test_date_before_the_first_version_leaves_the_decision_open() -> None:
    found = decision(as_of=date(2001, 1, 1))
    assert found.verdict == "unknown"
    assert "01-Jan-2001" in found.summary


def test_medicare_advantage_without_a_date_still_asks_the_plan() -> None:
    found = decision(without=("as_of",), payer_kind="medicare_advantage")
    assert found.notice.kind == "plan_determination"


def test_snapshot_of_a_payer_policy_is_announced() -> None:
    assert "October 2023" in decision(payer_kind="commercial", policy_id="highmark-m-52-027").summary


def test_what_if_tells_the_single_change_that_would_cover() -> None:
    (change,) = [c for c in decision(ccs_class=2).what_if if c.fact == "ccs_class"]
    assert (change.values, change.verdict, change.pathway) == (("3", "4"), "met", "covered")
    assert "CCS angina class: 3 or 4" in change.sentence


def test_what_if_is_silent_about_changes_that_change_nothing() -> None:
    assert "cad_proven" not in {change.fact for change in decision().what_if}


def test_decision_is_plain_json_with_finding_citation_and_version() -> None:
    found = json.loads(json.dumps(decision(ccs_class=2).to_dict()))
    finding = next(f for f in found["findings"] if f["criterion_id"] == "angina-disabling")
    assert finding["state"] == "not_met"
    assert finding["fact"] == "CCS class II of 03-Aug-2026."
    assert finding["way_out"].startswith("Have the CCS class assessed")
    assert finding["citation"]["url"].startswith("https://cms.gov/")
    assert (found["policy_id"], found["policy_version"]) == ("ncd-20.20", "2")


dates = st.dates(DAY - timedelta(days=800), DAY + timedelta(days=30))
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "as_of": st.dates(DAY, DAY + timedelta(days=10)),
    "medicare_beneficiary": st.booleans(),
    "abn_option": st.sampled_from(AbnOption),
    "abn_signed_on": dates,
    "ma_denial_on": dates,
    "medicare_advantage_member": st.booleans(),
    "coverage_starts_on": dates,
    "coverage_ends_on": dates,
    "age_years": st.integers(18, 99),
    "ccs_class": st.sampled_from([3, 4, 2, 0]),
    "ccs_assessed_on": dates,
    "angina_stability": st.sampled_from(Stability),
    "stable_since": dates,
    "angina_is_primary": st.booleans(),
    "opinion_specialty": st.sampled_from(Specialty),
    "opinion_by": st.just("SAMPLE Carl, MD"),
    "opinion_on": dates,
    "opinion_reasons": st.frozensets(st.sampled_from(OpinionReason), max_size=3),
    "cad_proven": st.booleans(),
    "medical_therapy_maximal": st.booleans(),
    "therapy_tried": st.frozensets(st.sampled_from(Therapy), max_size=3),
    "cac_agatston": st.integers(0, 3000),
    "cac_on": dates,
    "lvef_percent": st.floats(0, 100),
    "nyha_class": st.integers(1, 4),
    "diagnoses": st.lists(st.sampled_from(["I25.118", "I20.9", "I20.8", "I50.22", "I20.1"]), max_size=2),
    "device_kind": st.sampled_from(DeviceKind),
    "prior_sessions_in_course": st.sampled_from([0, 34, 35, 40]),
    "earlier_course": st.booleans(),
    "last_course_ended_on": dates,
    "prior_course_benefit_class_gain": st.integers(-1, 2),
    "prior_course_benefit_episode_drop_percent": st.floats(-50, 100),
    "order_signed_on": dates,
}
FACTS_EMPTY = {name: getattr(Facts(), name) for name in FACTS}
POLICIES = [(policy, kind) for policy in BOOK.policies for kind in sorted(policy.payer_kinds)]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(POLICIES), st.sampled_from(sorted(STRATEGIES)), st.data())
def test_one_more_fact_never_turns_met_into_unknown(
    policy_and_kind: Any, name: str, data: st.DataObject
) -> None:
    policy, kind = policy_and_kind
    changes = data.draw(st.fixed_dictionaries({}, optional=STRATEGIES))
    changes = {key: value for key, value in changes.items() if data.draw(st.booleans())}
    try:
        more = facts(payer_kind=kind, **{**changes, name: data.draw(STRATEGIES[name])})
        less = more.changed(name, FACTS_EMPTY[name])
    except FactsError:
        return
    before, after = assess(less, policy), assess(more, policy)
    assert not (before.verdict == "met" and after.verdict == "unknown")
    for old, new in zip(before.findings, after.findings, strict=True):
        assert not (old.state == "met" and new.state == "unknown"), old.criterion_id


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(POLICIES), st.fixed_dictionaries({}, optional=STRATEGIES))
def test_whatever_is_known_of_a_patient_advantage_never_gets_an_abn(
    policy_and_kind: Any, known: dict[str, Any]
) -> None:
    try:
        found = decide(Facts(payer_kind=PayerKind.MEDICARE_ADVANTAGE, **known), BOOK)
    except FactsError:
        return
    assert found.notice.kind == "plan_determination"
    assert found.notice.modifiers == ()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(POLICIES), st.fixed_dictionaries({}, optional=STRATEGIES), st.randoms())
def test_shuffle_of_the_input_changes_nothing(
    policy_and_kind: Any, known: dict[str, Any], rng: random.Random
) -> None:
    policy, kind = policy_and_kind
    try:
        original = Facts(payer_kind=kind, **known)
    except FactsError:
        return
    items = [(key, shuffled(value, rng)) for key, value in original.to_dict().items()]
    rng.shuffle(items)
    assert assess(Facts.from_dict(dict(items)), policy) == assess(original, policy)


def shuffled(value: Any, rng: random.Random) -> Any:
    return rng.sample(value, len(value)) if isinstance(value, list) else value


def test_nothing_known_of_a_policy_means_unknown_however_much_else_is_known() -> None:
    found = decision(payer_kind="commercial", policy_id="bcbsks")
    assert (found.verdict, found.pathway, found.missing) == ("unknown", "payer_unknown", ())
    assert found.findings[0].way_out.startswith("Get the payer's current text")


@pytest.mark.parametrize(
    ("changes", "fact", "pathway"),
    [
        ({"diagnoses": ["I20.8"]}, "diagnoses", "covered"),
        ({"opinion_on": date(2026, 8, 25)}, "opinion_on", "covered"),
        (
            {"earlier_course": True, "last_course_ended_on": date(2026, 5, 1)},
            "last_course_ended_on",
            "covered",
        ),
        ({"payer_kind": "self_pay", "medicare_beneficiary": True}, "abn_option", "self_pay"),
        ({"payer_kind": "self_pay", "medicare_beneficiary": True}, "ma_denial_on", "self_pay"),
        ({"coverage_ends_on": date(2026, 9, 8)}, "coverage_ends_on", "covered"),
    ],
)
def test_what_if_finds_the_one_thing_in_the_way(changes: dict[str, Any], fact: str, pathway: str) -> None:
    assert (fact, pathway) in {(c.fact, c.pathway) for c in decision(**changes).what_if}


def test_no_single_change_mends_two_faults() -> None:
    found = decision(ccs_class=2, angina_stability="unstable").what_if
    assert not [change for change in found if change.pathway == "covered"]


def run_module(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "patients.eligibility", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])


def test_module_prints_the_decision_as_json(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts().to_dict()))
    done = run_module(str(file))
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "met"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"ccs_class": 7}', "ccs_class"),
        ("{", "not JSON"),
        (
            '{"payer_kind": "original_medicare", "policy_id": "bcbsnd", "as_of": "2026-09-09"}',
            "choose a policy",
        ),
    ],
)
def test_module_refuses_in_a_sentence(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(content)
    done = run_module(str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_module_without_a_readable_file_says_how_it_is_called(tmp_path: Path) -> None:
    assert "FACTS.json" in run_module().stderr
    assert "cannot be read" in run_module(str(tmp_path / "none.json")).stderr


def test_module_takes_the_clinics_folder_and_prints_the_schema(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/own.toml").write_text("id = 3")
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts().to_dict()))
    done = run_module(str(file), "--policies", str(tmp_path))
    assert (done.returncode, "own.toml, line 1: id must be a text" in done.stderr) == (2, True)
    assert "no such folder" in run_module(str(file), "--policies", str(tmp_path / "none")).stderr
    schema = json.loads(run_module("--schema").stdout)
    assert set(schema["properties"]) == set(FACTS)


def test_eligibility_and_safety_load_without_django() -> None:
    blocked = "import sys; sys.modules['django'] = None; import patients.eligibility.__main__, patients.safety_rules"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
