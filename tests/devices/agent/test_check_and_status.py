"""What a person at the bedside is told: by ``check`` before anything runs, by ``status`` while it does."""

import json
from pathlib import Path

import pytest

from devices.agent import key
from devices.agent.cli import main
from tests.devices.agent.clinic_server import KEY, ClinicServer
from tests.devices.agent.console import AgentProcess, Run, TcpConsole


@pytest.fixture
def config(clinic: ClinicServer, tmp_path: Path) -> Path:
    """A configuration with which all is well but the source."""
    key.store(tmp_path / "key", KEY)
    path = tmp_path / "agent.toml"
    path.write_text(
        f'server = "{clinic.url}"\nkey-file = "{tmp_path / "key"}"\nspool = "{tmp_path / "spool"}"\n'
        'source = "simulator"\nminutes = 1\nheartbeat = 0.1\nspool-max-bytes = 1000000\n'
    )
    return path


def check(config: Path, *more: str) -> int:
    return main(["check", "--config", str(config), *more])


def test_all_is_well(config: Path, clinic: ClinicServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(config) == 0
    said = capsys.readouterr().out.splitlines()
    assert [sentence[:5].strip() for sentence in said] == ["ok"] * 6
    assert clinic.recordings == {}  # looking changes nothing
    assert clinic.heartbeats == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--server", "clinic.example"), "WRONG configuration: 'clinic.example' is not an address"),
        (("--key-file", "/nowhere/key"), "WRONG key: The key file /nowhere/key cannot be read"),
        (("--key", "revoked"), "Make a new key for this device"),
        (
            ("--server", "http://127.0.0.1:9"),
            "WRONG server: The server at http://127.0.0.1:9 does not answer",
        ),
        (("--spool", "/proc/nowhere"), "WRONG disk: Nothing can be written to /proc/nowhere"),
        (("--spool-max-bytes", "1000000000000000"), "WRONG disk: The disk of"),
        (("--source", "serial:/dev/nothing"), "WRONG source: The serial line /dev/nothing cannot be opened"),
        (("--source", "folder:/nowhere"), "WRONG source: The folder /nowhere cannot be read"),
        (("--source", "wfdb:/nowhere/100"), "WRONG source: The record /nowhere/100 cannot be read"),
    ],
)
def test_each_fault_is_said_in_words(
    config: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], says: str
) -> None:
    assert check(config, *more) == 1
    assert says in capsys.readouterr().out


def test_key_that_others_may_read_is_told(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").chmod(0o640)
    assert check(config) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_clock_that_is_off_is_told(
    config: Path, clinic: ClinicServer, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.date = "Wed, 09 Sep 2020 09:00:00 GMT"
    assert check(config) == 1
    assert "ahead of the server's. Switch on its time service." in capsys.readouterr().out


def test_line_is_listened_to(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with TcpConsole() as console:
        assert check(config, "--source", console.spec) == 1
        assert "nothing comes" in capsys.readouterr().out


def test_configuration_with_a_word_that_is_no_option_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text() + 'sauce = "simulator"\n')
    assert check(config) == 2
    assert "'sauce', which is no option" in capsys.readouterr().err
    config.write_text("server = \n")
    assert check(config) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_missing_setting_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("")
    assert main(["run", "--config", str(config)]) == 2
    assert "There is no server" in capsys.readouterr().err


def test_status_tells_what_the_running_agent_does(
    clinic: ClinicServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = tmp_path / "spool"
    status = ["status", "--spool", str(spool)]
    assert main(status) == 2
    assert "No agent has run" in capsys.readouterr().err
    run = Run()
    with TcpConsole() as console, AgentProcess(clinic.url, spool, console.spec) as agent:
        console.wait_for_agent()
        console.say(run.header(clock_ms=run.started_at_ms), run.seconds(0, 2))
        clinic.wait_until(lambda: clinic.recordings and len(clinic.only_recording().chunks) == 4)
        beats = len(clinic.heartbeats)
        clinic.wait_until(lambda: len(clinic.heartbeats) > beats + 1)
        assert main([*status, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["is_running"] is True
        assert told["recording"] == next(iter(clinic.recordings))
        assert told["vitals"]["server_offset_ms"] is not None
        assert abs(told["vitals"]["device_offset_ms"]) > 1000
        assert main(status) == 0
        said = capsys.readouterr().out
        assert "The device's clock is" in said  # its clock stands in September
        assert f"The server at {clinic.url} answers." in said
        agent.kill()
        assert main(status) == 1
        assert "NOT running" in capsys.readouterr().out


def test_new_key_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "key"
    reading = key.Key(path=path)
    key.store(path, "first")
    assert reading() == "first"
    key.store(path, "second")
    assert reading() == "second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["key"]
