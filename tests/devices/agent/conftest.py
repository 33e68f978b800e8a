"""A clinic's server on loopback, and an agent that is pointed at it."""

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.agent.cli import main
from tests.devices.agent.clinic_server import KEY, ClinicServer


@pytest.fixture
def clinic() -> Iterator[ClinicServer]:
    with ClinicServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def spool_folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def eecp_agent(
    clinic: ClinicServer, spool_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., int]]:
    """Runs the command line in this process against ``clinic``; returns its exit code."""
    monkeypatch.setenv("EECP_AGENT_KEY", KEY)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(command: str, *arguments: str) -> int:
        return main(
            [command, "--server", clinic.url, "--spool", str(spool_folder), "--wait", "60", *arguments]
        )

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)
