"""The clinic's own rules are read at the start, and a broken file stops it with the line that is wrong."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from patients import clinic_rules


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.CLINIC_RULES = tmp_path
    return tmp_path


def packaged(name: str) -> str:
    return files("patients").joinpath(name).read_text("utf-8")


def test_packaged_rules_hold_without_a_folder(settings: Settings) -> None:
    settings.CLINIC_RULES = None
    clinic_rules.check()


def test_files_of_the_clinic_go_before_ours(folder: Path) -> None:
    (folder / "prices.toml").write_text(packaged("prices.toml").replace("# session_usd", "session_usd"))
    (folder / "safety.toml").write_text(packaged("safety.toml").replace("2026-11.2", "own-1", 1))
    (folder / "notices.toml").write_text(
        packaged("notices.toml").replace("tolerance_usd = 100", "tolerance_usd = 50")
    )
    clinic_rules.check()
    assert clinic_rules.prices().session_usd == Decimal(140)
    assert clinic_rules.safety_rules().version == "own-1"
    assert clinic_rules.notice_rules().tolerance_usd == 50


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "prices.toml",
            "published_course_usd = 4500",
            'published_course_usd = "4500"',
            "line 3: published_course_usd",
        ),
        ("safety.toml", 'version = "2026-11.2"', "version = 1", "line 7: version must be a text"),
        ("notices.toml", "standard_days = 7", "standard_days = 7.5", "standard_days must be a whole number"),
    ],
)
def test_broken_file_stops_the_start_with_its_line(
    folder: Path, name: str, old: str, new: str, words: str
) -> None:
    text = packaged(name)
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    with pytest.raises(ImproperlyConfigured, match=words):
        clinic_rules.check()


def test_folder_that_is_not_there_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    settings.CLINIC_RULES = tmp_path / "none"
    with pytest.raises(ImproperlyConfigured, match="there is no such folder"):
        clinic_rules.check()
