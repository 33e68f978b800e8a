"""The command line as a person or a Makefile uses it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eecp_clinic.embedded.__main__ import NOT_RUNNING
from eecp_clinic.embedded.services import current, data_folder
from tests.eecp_clinic.embedded.conftest import wait_for


def command_line(*words: str) -> list[str]:
    return [sys.executable, "-m", "eecp_clinic.embedded", *words]


def environment_of(var: Path, **given: str) -> dict[str, str]:
    without = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return without | {"EECP_VAR": str(var)} | given


def run(var: Path, *words: str, **given: str) -> "subprocess.CompletedProcess[str]":
    environment = environment_of(var, **given)
    return subprocess.run(command_line(*words), env=environment, capture_output=True, text=True, check=False)


def test_up_status_down(var: Path) -> None:
    assert run(var, "status").returncode == NOT_RUNNING
    started = run(var, "up")
    assert "DATABASE_URL=postgresql://" in started.stdout
    assert started.stderr == f"The database's files are in {data_folder(var)}\n"
    assert run(var, "status").stdout == started.stdout
    assert run(var, "down").returncode == 0
    assert run(var, "status").returncode == NOT_RUNNING


def test_run_gives_the_addresses_to_the_command_and_returns_its_status(var: Path) -> None:
    script = 'test -n "$DATABASE_URL" && test -n "$REDIS_URL" && exit 7'
    assert run(var, "run", "--", "sh", "-c", script).returncode == 7
    assert current(var, environment={}) is None


def test_run_forwards_a_signal_and_stops_what_it_started(var: Path) -> None:
    script = "trap 'echo stopping; exit 5' TERM; echo ready; for _ in $(seq 200); do sleep 0.05; done"
    command = command_line("run", "--", "sh", "-c", script)
    with subprocess.Popen(command, env=environment_of(var), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "stopping\n"
    assert process.returncode == 5
    assert current(var, environment={}) is None


def handles(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler of its own for the signal, as Linux's process table says."""
    caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's process table")
def test_signal_that_comes_while_the_servers_start_reaches_the_command(var: Path) -> None:
    command = command_line("run", "--", "sh", "-c", "sleep 10; exit 1")
    with subprocess.Popen(command, env=environment_of(var)) as process:
        wait_for(lambda: handles(process.pid, signal.SIGTERM))
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    assert current(var, environment={}) is None


def test_run_without_a_command_is_refused_in_a_sentence(tmp_path: Path) -> None:
    refused = run(tmp_path, "run", "--")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Name the command to run")


def test_run_of_an_unknown_command_is_refused_without_a_traceback(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://db.invalid/eecp", "REDIS_URL": "redis://broker.invalid/0"}
    refused = run(tmp_path, "run", "--", "no-such-program", **given)
    assert refused.returncode == 1
    assert "no-such-program" in refused.stderr
    assert "Traceback" not in refused.stderr
