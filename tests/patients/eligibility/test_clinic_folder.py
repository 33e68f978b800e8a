"""The clinic's own files: a policy or a newer version is added without touching code; a broken one is refused."""

from datetime import date
from pathlib import Path

import pytest

from patients.eligibility.assess import decide
from patients.eligibility.packaged import load_book, load_calcium_scales, load_packaged
from patients.toml_table import TomlError
from tests.patients.eligibility.cases import VIGNETTES, facts
from tests.patients.eligibility.test_policies import GOOD

PACKAGE = Path(__file__).parents[3] / "patients/eligibility"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    return tmp_path


def test_empty_folder_changes_nothing(folder: Path) -> None:
    assert load_book(folder) == load_packaged()


def test_policy_of_the_clinic_decides(folder: Path) -> None:
    (folder / "policies/own.toml").write_text(GOOD)
    found = decide(facts(payer_kind="commercial", policy_id="test-policy", ccs_class=2), load_book(folder))
    assert (found.verdict, found.policy_id) == ("not_met", "test-policy")


def test_newer_version_of_a_packaged_policy_takes_over_from_its_day(folder: Path) -> None:
    newer = (
        GOOD.replace("test-policy", "aetna-cpb-0262").replace('"1"', '"2027"', 1).replace("2020-", "2027-")
    )
    (folder / "policies/aetna-2027.toml").write_text(newer)
    book = load_book(folder)
    assert book.find("aetna-cpb-0262", date(2026, 12, 31)).version == "undated-copy"
    assert book.find("aetna-cpb-0262", date(2027, 1, 1)).version == "2027"


def test_newer_version_leaves_every_earlier_decision_as_it_is(folder: Path) -> None:
    newer = (PACKAGE / "policies/ncd-20.20-v2.toml").read_text()
    newer = newer.replace('version = "2"', 'version = "3"').replace("2006-03-20", "2027-01-01")
    newer = newer.replace("ccs = [3, 4]", "ccs = [2, 3, 4]")
    (folder / "policies/ncd-20.20-v3.toml").write_text(newer)
    later = load_book(folder)
    for case in VIGNETTES:
        known = facts(tuple(case.get("without", ())), **case["change"])
        assert decide(known, later) == decide(known, load_packaged()), case["name"]
    of_2027 = facts(as_of=date(2027, 1, 1), ccs_class=2)
    assert (decide(of_2027, later).verdict, decide(of_2027, later).policy_version) == ("met", "3")
    assert decide(of_2027, load_packaged()).verdict == "not_met"


def test_broken_file_is_refused_with_file_and_line(folder: Path) -> None:
    (folder / "policies/own.toml").write_text(GOOD.replace('weight = "required"', 'weight = "heavy"'))
    with pytest.raises(
        TomlError, match=r"policies/own\.toml, line 19, criterion class: weight must be one of"
    ):
        load_book(folder)


def test_version_that_the_package_has_is_refused_with_the_folder(folder: Path) -> None:
    (folder / "policies/own.toml").write_text((PACKAGE / "policies/ncd-20.20-v2.toml").read_text())
    with pytest.raises(TomlError, match=r"ncd-20\.20: two files hold version 2"):
        load_book(folder)


def test_file_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / "policies/own.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TomlError, match=r"own\.toml: the file is not UTF-8"):
        load_book(folder)


def test_calcium_categories_of_the_clinic_go_before_the_packaged(folder: Path) -> None:
    text = (PACKAGE / "calcium.toml").read_text().replace("from_agatston = 300", "from_agatston = 400")
    (folder / "calcium.toml").write_text(text.replace("high (300", "high (400"))
    assert load_calcium_scales(folder)["agatston"].category(399).code == "moderate"
    assert load_calcium_scales()["agatston"].category(399).code == "high"
    (folder / "calcium.toml").write_text(text.replace('id = "agatston"', 'id = "other"'))
    load_calcium_scales.cache_clear()
    with pytest.raises(TomlError, match="id must be 'agatston'"):
        load_calcium_scales(folder)


def test_list_of_codes_of_the_clinic_needs_an_id_of_its_own(folder: Path) -> None:
    (folder / "diagnoses.toml").write_text((PACKAGE / "diagnoses.toml").read_text())
    with pytest.raises(TomlError, match="one of the package's"):
        load_book(folder)
