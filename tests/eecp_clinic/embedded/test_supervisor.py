"""The supervisor with real programs: small shell and Python programs that behave and misbehave."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eecp_clinic.embedded.supervisor import Ended, Program, Supervisor
from eecp_clinic.embedded.system import free_port, is_alive
from tests.eecp_clinic.embedded.conftest import wait_for

SLEEPER = Program("sleeper", ["sleep", "60"])


def shell(name: str, script: str, *, essential: bool = True) -> Program:
    return Program(name, ["sh", "-c", script], essential=essential)


def web(port: int) -> Program:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    return Program("web", command, ready_url=f"http://127.0.0.1:{port}/")


def log(var: Path, name: str) -> str:
    return (var / "log" / f"{name}.log").read_text()


def test_programs_are_ready_in_order_and_gone_afterwards(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor([web(free_port()), SLEEPER], tmp_path, say=said.append) as supervisor:
        pids = [supervisor.pid("web"), supervisor.pid("sleeper")]
        assert all(is_alive(pid) for pid in pids)
        assert [line.split()[0] for line in said] == ["web", "sleeper"]
    assert not any(is_alive(pid) for pid in pids)
    assert '"GET / HTTP' in log(tmp_path, "web")
    assert not (tmp_path / "programs.json").exists()


def test_end_of_an_essential_program_stops_all_and_shows_its_last_lines(tmp_path: Path) -> None:
    said: list[str] = []
    failing = shell("worker", "echo cannot reach the broker >&2; exit 3")
    with Supervisor([SLEEPER, failing], tmp_path, say=said.append) as supervisor:
        sleeper = supervisor.pid("sleeper")
        assert supervisor.watch() == 1
    assert "worker ended with status 3" in said[-1]
    assert "  worker | cannot reach the broker" in said[-1]
    assert not is_alive(sleeper)


def test_end_of_another_program_is_only_reported(tmp_path: Path) -> None:
    said: list[str] = []
    programs = [shell("agent", "exit 0", essential=False), shell("worker", "sleep 0.3; exit 1")]
    with Supervisor(programs, tmp_path, say=said.append) as supervisor:
        assert supervisor.watch() == 1
    assert "agent ended with status 0" in said[2]
    assert "worker ended with status 1" in said[3]


def test_program_that_does_not_become_ready_is_an_error_with_its_log(tmp_path: Path) -> None:
    silent = Program(
        "web", ["sh", "-c", "echo waiting; sleep 60"], ready_url=f"http://127.0.0.1:{free_port()}/"
    )
    with (
        pytest.raises(Ended, match=r"did not answer(.|\n)*web \| waiting"),
        Supervisor([silent], tmp_path, ready_seconds=0.5),
    ):
        pass


def test_program_that_ends_before_it_is_ready_is_noticed_at_once(tmp_path: Path) -> None:
    broken = Program("web", ["false"], ready_url=f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(Ended, match="web ended with status 1"), Supervisor([broken], tmp_path):
        pass


def test_program_that_does_not_exist_is_refused_and_the_others_are_stopped(tmp_path: Path) -> None:
    missing = Program("agent", ["no-such-program"])
    supervisor = Supervisor([SLEEPER, missing], tmp_path)
    with pytest.raises(Ended, match="agent cannot be started"), supervisor:
        pass
    with pytest.raises(KeyError):
        supervisor.pid("sleeper")


def test_deaf_program_is_killed_with_its_children(tmp_path: Path) -> None:
    deaf = shell("deaf", "trap '' TERM; sleep 60 & echo $!; wait; sleep 60")
    with Supervisor([deaf], tmp_path, stop_seconds=0.2):
        wait_for(lambda: log(tmp_path, "deaf"))
        child = int(log(tmp_path, "deaf"))
    wait_for(lambda: not is_alive(child))


def test_log_of_the_run_before_is_kept_once(tmp_path: Path) -> None:
    for word in ("first", "second"):
        with Supervisor([shell("worker", f"echo {word}; sleep 60")], tmp_path):
            wait_for(lambda: log(tmp_path, "worker"))
    assert log(tmp_path, "worker") == "second\n"
    assert log(tmp_path, "worker.previous") == "first\n"


def test_environment_is_added_to_the_supervisors_own(tmp_path: Path) -> None:
    program = Program(
        "worker", ["sh", "-c", 'echo "$CLINIC $HOME"; sleep 60'], environment={"CLINIC": "SAMPLE"}
    )
    with Supervisor([program], tmp_path):
        wait_for(lambda: log(tmp_path, "worker"))
    assert log(tmp_path, "worker") == f"SAMPLE {os.environ['HOME']}\n"


SCRIPT = """
import pathlib, sys
from eecp_clinic.embedded.supervisor import Program, Supervisor
try:
    with Supervisor([Program("sleeper", ["sleep", "60"])], pathlib.Path(sys.argv[1]), say=lambda _: None) as supervisor:
        print(supervisor.pid("sleeper"), flush=True)
        status = supervisor.watch()
except KeyboardInterrupt:
    status = 0
sys.exit(status)
"""


def start_supervisor(var: Path) -> "tuple[subprocess.Popen[str], int]":
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(var)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything_with_status_zero(tmp_path: Path, number: signal.Signals) -> None:
    process, sleeper = start_supervisor(tmp_path)
    with process:
        process.send_signal(number)
        assert process.wait(10) == 0
    assert not is_alive(sleeper)


def test_programs_left_by_a_killed_supervisor_are_stopped_by_the_next(tmp_path: Path) -> None:
    process, sleeper = start_supervisor(tmp_path)
    with process:
        process.kill()
    assert is_alive(sleeper)
    with Supervisor([], tmp_path):
        assert not is_alive(sleeper)


def test_stranger_with_a_remembered_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (tmp_path / "programs.json").write_text(f'{{"{stranger.pid}": "another start"}}')
        with Supervisor([], tmp_path):
            assert stranger.poll() is None
        stranger.kill()
