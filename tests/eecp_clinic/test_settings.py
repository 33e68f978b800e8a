"""In production the application does not start on a missing or wrong value, and says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "clinic.example.org",
    "DATABASE_URL": "postgres://eecp@db.example.org/eecp",
    "REDIS_URL": "redis://broker.example.org/0",
    "DEFAULT_FROM_EMAIL": "clinic@example.org",
}


def start(environment: dict[str, str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import eecp_clinic.settings"],
        env={"PATH": os.environ["PATH"], "EECP_VAR": str(tmp_path), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_all_values(tmp_path: Path) -> None:
    assert start(GOOD, tmp_path).stderr == ""


@pytest.mark.parametrize("name", [name for name in GOOD if name != "ENVIRONMENT"])
def test_production_names_the_value_that_is_missing(name: str, tmp_path: Path) -> None:
    result = start({key: value for key, value in GOOD.items() if key != name}, tmp_path)
    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ENVIRONMENT": "staging"}, "Set it to production, development or test"),
        ({"SECRET_KEY": "short"}, "shorter than 50"),
        ({"DEBUG": "1"}, "cannot be on in production"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "must name PostgreSQL"),
    ],
)
def test_production_refuses_a_wrong_value_in_words(
    change: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    result = start(GOOD | change, tmp_path)
    assert result.returncode != 0
    assert sentence in result.stderr


def test_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 60)
    environment = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}
    assert start(environment | {"SECRET_KEY_FILE": str(tmp_path / "key")}, tmp_path).returncode == 0
