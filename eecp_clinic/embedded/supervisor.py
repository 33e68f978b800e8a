"""Several programs started, watched and stopped as one: what ``make demo`` and ``make run`` stand on.

    with Supervisor(programs, var) as supervisor:   # all are ready, or Ended tells which one is not and why
        status = supervisor.watch()                 # until Ctrl-C, SIGTERM, or the end of an essential program

Outside `watch` each of these signals is a KeyboardInterrupt, and leaving the block stops the programs all the same.
Each program writes to ``var/log/NAME.log`` itself, so nothing is lost when the supervisor dies, and leads a process
group of its own, so Ctrl-C reaches the supervisor alone and programs are stopped in order. ``var/programs.json``
remembers them: what a killed supervisor left behind is stopped by the next one.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.system import is_alive, last_lines, started_at

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Program:
    """One program to run.

    ``environment`` is added to the supervisor's own. ``ready_url`` must answer a GET with 200 before the next
    program starts. When an ``essential`` program ends, all are stopped; another is only reported.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    essential: bool = True


class Ended(EmbeddedError):
    """An essential program ended, or did not become ready; the message carries its last log lines."""


class Supervisor:
    """Starts ``programs`` in their order and stops them in the opposite one."""

    def __init__(
        self,
        programs: Sequence[Program],
        var: Path,
        *,
        say: Callable[[str], None] = print,
        ready_seconds: float = 60,
        stop_seconds: float = 10,
    ) -> None:
        self.programs = programs
        self.say = say
        self.ready_seconds = ready_seconds
        self.stop_seconds = stop_seconds
        self._logs = var / "log"
        self._record = var / "programs.json"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._handlers = _on_signals(signal.default_int_handler)
        try:
            self._stop_left_behind()
            for program in self.programs:
                self._start(program)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self) -> int:
        """Wait for a signal to stop or for the end of an essential program; the exit status to give.

        0 after Ctrl-C, SIGTERM or SIGHUP, 1 after a failure, whose last lines have been said.
        """
        try:
            while True:
                self._look()
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            return 0
        except Ended as ended:
            self.say(str(ended))
            return 1

    def stop(self) -> None:
        """Stop all programs, the last started first; those that do not listen are killed with their children."""
        _on_signals(signal.SIG_IGN)  # an impatient second Ctrl-C must not leave half of them running
        while self._processes:
            _, process = self._processes.popitem()
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.stop_seconds)
            _kill_group(process.pid)
            process.wait()
        self._record.unlink(missing_ok=True)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def pid(self, name: str) -> int:
        """The process id of a program that runs. Raises KeyError for one that does not."""
        return self._processes[name].pid

    def _start(self, program: Program) -> None:
        log = self._log(program.name)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        try:
            with log.open("wb") as output:
                self._processes[program.name] = subprocess.Popen(  # noqa: S603  commands come from our own code
                    program.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=os.environ | program.environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise Ended(f"{program.name} cannot be started: {error}") from error
        self._remember()
        if program.ready_url is not None:
            self._wait_until_ready(program, program.ready_url)
        self.say(f"{program.name} runs, its log is {log}")

    def _wait_until_ready(self, program: Program, url: str) -> None:
        limit = time.monotonic() + self.ready_seconds
        with httpx.Client(timeout=2, trust_env=False) as client:
            while not _answers(client, url):
                self._look()
                if program.name not in self._processes:
                    return
                if time.monotonic() > limit:
                    raise Ended(
                        self._message(program.name, f"did not answer at {url} in {self.ready_seconds:g} s")
                    )
                time.sleep(POLL_SECONDS)

    def _look(self) -> None:
        """Notice programs that have ended. Raises Ended for an essential one."""
        for program in self.programs:
            process = self._processes.get(program.name)
            if process is None or process.poll() is None:
                continue
            message = self._message(program.name, f"ended with status {process.returncode}")
            if program.essential:
                raise Ended(message)
            del self._processes[program.name]
            _kill_group(process.pid)
            self._remember()
            self.say(message)

    def _message(self, name: str, event: str) -> str:
        lines = last_lines(self._log(name)).splitlines() or ["(nothing was written)"]
        return "\n".join(
            [f"{name} {event}; {self._log(name)} ends:", *(f"  {name} | {line}" for line in lines)]
        )

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _remember(self) -> None:
        left = {str(process.pid): started_at(process.pid) for process in self._processes.values()}
        aside = self._record.with_suffix(".new")
        aside.write_text(json.dumps(left))
        aside.replace(self._record)

    def _stop_left_behind(self) -> None:
        """Stop what a killed supervisor started: only processes that are still the ones it started."""
        try:
            left = {int(pid): str(start) for pid, start in json.loads(self._record.read_text()).items()}
        except (OSError, ValueError, AttributeError):
            return
        for pid, start in left.items():
            if not is_alive(pid) or started_at(pid) != start:
                continue
            self.say(f"Stopping process {pid}, left behind by an earlier run")
            os.kill(pid, signal.SIGTERM)
            limit = time.monotonic() + self.stop_seconds
            while is_alive(pid) and time.monotonic() < limit:
                time.sleep(POLL_SECONDS)
            _kill_group(pid)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _kill_group(leader: int) -> None:
    """Kill what is left of a process group; its leader may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _on_signals(handler: Any) -> dict[signal.Signals, Any]:
    """Handle the signals that ask to stop; the handlers before. Without effect outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {
        number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
