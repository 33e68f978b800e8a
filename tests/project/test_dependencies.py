"""The written lists agree with what is installed, read and served."""

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    found = {re.split(r"[\[<>=!~; ]", requirement)[0] for requirement in requirements}
    return found - {PROJECT["project"]["name"]}


def explained(section: str) -> dict[str, str]:
    """Package and reason, as the section's table in docs/dependencies.md has them."""
    text = (ROOT / "docs" / "dependencies.md").read_text()
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    return {name: reason for name, reason in rows if name not in ("package", "library")}


@pytest.mark.parametrize("extra", ["agent", "gating", "server"])
def test_each_dependency_of_an_extra_has_its_reason(extra: str) -> None:
    assert set(explained(extra)) == names(PROJECT["project"]["optional-dependencies"][extra])


@pytest.mark.parametrize("group", ["dev", "bench"])
def test_each_dependency_of_a_group_has_its_reason(group: str) -> None:
    assert set(explained(group)) == names(PROJECT["dependency-groups"][group])


def test_each_browser_library_has_its_reason() -> None:
    assert set(explained("browser")) == set(json.loads((ROOT / "package.json").read_text())["dependencies"])


def test_browser_libraries_are_the_versions_that_package_json_names() -> None:
    named = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    vendored = json.loads((ROOT / "static" / "vendor" / "vendor.json").read_text())
    assert {entry["name"]: entry["version"] for entry in vendored} == named
    assert {name: locked[f"node_modules/{name}"]["version"] for name in named} == named


def test_browser_files_are_unchanged_complete_and_licensed() -> None:
    folder = ROOT / "static" / "vendor"
    expected = {
        f"{entry['name'].removeprefix('@').replace('/', '-')}-{entry['version']}/{name}": digest
        for entry in json.loads((folder / "vendor.json").read_text())
        for name, digest in entry["files"].items()
    }
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*/*")
    }
    assert found == expected
    assert all((library / "LICENSE").exists() for library in folder.iterdir() if library.is_dir())


def test_lock_files_of_the_browser_name_no_host() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text()


def test_every_setting_from_the_environment_is_in_the_example() -> None:
    source = (ROOT / "eecp_clinic" / "settings.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|required|service_url)\(\s*"([A-Z_0-9]+)"', source))
    shown = set(re.findall(r"^#?\s?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 10
    assert read <= shown
