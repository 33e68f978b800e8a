"""The code book of the day: the packaged release, the clinic's own, and none where none is held."""

from datetime import date
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from patients import icd10cm
from patients.diagnoses import DiagnosisError, check_codes
from patients.toml_table import TomlError

APRIL = date(2026, 9, 9)
NEXT_YEAR = date(2026, 10, 1)


def order_line(code: str, billable: int, words: str) -> str:
    return f"{'00001':<6}{code:<8}{billable} {words:<60} {words}\n"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.CLINIC_RULES = tmp_path
    (tmp_path / "icd10cm").mkdir()
    return tmp_path / "icd10cm"


@pytest.mark.parametrize(
    ("code", "billable"),
    [("I20.8", False), ("I20.89", True), ("I25.11", False), ("I25.112", True), ("S72.001A", True)],
)
def test_packaged_release_knows_what_can_be_billed(code: str, billable: bool) -> None:
    release = icd10cm.release_on(APRIL)
    assert release is not None
    assert release.codes[code].billable is billable
    assert release.name == "FY2026, release of 01-Apr-2026"


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 9, 30), True), (NEXT_YEAR, False)],
)
def test_release_holds_to_the_end_of_its_fiscal_year(day: date, held: bool) -> None:
    assert (icd10cm.release_on(day) is not None) is held


def test_codes_are_found_by_words_and_by_their_beginning() -> None:
    release = icd10cm.releases()[-1]
    assert "I25.112" in [code.code for code in release.search("refractory native coronary")]
    assert next(code.code for code in release.search("I25.71")) == "I25.710"
    assert "I25.712" in [code.code for code in release.search("i25712")]
    assert release.search("no such words at all") == []
    assert release.search(" ,") == []


def test_code_that_the_book_of_the_day_does_not_know_is_refused() -> None:
    with pytest.raises(DiagnosisError, match=r"Z99\.98: not in ICD-10-CM FY2026"):
        check_codes(["I25.118", "Z99.98"], on=APRIL)
    with pytest.raises(DiagnosisError, match="E11 is not billable"):
        check_codes(["E11"], on=APRIL)


def test_without_a_book_of_the_day_nothing_is_claimed_of_a_code() -> None:
    assert check_codes(["I25.118", "Z99.98"], on=NEXT_YEAR) == ["I25.118", "Z99.98"]
    assert icd10cm.check(["Z99.98"], NEXT_YEAR).release is None
    assert icd10cm.fiscal_year(NEXT_YEAR) == "FY2027"


def test_release_of_the_clinic_holds_from_its_day(folder: Path) -> None:
    lines = order_line("I20", 0, "Angina pectoris") + order_line("I2089", 1, "Other forms of angina pectoris")
    (folder / "from-2026-10-01.txt").write_text(lines)
    release = icd10cm.release_on(NEXT_YEAR)
    assert release is not None
    assert release.name == "FY2027, release of 01-Oct-2026"
    assert (release.codes["I20"].billable, release.codes["I20.89"].billable) == (False, True)
    assert icd10cm.check(["I20", "I20.89", "I25.118"], NEXT_YEAR) == icd10cm.Checked(
        release, ("I25.118",), ("I20",)
    )
    earlier = icd10cm.release_on(APRIL)
    assert earlier is not None
    assert earlier.path is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("icd-2027.txt", "", "the name must say from which day"),
        ("from-2026-13-01.txt", "", "the name must say from which day"),
        ("from-2026-10-01.txt", "hello\n", "line 1: not a line of the published order file"),
    ],
)
def test_file_that_is_no_release_is_refused(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(TomlError, match=words):
        icd10cm.check(["I25.118"], NEXT_YEAR)
