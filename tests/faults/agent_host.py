"""Agents as children of one process that has read the program in once: ``python -m tests.faults.agent_host``.

Each agent is a process of its own that runs ``devices.agent.cli.main``, and ``kill -9`` is one; only the second of
processor time in which Python reads the libraries is not spent again at each of hundreds of starts.

Each line read is a JSON object, ``{"arguments", "environment", "log"}`` to start one or ``{"bury": pid}`` for the exit code of
one that has ended; each line written is a number, the process id or the exit code.
"""

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults import jumping_clock

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 300


class AgentHost:
    """The process, as seen by who wants agents."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.agent_host"]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        """Its process id."""
        return self._ask({"arguments": arguments, "environment": dict(environment), "log": str(log)})

    def bury(self, pid: int) -> int:
        """The exit code of an agent that has ended."""
        return self._ask({"bury": pid})

    def _ask(self, what: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.communicate()


class HostedAgent:
    """``eecp-agent run``, as ``AgentProcess`` of ``tests.devices.agent.console`` is, but quicker to start."""

    def __init__(
        self, host: AgentHost, arguments: list[str], log: Path, environment: Mapping[str, str]
    ) -> None:
        self._host = host
        self._arguments = arguments
        self._environment = environment
        self._log = log
        self._pid: int | None = None

    def start(self) -> None:
        self._pid = self._host.start(self._arguments, self._environment, self._log)

    def kill(self) -> None:
        """kill -9."""
        self._end_by(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as the system does it; returns the exit code."""
        return self._end_by(signal.SIGTERM)

    def _end_by(self, number: signal.Signals) -> int:
        assert self._pid is not None
        pidfd = os.pidfd_open(self._pid)
        try:
            signal.pidfd_send_signal(pidfd, number)
            ended, _, _ = select.select([pidfd], [], [], DEADLINE_S)
            assert ended, f"the agent did not end:\n{self.said[-3000:]}"
        finally:
            os.close(pidfd)
        pid, self._pid = self._pid, None
        return self._host.bury(pid)

    @property
    def said(self) -> str:
        return self._log.read_text()

    def __enter__(self) -> "HostedAgent":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid is not None:
            self.kill()


def main() -> None:
    from devices.agent import cli  # only here: whoever asks for agents does not need the program

    for line in sys.stdin:
        told = json.loads(line)
        if "bury" in told:
            answer = os.waitstatus_to_exitcode(os.waitpid(told["bury"], 0)[1])
        elif not (answer := os.fork()):
            _be_an_agent(cli.main, told)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _be_an_agent(run: Any, told: Mapping[str, Any]) -> None:
    """In the child: with its own output, environment and clock; never returns."""
    code = 1
    try:
        log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for ours in (0, 1, 2):
            os.dup2(log if ours else os.open(os.devnull, os.O_RDONLY), ours)
        os.environ.update(told["environment"])
        if jumping_clock.VARIABLE in os.environ:
            jumping_clock.begin(Path(os.environ[jumping_clock.VARIABLE]))
        code = run(told["arguments"])
    except BaseException:  # noqa: BLE001 (a process ends here, and says why)
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
