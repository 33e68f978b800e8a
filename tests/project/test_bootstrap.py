"""What `make install` says and does where the system lacks something. Nothing is installed here."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def attempts(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system commands that would be run; none of them succeeds."""
    lines: list[str] = []

    def refuse(command: list[str]) -> bool:
        lines.append(" ".join(command))
        return False

    monkeypatch.setattr(bootstrap, "run_quietly", refuse)
    return lines


def provided(*answers: bool) -> dict[str, Callable[[], bool]]:
    return {f"lib{number}": lambda answer=answer: answer for number, answer in enumerate(answers)}  # type: ignore[misc]


def test_nothing_is_run_or_said_when_all_is_there(
    bootstrap: ModuleType,
    attempts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap, "SYSTEM_PACKAGES", provided(True, True))
    bootstrap.provide_system_packages()
    assert attempts == []
    assert capsys.readouterr().out == ""


def test_missing_packages_are_named_once_where_apt_may_not_be_used(
    bootstrap: ModuleType,
    attempts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap, "SYSTEM_PACKAGES", provided(False, True, False))
    monkeypatch.setattr(bootstrap, "apt_command", lambda: None)
    bootstrap.provide_system_packages()
    assert attempts == []
    assert capsys.readouterr().out.count("sudo apt-get install lib0 lib2\n") == 1


def test_package_lists_are_fetched_once_more_after_a_failure(
    bootstrap: ModuleType, attempts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "SYSTEM_PACKAGES", provided(False))
    monkeypatch.setattr(bootstrap, "apt_command", lambda: ["apt-get"])
    bootstrap.provide_system_packages()
    assert attempts == [
        "apt-get update",
        "apt-get update",
        "apt-get install --yes --no-install-recommends lib0",
    ]


def test_old_python_is_refused_with_the_way_out(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (sys.version_info[0], sys.version_info[1] + 1))
    assert bootstrap.main() == 1
    assert "make install PYTHON=python3." in capsys.readouterr().out


def test_library_that_does_not_load_is_missing(bootstrap: ModuleType) -> None:
    assert not bootstrap.library("no-such-library", "libno-such-library.so.0")()
