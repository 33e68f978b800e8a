"""Invented consoles that speak the line protocol, and an agent as a process of its own: what a fault test drives.

    with TcpConsole() as console, AgentProcess(clinic.url, spool, f"tcp:127.0.0.1:{console.port}") as agent:
        console.say(run.header(), run.seconds(0, 5))
        agent.kill()
        agent.start()

Every sample says which one it is (``Run.count_of``), so that whatever arrives can be checked against nothing else.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import tty
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from tests.devices.agent.clinic_server import KEY, Recording

RATES = {"ECG": 100, "CUFF_CALF": 50}
STARTED_AT_MS = 1_788_940_800_000
DEADLINE_S = 60.0


def line(body: str) -> bytes:
    """One line, from the words of ``docs/agent-sources.md`` alone."""
    return f"${body}*{crc32(body.encode()):08X}\r\n".encode()


def crc32(data: bytes) -> int:
    """CRC-32 as the document defines it, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@dataclass(frozen=True)
class Run:
    """One run of an invented console."""

    name: str = "run-0001"
    started_at_ms: int = STARTED_AT_MS

    def header(self, clock_ms: int = STARTED_AT_MS) -> bytes:
        return line(
            f"H,1,{self.name},{self.started_at_ms},{clock_ms},r_wave,ECG:mV:100:1000 CUFF_CALF:mmHg:50:20"
        )

    def seconds(self, start: int, stop: int) -> bytes:
        """The lines of these whole seconds: four a second of the ECG, one of the cuff, one trigger."""
        return b"".join(self.lines_of(second) for second in range(start, stop))

    def lines_of(self, second: int) -> bytes:
        return _lines_of(self.name, second)

    def finish(self) -> bytes:
        return line(f"X,{self.name}")


@cache  # a checksum bit by bit takes its time
def _lines_of(run: str, second: int) -> bytes:
    parts = [
        line(f"D,{run},ECG,{first},{_counts('ECG', first, 25)}")
        for first in range(100 * second, 100 * second + 100, 25)
    ]
    parts.append(line(f"D,{run},CUFF_CALF,{50 * second},{_counts('CUFF_CALF', 50 * second, 50)}"))
    parts.append(line(f"E,{run},{1_000_000 * second + 500_000},trigger,"))
    return b"".join(parts)


def status(state: str, connected: str = "-") -> bytes:
    return line(f"S,{state},{connected}")


def count_of(channel: str, sample: int | np.ndarray[Any, Any]) -> Any:
    """The count that stands for a sample: no two within five minutes are alike."""
    return (sample * 7 + len(channel)) % 30_011


def _counts(channel: str, first: int, size: int) -> str:
    return " ".join(str(count_of(channel, sample)) for sample in range(first, first + size))


class TcpConsole:
    """Listens on loopback; ``say`` reaches whoever is connected."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._changed = threading.Condition()
        self._connection: socket.socket | None = None
        self.connections = 0
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def spec(self) -> str:
        return f"tcp:127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._changed:
                    self._close_connection()
                    self._connection = connection
                    self.connections += 1
                    self._changed.notify_all()

    def wait_for_agent(self, connections: int = 1) -> None:
        with self._changed:
            came = self._changed.wait_for(
                lambda: self.connections >= connections and self._connection is not None, DEADLINE_S
            )
        assert came, "the agent did not connect"

    def say(self, *what: bytes) -> bool:
        """Whether somebody was there to hear it; what is said to nobody is lost, as on a real line."""
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.sendall(b"".join(what))
        except OSError:
            return False
        return True

    def hang_up(self) -> None:
        with self._changed:
            self._close_connection()

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.hang_up()


class PtyConsole:
    """A console on a pseudo-terminal, reached by a name that stays when it is plugged in again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, int] | None = None

    @property
    def spec(self) -> str:
        return f"serial:{self.path}@115200"

    def plug_in(self) -> None:
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        self._ends = (ours, theirs)
        beside = self.path.with_name("next")
        beside.symlink_to(os.ttyname(theirs))
        beside.replace(self.path)

    def unplug(self) -> None:
        self.path.unlink()
        for end in self._ends or ():
            os.close(end)
        self._ends = None

    def say(self, *what: bytes) -> None:
        assert self._ends is not None
        data = b"".join(what)
        while data:
            data = data[os.write(self._ends[0], data[:1024]) :]

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        if self._ends is not None:
            self.unplug()


class AgentProcess:
    """``eecp-agent run`` beside a live source, to be killed and started as often as wanted."""

    def __init__(
        self, url: str, spool: Path, source: str, *more: str, environment: Mapping[str, str] | None = None
    ) -> None:
        options = ("--server", url, "--spool", str(spool), "--source", source, "--heartbeat", "0.1")
        self._command = [sys.executable, "-m", "devices.agent.cli", "run", *options, *more]
        self._environment = {"EECP_AGENT_KEY": KEY, **(environment or {})}
        self._log = spool.with_name("agent.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env={**os.environ, **self._environment}, stdout=log, stderr=log
            )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(DEADLINE_S)

    def stop(self) -> int:
        """SIGTERM, as the system does it; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(DEADLINE_S)

    @property
    def said(self) -> str:
        return self._log.read_text()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_running:
            self.kill()


def samples_of(recording: Recording, channel: str) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    """First sample and counts of every block of a channel, in order of the chunks' numbers."""
    for chunk in recording.contents():
        for block in chunk["blocks"]:
            if block["channel"] == channel:
                yield block["first_sample"], np.frombuffer(block["data"], "<i2")


def seconds_held(recording: Recording) -> list[int]:
    """Which whole seconds of the ECG the server has, once each sample was found to be the right one, once only."""
    held: set[int] = set()
    for first, counts in samples_of(recording, "ECG"):
        numbers = np.arange(first, first + counts.size)
        assert (counts == count_of("ECG", numbers)).all(), f"wrong samples from {first} on"
        assert not held & set(numbers.tolist()), f"samples from {first} on stand in two chunks"
        held |= set(numbers.tolist())
    whole: Iterable[int] = range(max(held, default=0) // 100 + 1)
    return [second for second in whole if set(range(100 * second, 100 * second + 100)) <= held]


def gap_free(numbers: list[int]) -> bool:
    return numbers == list(range(len(numbers)))
